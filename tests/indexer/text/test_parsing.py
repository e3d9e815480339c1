"""SubRip, WebVTT and SubStation: words and times, without what is only for the eye."""

import re
from pathlib import Path

import pytest

from indexer.records import Line
from indexer.text.encoding import read_text
from indexer.text.parsing import parse
from indexer.text.words import LONGEST_TEXT, MOST_LINES, clean, spoken

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
    assert parsed.skipped == ()


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
    assert parsed.skipped == (6,)


@pytest.mark.parametrize("text", ["", "no times here", "WEBVTT", "[Script Info]\n", "-->\n-->"])
def test_nothing_in_it(text: str) -> None:
    assert parse(text).lines == ()


@pytest.mark.parametrize(
    "text",
    [
        "One<br>two",
        "One<br />two",
        "One[br]two",
        "One\\Ntwo",
        "{\\an8}One\\Ntwo",
        "One &lt;i&gt;two",
    ],
)
def test_breaks_part_words_and_markup_goes(text: str) -> None:
    (line,) = parse(f"1\n00:00:01,000 --> 00:00:02,000\n{text}\n").lines
    assert line.text == "One two"


def test_words_in_braces_stay_in_subrip() -> None:
    (line,) = parse("1\n00:00:01,000 --> 00:00:02,000\n{laughs} I <3 it\n").lines
    assert line.text == "{laughs} I <3 it"


def test_joiners_stay_and_directions_go() -> None:
    assert clean("\u202bمی\u200cخواهم\u202c") == "می\u200cخواهم"


@pytest.mark.parametrize(
    "text",
    [
        "1\n00:00:01 --> 00:00:02\nwords\n",
        "1\n00:01,000 --> 00:02,000\nwords\n",
        "00:01 --> 00:02\nwords\n",
        "1\n00:00:01.000 --> 00:00:02.000\nwords\n",
        "1\n00:00:01:000 --> 00:00:02:000\nwords\n",
        "1\n00:00:01;000 --> 00:00:02;000\nwords\n",
        "1\n00:00:01,000-->00:00:02,000\nwords\n",
        "1\n  00: 00: 01, 000  -- >  00 :00 :02 ,000  \nwords\n",
        "1\n00:00:01,000 –> 00:00:02,000\nwords\n",
        "1\n00:00:01,000 --&gt; 00:00:02,000\nwords\n",
        "1 00:00:01,000 --> 00:00:02,000 words\n",
        "1\n0:0:1,0 --> 0:0:2,0\nwords\n",
        "1\r\r\n00:00:01,000 --> 00:00:02,000\r\r\nwords\r\r\n",
        "00:00:01.00,00:00:02.00\nwords\n",
        "WEBVTT\n00:00:01.000 --> 00:00:02.000\nwords\n",
        "WEBVTT\n\n00:00:01,000 --> 00:00:02,000\nwords\n\nNOTE\nno\n00:03.000 --> 00:04.000\nno\n",
        "WEBVTT\n\nid\n00:01.000 --> 00:02.000 line:0 align:start\nwords\n\nstray\n",
        "{1}{1}25\n{25}{50}words\n",
        "{0}{0}23,976\n{ 24 }{48}{y:i}words\n",
        "{25}{50}/words\n",
        "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,words\n",
    ],
)
def test_the_same_line_in_the_ways_that_people_write_it(text: str) -> None:
    parsed = parse(text)
    assert [line.text for line in parsed.lines] == ["words"]
    assert [round(line.start, 2) for line in parsed.lines] == [1]
    assert [round(line.end, 2) for line in parsed.lines] == [2]
    assert parsed.skipped == ()


def test_numbers_that_are_said_stay() -> None:
    parsed = parse(
        "1\n00:00:01,000 --> 00:00:02,000\n42\n\n2\n00:00:03,000 --> 00:00:04,000\nIt is\n42\n\n"
        "3\n00:00:05,000 --> 00:00:06,000\nlast\n"
    )
    assert [line.text for line in parsed.lines] == ["42", "It is 42", "last"]


def test_half_a_line_of_times_is_skipped_with_its_words() -> None:
    parsed = parse(
        "1\n00:00:01,000 --> 00:00:02,000\nA --> B\n\n2\n00:00:03,000 -> \nlost\n\n"
        "3\n00:00:05,000\nlost\n\n4\n00:00:07,000 --> 00:00:08,000\nlast\n"
    )
    assert [line.text for line in parsed.lines] == ["A --> B", "last"]
    assert parsed.skipped == (6, 10)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (r"{\p1}m 0 0 l 10 10", ""),
        (r"{\pos(1,2)\p1}m 0 0{\p0}", ""),
        (r"Before {\p2}m 0 0 l 9 9{\p0} after", "Before  after"),
        (r"{\pos(10,20)\pbo5}Placed{comment}", "Placed"),
        (r"One\Ntwo\hthree", "One\ntwo\nthree"),
        ("open { brace", "open { brace"),
    ],
)
def test_drawings_are_no_dialogue_and_words_beside_them_are(event: str, words: str) -> None:
    assert spoken(event) == words


def test_one_bad_event_takes_itself_only() -> None:
    good = "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,words, more\n"
    parsed = parse(f"[Events]\nDialogue: 0,x,y,Default,,0,0,0,,bad\nDialogue: 0\n{good}")
    assert parsed.lines == (Line(1, 2, "words, more"),)
    assert parsed.skipped == (2, 3)


HOSTILE = {
    "blank lines": "1\n00:00:01,000 --> 00:00:02,000\na" + "\n" * 300_000 + "b\n",
    "numbers": "1\n00:00:01,000 --> 00:00:02,000\na" + "\n 1 " * 100_000,
    "blanks": "\n00:00:01,000 --> 00:00:02,000\n" + " " * 300_000 + "<" + " " * 300_000,
    "braces": "Dialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,," + "{" * 300_000,
    "closed": "Dialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,," + "{" * 300_000 + "}",
    "tags": "1\n00:00:01,000 --> 00:00:02,000\n" + "<a " * 100_000,
    "entities": "1\n00:00:01,000 --> 00:00:02,000\n" + "&amp" * 100_000,
    "colons": "1:" * 300_000,
    "frames": "{1}{2}a\n" + "{" * 300_000,
}


@pytest.mark.timeout(5)
@pytest.mark.parametrize("name", HOSTILE)
def test_what_was_written_to_take_long_does_not(name: str) -> None:
    """Quadratic reading of these takes minutes."""
    parsed = parse(HOSTILE[name])
    assert all(len(line.text) <= LONGEST_TEXT for line in parsed.lines)


def test_there_is_an_end_to_the_lines_of_a_file() -> None:
    assert len(parse("00:01 --> 00:02\na\n" * (MOST_LINES + 9)).lines) == MOST_LINES
