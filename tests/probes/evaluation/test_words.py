from dataclasses import replace

from probes.evaluation.records import Cell, Evaluation, Measured, TaskEvaluation
from probes.evaluation.words import by_reference, protocol, verdict
from probes.intervals import Interval


def with_first(task: TaskEvaluation, *cells: Cell) -> TaskEvaluation:
    return replace(task, measures=(Measured("macro AP", 0.2, cells),))


def test_the_verdict_says_better_worse_and_undecided(evaluation: Evaluation) -> None:
    value = Interval(0.5, 0.4, 0.6)
    reference = Cell(value, None)
    below, above, even = (
        Cell(value, Interval(*each))
        for each in ((-0.1, -0.2, -0.05), (0.1, 0.05, 0.2), (0.0, -0.1, 0.1))
    )
    task = with_first(evaluation.tasks[0], below, reference, above)
    assert verdict(task) == [
        "In context reaches macro AP 0.500 (0.400 to 0.600); chance is 0.200.",
        "It is better than text (by 0.100).",
        "It is worse than zero-shot (by 0.100).",
    ]
    task = with_first(evaluation.tasks[0], even, reference, even)
    assert verdict(task)[1:] == ["No difference was shown to text and zero-shot."]
    weak = Cell(Interval(0.25, 0.15, 0.3), None)
    assert "not differ significantly from chance" in verdict(with_first(task, even, weak, even))[1]


def test_the_protocol_says_how_rows_were_measured(evaluation: Evaluation) -> None:
    across, apart, ranked = evaluation.tasks
    assert "960 labels on 480 clips of 24 titles" in protocol(across)
    assert "in 5 folds by title" in protocol(across)
    assert "in 4 folds by title" in protocol(ranked)
    assert "200 labels on 200 clips of 10 titles, held out" in protocol(apart)
    assert "280 clips of other titles" in protocol(apart)


def test_tasks_with_one_reference_share_a_table(evaluation: Evaluation) -> None:
    ((reference, columns, tasks),) = by_reference(evaluation)
    assert reference == "in context"
    assert columns == ["text", "in context", "zero-shot"]
    assert tasks == list(evaluation.tasks)
