"""Lines out of the text of a SubRip, WebVTT, SubStation or MicroDVD file."""

import re

from indexer.text.cues import read_cues
from indexer.text.microdvd import is_microdvd, read_frames
from indexer.text.substation import read_events
from indexer.text.words import Parsed

_SUBSTATION = re.compile(
    r"^\[(Script Info|Events)\]|^Dialogue:\s*(Marked=)?\d+\s*,\s*\d+:", re.MULTILINE | re.IGNORECASE
)


def parse(text: str, fps: float = 25.0) -> Parsed:
    """Return the lines of a timed text file; the format is told from the content.

    Times are as written: they may be out of order or end before they start. Markup, positions
    and entities are gone, descriptions of sounds such as ``[MUSIC]`` are kept. The time it takes
    grows with the length of the text and no faster.

    Args:
        text: the file.
        fps: the film's rate, for formats that count frames.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    if text.lstrip().startswith("WEBVTT"):
        return read_cues(text, webvtt=True)
    if _SUBSTATION.search(text):
        return read_events(text)
    if is_microdvd(text):
        return read_frames(text, fps)
    return read_cues(text, webvtt=False)
