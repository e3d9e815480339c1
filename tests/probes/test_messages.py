"""Messages repeat enough to find a fault, and never all that somebody sent."""

from probes.messages import LONGEST, LONGEST_LINE, SHOWN, first_lines, listed, quoted, shortened


def test_a_value_is_cut_and_its_length_told() -> None:
    assert shortened("short") == "short"
    assert shortened("x" * LONGEST) == "x" * LONGEST
    assert shortened("x" * 50_000_000) == "x" * LONGEST + "… (50,000,000 letters)"
    assert shortened(7) == "7"
    assert quoted("it's") == '"it\'s"'
    assert len(quoted("x" * 50_000_000)) < LONGEST + 40


def test_the_first_lines_are_told_and_the_others_counted() -> None:
    assert first_lines(["a", "b"]) == ["a", "b"]
    assert first_lines(["x"] * SHOWN) == ["x"] * SHOWN
    told = first_lines(["x" * 1_000_000] * 100_000, "more rows")
    assert len(told) == SHOWN + 1
    assert told[-1] == "and 99,980 more rows"
    assert max(map(len, told)) < LONGEST_LINE + 40
    assert listed(range(22)).endswith("19, and 2 more")
    assert listed([]) == ""
