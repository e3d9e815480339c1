"""Kodi's ``.nfo`` files: XML with a ``<movie>`` or ``<episodedetails>``."""

import re
from collections.abc import Iterator, Sequence
from html.entities import html5
from typing import Any, cast
from xml.etree.ElementTree import Element, ParseError, XMLPullParser
from xml.sax.saxutils import escape

from indexer.characters import clean

LARGEST = 1024 * 1024
"""Bytes; an nfo with all actors of a film has a hundredth of it."""

_ROOT = re.compile(r"<(?:movie|episodedetails)(?=[\s/>])")
_BARE = re.compile(r"&(?!#|\w{1,40};)")
_NAMED = re.compile(r"&(\w{1,40});")
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})


def parse_nfo(text: str) -> tuple[dict[str, Any], list[str]]:
    """Return the fields of ``Metadata`` in an nfo file, and problems with the file.

    Of several episodes the first counts; of broken XML, the readable part. Kodi allows the
    address of a web page after the XML, or instead of it.
    """
    if "<!ENTITY" in text:
        return {}, ["defines XML entities, which are not read; remove them"]
    root = _ROOT.search(text)
    if root is None:
        wrong = ["no <movie> or <episodedetails>; correct or remove it"]
        return {}, wrong if "<" in text else []
    xml = text[root.start() :]
    children, fault = _children(xml)
    if fault is None:
        return _fields(children), []
    mended, _ = _children(_mended(xml))
    children = max(children, mended, key=len)
    then = "what can be read is used; correct it" if children else "correct or remove it"
    return _fields(children), [f"not XML ({fault}); {then}"]


def _children(xml: str) -> tuple[list[Element], str | None]:
    """Return the root's elements that end before a syntax error, and the error."""
    parser: XMLPullParser[Element] = XMLPullParser(("start", "end"))
    children: list[Element] = []
    depth = 0
    try:
        parser.feed(xml)
        for event, element in cast(Iterator[tuple[str, Element]], parser.read_events()):
            depth += 1 if event == "start" else -1
            if depth == 0:
                return children, None
            if event == "end" and depth == 1:
                children.append(element)
    except ParseError as error:
        return children, str(error)
    return children, "it ends too early"


def _mended(xml: str) -> str:
    """Return XML with common mistakes corrected: a bare ``&`` and HTML's entities."""
    return _NAMED.sub(_letter, _BARE.sub("&amp;", clean(xml)))


def _letter(name: re.Match[str]) -> str:
    if name[1] in _XML_NAMES:
        return name[0]
    return escape(html5.get(f"{name[1]};", name[0]))


def _fields(children: Sequence[Element]) -> dict[str, Any]:
    shown = _text(children, "premiered") or _text(children, "aired") or ""
    return {
        "name": _text(children, "title"),
        "series": _text(children, "showtitle"),
        "season": _text(children, "season"),
        "episode": _text(children, "episode"),
        "synopsis": _text(children, "plot") or _text(children, "outline"),
        "genres": _texts(children, "genre"),
        "tags": _texts(children, "tag"),
        "year": _text(children, "year") or shown[:4],
        "ids": {
            element.get("type", "default"): element.text.strip()
            for element in children
            if element.tag == "uniqueid" and element.text and element.text.strip()
        },
    }


def _text(children: Sequence[Element], name: str) -> str | None:
    """Return the text of the first element of a name."""
    texts = ((element.text or "").strip() for element in children if element.tag == name)
    return next(texts, "") or None


def _texts(children: Sequence[Element], name: str) -> list[str]:
    """Return the values of a repeated element; older files put several into one with slashes."""
    found = [element.text or "" for element in children if element.tag == name]
    parts = [part.strip() for text in found for part in text.split(" / ")]
    return [part for part in parts if part]
