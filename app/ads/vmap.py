"""Breaks of one title as VMAP 1.0.1, IAB's Video Multiple Ad Playlist.

Elements and attributes: xsd/vmap.xsd of github.com/InteractiveAdvertisingBureau/vmap. A ``breakId``
is the ``podid`` of the break's bid request.
"""

from fractions import Fraction
from xml.dom.minidom import Document, Element, getDOMImplementation

from app.ads.lists import BreakList
from app.ads.records import AdBreak
from app.exports.records import ExportError

NAMESPACE = "http://www.iab.net/videosuite/vmap"
VERSION = "1.0.1"
TEMPLATE = "vast3"
"""What the ad server answers with: the latest VAST that the schema of VMAP knows."""


def vmap_text(breaks: BreakList) -> str:
    """Return the document.

    Raises:
        ExportError: the breaks are in several titles, or the ad server's address is wrong.
    """
    titles = {each.title_id for each in breaks.breaks}
    if len(titles) > 1:
        raise ExportError(
            f"VMAP is a list for one title, and these breaks are in {len(titles)}: name one title"
        )
    implementation = getDOMImplementation()
    assert implementation is not None, "part of the standard library"
    document = implementation.createDocument(NAMESPACE, "vmap:VMAP", None)
    root = document.documentElement
    assert root is not None, "made a line before"
    root.setAttribute("xmlns:vmap", NAMESPACE)
    root.setAttribute("version", VERSION)
    for found in breaks.in_order:
        _add(document, root, found, breaks.tag_of(found))
    return document.toprettyxml(indent="  ", encoding="UTF-8").decode()


def _add(document: Document, root: Element, found: AdBreak, tag: str | None) -> None:
    own = document.createElementNS(NAMESPACE, "vmap:AdBreak")
    own.setAttribute("timeOffset", _offset(found))
    own.setAttribute("breakType", "linear")
    own.setAttribute("breakId", found.break_id)
    root.appendChild(own)
    if tag is None:
        return
    source = document.createElementNS(NAMESPACE, "vmap:AdSource")
    source.setAttribute("id", "1")
    source.setAttribute("allowMultipleAds", "true")
    source.setAttribute("followRedirects", "true")
    address = document.createElementNS(NAMESPACE, "vmap:AdTagURI")
    address.setAttribute("templateType", TEMPLATE)
    # The schema asks for CDATA.
    address.appendChild(document.createCDATASection(tag))
    source.appendChild(address)
    own.appendChild(source)


def _offset(found: AdBreak) -> str:
    """Return the time of a break as VMAP writes it, to the nearest millisecond."""
    if found.roll != "mid-roll":
        return "start" if found.roll == "pre-roll" else "end"
    seconds, thousandths = divmod(round(found.frame / Fraction(found.fps) * 1000), 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{thousandths:03}"
