"""SCTE-35 cues for a break: ``splice_insert``, and ``time_signal`` with a segmentation descriptor.

Syntax: ANSI/SCTE 35, sections 9.6 (splice_info_section), 9.7.3, 9.7.4 and 10.3.3. Reserved bits are
1. The libraries that encode it are copyleft or no longer maintained, and these two cues are short.
"""

import base64
from fractions import Fraction

CLOCK = 90_000
"""Ticks a second."""
SPLICE_INSERT, TIME_SIGNAL = 0x05, 0x06
"""Command types."""
PLACEMENT_OPPORTUNITY_START = 0x34
"""Segmentation type: the provider's, for ads."""
URI = 0x0F
"""UPID type."""

_PTS_BITS = 33
_POLYNOMIAL = 0x04C11DB7


def ticks(seconds: Fraction) -> int:
    """Return a time or duration in ticks, the nearest one; it begins anew after 26.5 hours."""
    return round(seconds * CLOCK) % (1 << _PTS_BITS)


def splice_insert(event_id: int, pts: int, duration: int) -> str:
    """Return a cue in base64: leave the programme at ``pts``, return ``duration`` ticks later."""
    command = _pack(
        *((event_id, 32), (0, 1), (0x7F, 7)),  # Not cancelled.
        # Out of the network, the whole programme, with a duration, not immediately.
        *((1, 1), (1, 1), (1, 1), (0, 1), (0xF, 4)),
        *((1, 1), (0x3F, 6), (pts, _PTS_BITS)),
        *((1, 1), (0x3F, 6), (duration, _PTS_BITS)),  # Returns by itself.
        *((0, 16), (0, 8), (0, 8)),  # Programme and avails are not numbered.
    )
    return _section(SPLICE_INSERT, command, b"")


def time_signal(event_id: int, pts: int, duration: int, uri: str) -> str:
    """Return a cue in base64: at ``pts`` begins an opportunity for ads of ``duration`` ticks.

    Args:
        event_id: 32 bits, the same in every cue about the break.
        pts: of the first frame after the break.
        duration: in ticks.
        uri: the UPID; at most 200 ASCII characters.
    """
    upid = uri.encode("ascii")
    body = b"CUEI" + _pack(
        *((event_id, 32), (0, 1), (0x7F, 7)),
        # The whole programme, with a duration, delivery not restricted.
        *((1, 1), (1, 1), (1, 1), (0x1F, 5)),
        *((duration, 40), (URI, 8), (len(upid), 8)),
    )
    body += upid + bytes([PLACEMENT_OPPORTUNITY_START, 0, 0])  # Segments are not numbered.
    command = _pack((1, 1), (0x3F, 6), (pts, _PTS_BITS))
    return _section(TIME_SIGNAL, command, bytes([0x02, len(body)]) + body)


def _section(command_type: int, command: bytes, descriptors: bytes) -> str:
    content = (
        _pack(
            *((0, 8), (0, 1), (0, 6), (0, _PTS_BITS)),  # Version 0, not encrypted, PTS as they are.
            *((0xFF, 8), (0xFFF, 12), (len(command), 12), (command_type, 8)),
        )
        + command
        + len(descriptors).to_bytes(2, "big")
        + descriptors
    )
    # Stream access points are not specified (3); the length counts the CRC.
    section = _pack((0xFC, 8), (0, 1), (0, 1), (3, 2), (len(content) + 4, 12)) + content
    return base64.b64encode(section + _crc(section).to_bytes(4, "big")).decode()


def _pack(*fields: tuple[int, int]) -> bytes:
    """Return fields as bytes, given as values and numbers of bits, which add up to whole bytes."""
    number = bits = 0
    for value, width in fields:
        number, bits = number << width | value, bits + width
    return number.to_bytes(bits // 8, "big")


def _crc(content: bytes) -> int:
    """Return the CRC-32 of MPEG-2 (ISO/IEC 13818-1, annex A), which is not that of zip files."""
    crc = 0xFFFFFFFF
    for byte in content:
        crc ^= byte << 24
        for _ in range(8):
            crc = crc << 1 ^ (_POLYNOMIAL if crc & 0x80000000 else 0)
            crc &= 0xFFFFFFFF
    return crc
