"""The recorder sees what changed, and nothing else."""

from pathlib import Path

from tests.recorder import compare, marked


def test_what_is_drawn_or_timed_is_no_difference() -> None:
    before = '{"took_ms": 3.5, "item_id": "0123456789ab", "at": "2026-01-02T03:04:05Z", "q": "a"}'
    after = '{"took_ms": 12.0, "item_id": "ba9876543210", "at": "2027-01-02T03:04:05Z", "q": "a"}'
    assert marked(before) == marked(after)
    assert marked(before) != marked(after.replace('"a"', '"b"'))


def test_the_files_that_differ_are_named(tmp_path: Path) -> None:
    for name, texts in {"before": "abc", "after": "abx"}.items():
        (tmp_path / name).mkdir()
        for file, text in zip(["one", "two", "three"], texts, strict=True):
            (tmp_path / name / file).write_text(f"same\n{text}\n", encoding="utf-8")
    (tmp_path / "after" / "four").write_text("", encoding="utf-8")
    assert compare(tmp_path / "before", tmp_path / "before") == []
    assert compare(tmp_path / "before", tmp_path / "after") == [
        f"four: only in {tmp_path / 'after'}",
        "three: c was, x is",
    ]
