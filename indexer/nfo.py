"""Kodi's ``.nfo`` files: XML with a ``<movie>`` or ``<episodedetails>``."""

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from indexer.errors import ReelfindError

_ROOT = re.compile(r"<(movie|episodedetails)\b.*?</\1\s*>", re.DOTALL)


def parse_nfo(text: str, path: Path) -> dict[str, Any]:
    """Return the fields of ``Metadata`` in an nfo file; of several episodes the first.

    Kodi allows the address of a web page after the XML, and a file of that alone.

    Raises:
        ReelfindError: it is not XML, or not of a film or an episode.
    """
    if "<!ENTITY" in text:
        raise ReelfindError(f"{path}: defines XML entities, which are not read; remove them")
    match = _ROOT.search(text)
    if match is None:
        if "<" not in text:
            return {}
        raise ReelfindError(f"{path}: no <movie> or <episodedetails>; correct or remove it")
    try:
        root = ElementTree.fromstring(match[0])
    except ElementTree.ParseError as error:
        raise ReelfindError(f"{path}: not XML ({error}); correct or remove it") from error
    return {
        "name": _text(root, "title"),
        "series": _text(root, "showtitle"),
        "season": _text(root, "season"),
        "episode": _text(root, "episode"),
        "synopsis": _text(root, "plot") or _text(root, "outline"),
        "genres": _texts(root, "genre"),
        "tags": _texts(root, "tag"),
        "year": _text(root, "year") or (_text(root, "premiered") or _text(root, "aired") or "")[:4],
        "ids": _ids(root),
    }


def _text(root: ElementTree.Element, name: str) -> str | None:
    return (root.findtext(name) or "").strip() or None


def _texts(root: ElementTree.Element, name: str) -> list[str]:
    """Return the values of a repeated element; older files put several into one with slashes."""
    values = [part for element in root.findall(name) for part in (element.text or "").split(" / ")]
    return [value.strip() for value in values if value.strip()]


def _ids(root: ElementTree.Element) -> dict[str, str]:
    return {
        element.get("type", "default"): element.text.strip()
        for element in root.findall("uniqueid")
        if element.text and element.text.strip()
    }
