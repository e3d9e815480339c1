"""What transcribes speech, and which languages it knows."""

from typing import NamedTuple


class Speech(NamedTuple):
    """A network that transcribes.

    ``name`` is what titles say of where their lines come from. ``language`` is the only one that it
    knows (ISO 639-1); None for many.
    """

    name: str
    language: str | None


ENGLISH = Speech("whisper tiny.en", "en")
ANY_LANGUAGE = Speech("whisper base", None)
