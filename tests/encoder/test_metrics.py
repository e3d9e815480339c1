from pathlib import Path

from encoder.metrics import MetricsFile, read_metrics


def test_a_resumed_run_forgets_what_it_takes_again(tmp_path: Path) -> None:
    path = tmp_path / "training.csv"
    first = MetricsFile(path, 0)
    for step in (10, 20, 30):
        first.add({"step": step, "loss": 1 / step})
    resumed = MetricsFile(path, 20)
    resumed.add({"step": 30, "loss": 9})
    assert [(row["step"], float(row["loss"])) for row in read_metrics(path)] == [
        ("10", 0.1),
        ("20", 0.05),
        ("30", 9.0),
    ]


def test_one_that_looks_on_writes_nothing(tmp_path: Path) -> None:
    MetricsFile(tmp_path / "training.csv", 0, writes=False).add({"step": 1})
    assert not list(tmp_path.iterdir())
