"""What IAB and SCTE publish, as far as breaks use it: written anew from their texts."""

import base64
import re
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element

TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
TEXTS = {"type": "array", "items": TEXT}
EXT = {"type": "object"}


def strictly(**fields: object) -> dict[str, object]:
    """Return the schema of an object that has no other fields."""
    return {"type": "object", "properties": fields, "additionalProperties": False}


SEGMENT = strictly(id=TEXT, name=TEXT, value=TEXT, ext=EXT)
"""OpenRTB 2.6, 3.2.22."""
DATA = strictly(
    id=TEXT, name=TEXT, cids=TEXTS, segment={"type": "array", "items": SEGMENT}, ext=EXT
)
"""3.2.21."""
CONTENT = strictly(
    **dict.fromkeys(("id", "title", "series", "season", "genre", "langb"), TEXT),
    language={"type": "string", "pattern": "^[a-z]{2}$"},
    **dict.fromkeys(("episode", "len", "cattax", "context"), WHOLE),
    **dict.fromkeys(("cat", "kwarray"), TEXTS),
    data={"type": "array", "items": DATA},
)
"""3.2.16, without the fields that are about other things."""
VIDEO = strictly(
    **dict.fromkeys(("startdelay", "podseq", "plcmt", "linearity"), WHOLE),
    podid=TEXT,
    mimes=TEXTS,
) | {"required": ["mimes"]}
"""3.2.7."""
BID_REQUEST = strictly(
    id=TEXT,
    imp={"type": "array", "items": strictly(id=TEXT, video=VIDEO) | {"required": ["id"]}},
    site=strictly(content=CONTENT),
) | {"required": ["id", "imp"]}
"""3.2.1, 3.2.4 and 3.2.13."""

VMAP = "{http://www.iab.net/videosuite/vmap}"
VMAP_ELEMENTS: Mapping[str, tuple[dict[str, str], list[str]]] = {
    "VMAP": ({"version": r"1\.0(\.1)?"}, ["AdBreak"]),
    "AdBreak": (
        {
            "timeOffset": r"\d\d:\d\d:\d\d(\.\d\d\d)?|\d{1,3}%|start|end|#[1-9]\d*",
            "breakType": r"(linear|nonlinear|display)(,(linear|nonlinear|display))*",
            "breakId?": ".+",
            "repeatAfter?": r"\d\d:\d\d:\d\d(\.\d\d\d)?",
        },
        ["AdSource", "TrackingEvents", "Extensions"],
    ),
    "AdSource": (
        {
            "id?": r"-?\d+",
            "allowMultipleAds?": "true|false|0|1",
            "followRedirects?": "true|false|0|1",
        },
        ["AdTagURI"],
    ),
    "AdTagURI": ({"templateType": "vast1|vast2|vast3|proprietary"}, []),
}
"""Attributes (? for optional ones) and children of elements: xsd/vmap.xsd of IAB's vmap."""


def check_vmap(element: Element) -> None:
    """Check an element of VMAP with all that is in it."""
    attributes, children = VMAP_ELEMENTS[element.tag.removeprefix(VMAP)]
    assert element.tag.startswith(VMAP)
    patterns = {name.rstrip("?"): pattern for name, pattern in attributes.items()}
    assert set(element.attrib) <= set(patterns)
    assert {name for name in attributes if not name.endswith("?")} <= set(element.attrib)
    for name, value in element.attrib.items():
        assert re.fullmatch(patterns[name], value), (name, value)
    for child in element:
        assert child.tag.removeprefix(VMAP) in children
        check_vmap(child)
    if element.tag == f"{VMAP}AdSource":
        assert len(element) == 1
    if not children:
        # xs:anyURI by RFC 3986.
        assert re.fullmatch(r"https?://[\w.~:/?#@!$&'()*+,;=%-]+", element.text or "", re.ASCII)


class Bits:
    """Reads numbers of so many bits, one after the other."""

    def __init__(self, content: bytes) -> None:
        self._number = int.from_bytes(content, "big")
        self.left = 8 * len(content)

    def read(self, width: int) -> int:
        self.left -= width
        assert self.left >= 0, "the section ends too early"
        return self._number >> self.left & (1 << width) - 1

    def reserved(self, width: int) -> None:
        assert self.read(width) == (1 << width) - 1, "reserved bits are 1"


def remainder(content: bytes) -> int:
    """Return the polynomial remainder of a section with its CRC: 0 if nothing was damaged."""
    number = int.from_bytes(content, "big") ^ 0xFFFFFFFF << 8 * len(content) - 32
    divisor = 0x104C11DB7
    for bit in range(8 * len(content) - 1, 31, -1):
        if number >> bit & 1:
            number ^= divisor << bit - 32
    return number


def read_cue(encoded: str) -> dict[str, Any]:
    """Decode a splice_info_section by the tables of ANSI/SCTE 35, and check its lengths and CRC."""
    content = base64.b64decode(encoded, validate=True)
    assert remainder(content) == 0
    bits, cue = Bits(content), dict[str, Any]()
    assert [bits.read(8), bits.read(1), bits.read(1)] == [0xFC, 0, 0]
    bits.reserved(2)
    assert bits.read(12) == bits.left // 8
    assert bits.read(8) == 0, "protocol_version"
    assert [bits.read(1), bits.read(6), bits.read(33)] == [0, 0, 0], "encryption and adjustment"
    bits.read(8)
    cue["tier"], length, kind = bits.read(12), bits.read(12), bits.read(8)
    before = bits.left
    cue |= {5: _splice_insert, 6: _splice_time}[kind](bits)
    assert before - bits.left == 8 * length
    cue["command"] = kind
    length, before = bits.read(16), bits.left
    while before - bits.left < 8 * length:
        cue |= _descriptor(bits)
    bits.read(32)
    assert bits.left == 0
    return cue


def _splice_time(bits: Bits) -> dict[str, int]:
    assert bits.read(1) == 1, "time_specified_flag"
    bits.reserved(6)
    return {"pts_time": bits.read(33)}


def _splice_insert(bits: Bits) -> dict[str, int]:
    cue = {"splice_event_id": bits.read(32), "cancel": bits.read(1)}
    bits.reserved(7)
    flags = ("out_of_network", "program_splice", "duration", "immediate")
    cue |= {name: bits.read(1) for name in flags}
    bits.reserved(4)
    cue |= _splice_time(bits) | {"auto_return": bits.read(1)}
    bits.reserved(6)
    cue["break_duration"] = bits.read(33)
    names = {"unique_program_id": 16, "avail_num": 8, "avails_expected": 8}
    return cue | {name: bits.read(width) for name, width in names.items()}


def _descriptor(bits: Bits) -> dict[str, Any]:
    tag, length = bits.read(8), bits.read(8)
    before = bits.left
    assert bits.read(32) == int.from_bytes(b"CUEI", "big")
    cue: dict[str, Any] = {}
    if tag == 0:
        cue["provider_avail_id"] = bits.read(32)
    else:
        assert tag == 2
        cue = {"segmentation_event_id": bits.read(32), "cancel": bits.read(1)}
        bits.reserved(7)
        assert [bits.read(1), bits.read(1)] == [1, 1], "whole programme, with a duration"
        cue["not_restricted"], cue["restrictions"] = bits.read(1), bits.read(5)
        cue["segmentation_duration"] = bits.read(40)
        cue["upid_type"], width = bits.read(8), bits.read(8)
        cue["upid"] = bits.read(8 * width).to_bytes(width, "big")
        names = ("segmentation_type_id", "segment_num", "segments_expected")
        cue |= {name: bits.read(8) for name in names}
    assert before - bits.left == 8 * length
    return cue
