"""A list of breaks to export, and the address of the ad server for each of them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from string import Formatter
from urllib.parse import quote

from app.ads.records import AdBreak, AdCandidates
from app.exports.records import ExportError
from app.exports.reels import file_name
from indexer.characters import clean

_ADDRESS = re.compile(r"https?://[^\s\x00-\x1f\x7f]+")


@dataclass(frozen=True)
class BreakList:
    """Breaks of ``seconds`` each, with a template of the ad server's address if one is known."""

    breaks: Sequence[AdBreak]
    seconds: float
    tag_url: str | None = None

    @cached_property
    def in_order(self) -> list[AdBreak]:
        """The breaks by title and time."""
        return sorted(self.breaks, key=lambda each: (each.title, each.title_id, each.frame))

    @property
    def name(self) -> str:
        """The name of its file, without the ending."""
        titles = {each.title for each in self.breaks}
        return file_name(f"{titles.pop()} breaks") if len(titles) == 1 else "breaks"

    def tag_of(self, found: AdBreak) -> str | None:
        """Return the ad server's address for a break; None without a template."""
        return None if self.tag_url is None else _fill(self.tag_url, self._values(found))

    def _values(self, found: AdBreak) -> Mapping[str, object]:
        """Return what fills the places of the template."""
        return {
            **{"break_id": found.break_id, "title_id": found.title_id, "title": clean(found.title)},
            **{"seconds": f"{found.seconds:.3f}", "duration": f"{self.seconds:g}"},
            **{"roll": found.roll, "podseq": found.openrtb.video.podseq},
        }


PLACES = ("break_id", "title_id", "title", "seconds", "duration", "roll", "podseq")
"""What a template may have in braces."""


def break_list(answer: AdCandidates, tag_url: str | None) -> BreakList:
    """Return the breaks of an answer as a list to export."""
    return BreakList(answer.breaks, answer.pacing.break_seconds, tag_url)


def check_tag(template: str | None) -> None:
    """Check a template of the ad server's address.

    Raises:
        ExportError: it is no address, or has a place that nothing fills.
    """
    if template is not None:
        _fill(template, dict.fromkeys(PLACES, ""))


def _fill(template: str, values: Mapping[str, object]) -> str:
    """Return a template with its places ``{name}`` filled by percent-encoded values."""
    known = ", ".join(f"{{{name}}}" for name in PLACES)
    try:
        parts = list(Formatter().parse(template))
    except ValueError as error:
        raise ExportError(f"tag_url: {error}; write places as {known}") from error
    if not _ADDRESS.fullmatch(template) or "]]>" in template or clean(template) != template:
        raise ExportError(
            "tag_url: not an address; begin it with https://, and write no spaces and "
            "no control characters"
        )
    address = ""
    for text, name, more, conversion in parts:
        if name is not None and (name not in values or more or conversion):
            raise ExportError(f"tag_url: no place {{{name}}}; there are {known}")
        address += text + ("" if name is None else quote(str(values[name]), safe=""))
    return address
