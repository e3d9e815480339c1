from dataclasses import replace

from probes.evaluation.records import Cell, Evaluation, Measured, TaskEvaluation
from probes.evaluation.words import block_rows, blocks_read, by_reference, protocol, verdict
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
    assert columns == ["text", "in context", "zero-shot", "probe"]
    assert tasks == list(evaluation.tasks)


def test_what_the_probe_reads_is_said_with_what_it_adds(evaluation: Evaluation) -> None:
    blocks = evaluation.tasks[1].blocks
    assert [(each.name, each.is_read) for each in blocks] == [("in context", True), ("text", False)]
    assert blocks_read(blocks) == "The probe reads in context. It reads the encoder's context."
    first, other = block_rows(blocks)
    assert first[0] == "in context"
    assert first[4] == ""
    assert other[4] == "left out"
    known = block_rows([replace(blocks[0], known_titles=1200, adds=-0.0124)])
    assert known[0][2:] == ["−0.012", known[0][3], "by likeness to 1,200 titles"]
    assert "no context" in blocks_read([replace(blocks[0], name="place")])
    assert "and not the encoder's" in blocks_read([replace(blocks[0], name="neighbours")])
    probe = replace(evaluation.tasks[1], reference="probe")
    assert verdict(probe)[0].startswith("The probe reaches AP")
