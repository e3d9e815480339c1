"""The values of each kind of sound."""

from typing import Literal

Heard = Literal["speech", "music"]
Loudness = Literal["silent", "quiet", "normal", "loud"]
