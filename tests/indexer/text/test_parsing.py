"""SubRip, WebVTT and SubStation: words and times, without what is only for the eye."""

import re
from pathlib import Path

import pytest

from indexer.records import Line
from indexer.text.encoding import read_text
from indexer.text.parsing import clean, parse

SIDECARS = [
    *(f"subtitles/tears_of_steel.{language}.srt" for language in ("de", "en", "ru")),
    *(f"subtitles/elephants_dream.{part}.vtt" for part in ("ar", "en", "ja", "descriptions.en")),
    "sintel_trailer_720p.en.srt",
]


def seconds(hours: str, minutes: str, rest: str) -> float:
    return round(int(hours) * 3600 + int(minutes) * 60 + float(rest.replace(",", ".")), 3)


@pytest.mark.parametrize("name", SIDECARS)
def test_real_sidecars_line_by_line(media: Path, name: str) -> None:
    """Against a reader for clean files: blocks, a line of times, the rest is words."""
    text = read_text(media / name).replace("\r", "")
    time = r"(\d+):(\d\d):(\d\d[.,]\d+)"
    expected = []
    for block in re.split(r"\n\s*\n", text.lstrip("\ufeff")):
        match = re.search(rf"{time} --> {time}[^\n]*\n(.+)", block, re.DOTALL)
        if match:
            words = re.sub(r"</?\w[^>]*>", "", match[7])
            words = re.sub("[\u200e\u200f\u202a-\u202e]", "", words)
            line = (seconds(*match.groups()[:3]), seconds(*match.groups()[3:6]), words.split())
            expected.append(line)
    found = [(line.start, line.end, line.text.split()) for line in parse(text).lines]
    assert len(found) > 3
    assert found == expected


def test_webvtt_without_its_furniture() -> None:
    parsed = parse(
        "WEBVTT - a title\nKind: captions\n\nSTYLE\n::cue { color: red }\n\n"
        "NOTE this --> is a note\n\nintro\n00:01.500 --> 00:03.000 align:start position:10%\n"
        "<v Roger Bingham>We are <i>in</i> New&nbsp;York\n\n"
        "second cue\n00:00:04.000 --> 00:00:05.000\n<00:00:04.200>Rock &amp; <c.loud>roll\n"
    )
    assert parsed.lines == (Line(1.5, 3, "We are in New York"), Line(4, 5, "Rock & roll"))
    assert parsed.unreadable == 0


def test_substation_without_styles_drawings_and_comments() -> None:
    parsed = parse(
        "[Script Info]\nScriptType: v4.00+\n\n[Events]\n"
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
        r"Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\an8\i1}Well, yes{\i0}\Nand no"
        "\nComment: 0,0:00:02.00,0:00:03.00,Default,,0,0,0,,not shown\n"
        r"Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,{\p1}m 0 0 l 10 10{\p0}"
        "\n"
    )
    assert parsed.lines == (Line(1, 2.5, "Well, yes and no"),)


def test_subrip_as_it_is_found() -> None:
    parsed = parse(
        "\ufeff1\r\n00:00:01,000 --> 00:00:02,000 X1:10 X2:20\r\n"
        "{\\an8}<font color=red>Up</font>\r\n\r\n"
        "2\r\n00:00:03.000 --> 00:00:04.000\r\n[MUSIC]\r\n- I <3 it\r\n\r\n"
        "3\r\n00:00:05,000 --> 00:00:06,000\r\n\r\n4\r\n-00:00:01,000 --> 00:00:07,000\r\nminus\r\n"
    )
    assert parsed.lines == (
        Line(1, 2, "Up"),
        Line(3, 4, "[MUSIC] - I <3 it"),
        Line(0, 7, "minus"),
    )


def test_a_time_that_cannot_be_read_takes_its_own_line_only() -> None:
    parsed = parse(
        "1\n00:00:01,000 --> 00:00:02,000\nfirst\n\n2\n00:0x:03,000 --> 00:00:04,000\nlost\n\n"
        "3\n00:00:05,000 --> 00:00:06,000\nlast\n"
    )
    assert [line.text for line in parsed.lines] == ["first", "last"]
    assert parsed.unreadable == 1


@pytest.mark.parametrize("text", ["", "no times here", "WEBVTT", "[Script Info]\n", "-->\n-->"])
def test_nothing_in_it(text: str) -> None:
    assert parse(text).lines == ()


def test_joiners_stay_and_directions_go() -> None:
    assert clean("\u202bمی\u200cخواهم\u202c") == "می\u200cخواهم"
