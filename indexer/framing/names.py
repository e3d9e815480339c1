"""The names of what faces say of a shot; ``indexer.traits`` lists the kinds."""

from typing import Literal

People = Literal["0", "1", "2", "3+"]
Size = Literal["extreme-close-up", "close-up", "medium-close-up", "medium", "wide"]
