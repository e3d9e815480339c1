import math
from dataclasses import replace

from probes.evaluation.charts import bin_dots, block_chart, interval_chart, task_lines
from probes.evaluation.records import Bins, Cell, Evaluation, Measured
from probes.intervals import Interval


def test_intervals_and_chance_lie_between_round_numbers(evaluation: Evaluation) -> None:
    for task in evaluation.tasks:
        for measured in task.measures:
            chart = interval_chart(task, measured)
            first, last = chart.ticks[0][0], chart.ticks[-1][0]
            assert 3 <= len(chart.ticks) <= 9
            for row in chart.rows:
                assert first <= row.low <= row.value <= row.high <= last
            assert first <= chart.chance <= last
            assert [row.strong for row in chart.rows].count(True) == 1


def test_what_blocks_add_is_drawn_from_nothing_on(evaluation: Evaluation) -> None:
    chart = block_chart(evaluation.tasks[1].blocks)
    read, left_out = chart.rows
    assert (read.strong, left_out.strong) == (True, False)
    assert chart.chance < read.low
    assert left_out.low < left_out.value < left_out.high


def test_equal_and_undefined_values_still_make_a_chart(evaluation: Evaluation) -> None:
    task = evaluation.tasks[1]
    for value in (0.0, 1.0, math.nan):
        cells = tuple(Cell(Interval(value, value, value), None) for _ in task.columns)
        chart = interval_chart(task, Measured("AP", value, cells))
        assert all(math.isfinite(row.value) for row in chart.rows)


def test_the_reference_is_drawn_on_top(evaluation: Evaluation) -> None:
    lines = task_lines(evaluation.tasks[0])
    assert [line.name for line in lines] == ["text", "zero-shot", "in context"]
    assert [line.strong for line in lines] == [False, False, True]
    assert task_lines(replace(evaluation.tasks[0], curves=())) == []


def test_dots_on_the_diagonal_are_as_far_right_as_they_are_high() -> None:
    low, high = bin_dots(Bins((1, 100), (0.2, 0.8), (0.2, 0.8), 0.0))
    assert low.size < high.size
    assert high.x - low.x == low.y - high.y
