"""Charts of an evaluation, in Altair, with the report's figures."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import polars as pl

from probes.evaluation.records import Bins, Curve, Measured, TaskEvaluation
from probes.reading import BlockRecord

HEIGHT = 300
"""Pixels of a square chart."""
LEGEND = 90
"""Pixels that the names below a chart take of it."""
ROW = 30
"""Pixels of a row of the chart of intervals."""
STRONG, WEAK = "#c8872b", "#808690"
"""The reference, and what it is set against: both seen on light and on dark."""


def interval_chart(task: TaskEvaluation, measured: Measured) -> alt.LayerChart | alt.FacetChart:
    """Return one metric of every representation with its 95 % interval, and chance as a line."""
    rows = [
        {
            "representation": name,
            "value": cell.value.value,
            "low": cell.value.low,
            "high": cell.value.high,
            "kind": "reference" if name == task.reference else "compared",
        }
        for name, cell in zip(task.columns, measured.cells, strict=True)
        if cell.value.value == cell.value.value
    ]
    place = alt.Y("representation:N", sort=None, title=None, axis=alt.Axis(labelLimit=220))
    kinds = alt.Scale(domain=["reference", "compared"], range=[STRONG, WEAK])
    colour = alt.Color("kind:N", scale=kinds, title=None, legend=alt.Legend(orient="bottom"))
    base = alt.Chart(pl.DataFrame(rows)).encode(y=place, color=colour)
    spans = base.mark_rule(strokeWidth=3).encode(
        x=alt.X("low:Q", title=measured.metric, scale=alt.Scale(zero=False)), x2="high:Q"
    )
    points = base.mark_point(filled=True, size=90, opacity=1).encode(
        x="value:Q", tooltip=["representation", *_numbers("value", "low", "high")]
    )
    chance = (
        alt.Chart(pl.DataFrame({"chance": [measured.chance]}))
        .mark_rule(strokeDash=[4, 4], color=WEAK)
        .encode(x="chance:Q", tooltip=_numbers("chance"))
    )
    return alt.layer(spans, points, chance).properties(height=ROW * len(rows) + 60)


def block_chart(blocks: Sequence[BlockRecord], metric: str) -> alt.LayerChart | alt.FacetChart:
    """Return what each block adds as a bar from 0, with its 95 % interval."""
    rows = [
        {
            "block": each.name,
            "adds": each.adds,
            "low": each.low,
            "high": each.high,
            "kind": "read" if each.is_read else "left out",
        }
        for each in blocks
    ]
    kinds = alt.Scale(domain=["read", "left out"], range=[STRONG, WEAK])
    base = alt.Chart(pl.DataFrame(rows)).encode(
        y=alt.Y(
            "block:N",
            sort=None,
            title=None,
            axis=alt.Axis(labelLimit=220, labelOverlap=False),
        )
    )
    bars = base.mark_bar(size=14, opacity=0.55).encode(
        x=alt.X("adds:Q", title=f"added {metric}"),
        color=alt.Color("kind:N", scale=kinds, title=None, legend=alt.Legend(orient="bottom")),
        tooltip=["block", *_numbers("adds", "low", "high")],
    )
    spans = base.mark_rule(strokeWidth=2).encode(
        x="low:Q", x2="high:Q", color=alt.Color("kind:N", scale=kinds)
    )
    return alt.layer(bars, spans).properties(height=ROW * len(rows) + LEGEND)


def curve_chart(curves: dict[str, Curve], chance: float) -> alt.LayerChart | alt.FacetChart:
    """Return precision against recall, a line for each name, and chance as a line."""
    rows = [
        {"of": name, "recall": recall, "precision": precision}
        for name, curve in curves.items()
        for recall, precision in zip(curve.recall, curve.precision, strict=True)
    ]
    unit = alt.Scale(domain=[0, 1])
    lines = (
        alt.Chart(pl.DataFrame(rows))
        .mark_line()
        .encode(
            x=alt.X("recall:Q", scale=unit),
            y=alt.Y("precision:Q", scale=unit),
            color=alt.Color(
                "of:N", title=None, sort=None, legend=alt.Legend(orient="bottom", columns=2)
            ),
            order="recall:Q",
            tooltip=["of", *_numbers("recall", "precision")],
        )
    )
    level = (
        alt.Chart(pl.DataFrame({"chance": [chance]}))
        .mark_rule(strokeDash=[4, 4], color=WEAK)
        .encode(y=alt.Y("chance:Q", title="precision"), tooltip=_numbers("chance"))
    )
    return alt.layer(lines, level).properties(height=HEIGHT + LEGEND)


def reliability_chart(bins: Bins) -> alt.LayerChart | alt.FacetChart:
    """Return what was observed against what was predicted; the area is the number of rows."""
    rows = pl.DataFrame(
        {"predicted": bins.predicted, "observed": bins.observed, "rows": bins.count}
    )
    unit = alt.Scale(domain=[0, 1])
    points = (
        alt.Chart(rows)
        .mark_circle(opacity=0.9, color=STRONG)
        .encode(
            x=alt.X("predicted:Q", scale=unit),
            y=alt.Y("observed:Q", scale=unit),
            size=alt.Size("rows:Q", legend=None, scale=alt.Scale(range=[40, 500])),
            tooltip=[*_numbers("predicted", "observed"), "rows"],
        )
    )
    right = (
        alt.Chart(pl.DataFrame({"at": [0.0, 1.0]}))
        .mark_line(strokeDash=[4, 4], color=WEAK)
        .encode(x=alt.X("at:Q", title="predicted"), y=alt.Y("at:Q", title="observed"))
    )
    return alt.layer(right, points).properties(height=HEIGHT)


def _numbers(*names: str) -> list[Any]:
    return [alt.Tooltip(f"{name}:Q", format=".3f") for name in names]
