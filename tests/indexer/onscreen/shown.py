"""Text on screen in the films of the demo."""

import re
from pathlib import Path

from indexer.catalogue import Catalogue
from indexer.library import IndexedTitle, Library
from indexer.onscreen.values import texts_of
from indexer.records import Shot


def shown_and_not_said(data: Path) -> tuple[IndexedTitle, Shot, str]:
    """Return a title with a shot and a word that is on screen there, and that nobody says."""
    titles = list(Library(Catalogue(data)).titles())
    said = {
        word.casefold()
        for title in titles
        for line in title.lines
        for word in re.findall(r"\w+", line.text)
    }
    return next(
        (title, shot, word)
        for title in titles
        for shot, own in zip(title.shots, title.text_on_screen, strict=True)
        for text in texts_of(own.lines)
        for word in re.findall(r"\w{4,}", text)
        if word.casefold() not in said
    )
