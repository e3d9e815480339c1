"""The formats of lists of breaks: each is one record of ``FORMATS``.

What writes a format is imported when it is used, so that a client need not load it.
"""

from typing import TYPE_CHECKING, Literal

from app.exports.formats import Format

if TYPE_CHECKING:
    from app.ads.lists import BreakList


def _vmap(breaks: "BreakList") -> str:
    from app.ads.vmap import vmap_text

    return vmap_text(breaks)


def _scte35(breaks: "BreakList") -> str:
    from app.ads.splices import splices_text

    return splices_text(breaks)


FORMATS = (
    Format("vmap", "xml", "application/xml", "VMAP", _vmap),
    Format("scte35", "csv", "text/csv", "SCTE-35 (CSV)", _scte35),
)
BY_NAME = {each.name: each for each in FORMATS}
BY_SUFFIX = {each.suffix: each for each in FORMATS}

if TYPE_CHECKING:
    FormatName = str
else:
    FormatName = Literal[tuple(BY_NAME)]
"""The name of a format, as the API checks it."""
