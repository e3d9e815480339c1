"""The calculation of docs/scale.md: its tables are those that the bench prints."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench import scale

DOCS = Path(__file__).parents[2] / "docs"
TEXT = scale.MEASUREMENTS.read_text(encoding="utf-8")
FILM = scale.measured(TEXT)


def test_the_page_has_what_the_bench_prints() -> None:
    page = (DOCS / "scale.md").read_text(encoding="utf-8")
    assumed = scale.Assumptions()
    assert scale.table([1000, 10_000, 100_000], FILM, assumed) in page
    assert scale.assumptions_table(assumed) in page
    assert scale.check(assumed, TEXT) in page


def test_measured_figures_are_those_of_the_tables() -> None:
    text = TEXT.replace("| shots | 860.9 |", "| shots | 1,000.0 |")
    assert scale.measured(text) == replace(FILM, shots=1000.0)
    with pytest.raises(ValueError, match="unpack"):
        scale.measured(text.replace("| shots |", "| cuts |"))


def test_memory_of_a_point_by_quantization() -> None:
    assumed = replace(scale.Assumptions(), index_bytes=0, words_per_shot=0, graph_links=0)
    sizes = [scale.memory_of_point(assumed, 3200, kind) for kind in scale.KINDS]
    assert sizes == [6400, 3200, 400]


def test_everything_grows_with_the_hours() -> None:
    once, tenfold = (dict(scale.rows(hours, FILM, scale.Assumptions())) for hours in (1e4, 1e5))
    assert once.keys() == tenfold.keys()
    for name, value in once.items():
        first, other = (float(each.split()[0].replace(",", "")) for each in (value, tenfold[name]))
        assert other == pytest.approx(10 * first, rel=0.05), name
