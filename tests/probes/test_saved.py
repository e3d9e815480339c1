"""Trained probes on disk."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from probes.likeness import likeness_to
from probes.probe import Probe, Read
from probes.reading import BlockRecord
from probes.saved import (
    RECORD,
    WEIGHTS,
    ClassRecord,
    MeasureRecord,
    ProbeError,
    ProbeRecord,
    SavedProbe,
    load_probe,
    save_probe,
)


def make_probe(task: str = "tone", encoder: str = "e" * 16, width: int = 3) -> SavedProbe:
    rng = np.random.default_rng(0)
    names = ("sad", "comic")
    weight = rng.standard_normal((2, width)).astype(np.float32)
    record = ProbeRecord(
        task=task,
        kind="multi-label",
        profile="lite",
        encoder=encoder,
        labels="l" * 16,
        items=40,
        titles=5,
        made="2026-01-31",
        head="logistic",
        strength=10.0,
        expected_error=(0.1, 0.2),
        classes=(
            ClassRecord("sad", 12, 20, 4, 0.7, 0.4, 0.5, 0.35),
            ClassRecord("comic", 12, 20, 4, 0.5, 0.4, 0.6, None),
        ),
        measures=(MeasureRecord("macro AP", 0.6, 0.5, 0.7, 0.4),),
        left_out={"eerie": "2 positives of 10 needed"},
    )
    bias = np.zeros(2, np.float32)
    reads = (Read("in context", width),)
    return SavedProbe(Probe(task, "trained", names, weight, bias, False, reads), record)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    saved = make_probe()
    save_probe(saved, tmp_path / "probe")
    loaded = load_probe(tmp_path / "probe")
    assert loaded.record == saved.record
    assert loaded.probe_id == saved.probe_id
    assert np.array_equal(loaded.probe.weight, saved.probe.weight)
    assert loaded.probe.classes == ("sad", "comic")
    with pytest.raises(FileExistsError):
        save_probe(saved, tmp_path / "probe")


def test_known_titles_are_kept_with_a_head_on_likeness(tmp_path: Path) -> None:
    plain, rows = make_probe(), np.random.default_rng(1).normal(size=(5, 4)).astype(np.float32)
    likeness = likeness_to(rows)
    weight = np.ones((2, 5), np.float32)
    saved = SavedProbe(
        replace(plain.probe, weight=weight, reads=(Read("in context", 4, likeness),)),
        plain.record,
    )
    save_probe(saved, tmp_path / "probe")
    loaded = load_probe(tmp_path / "probe")
    assert loaded.probe_id == saved.probe_id != plain.probe_id
    assert loaded.probe.width == 4
    assert np.array_equal(loaded.probe.scores(rows), saved.probe.scores(rows))
    with pytest.raises(ValueError, match="weights of width 4"):
        loaded.probe.scores(rows[:, :3])


def test_blocks_are_kept_beside_each_other(tmp_path: Path) -> None:
    plain, rows = make_probe(), np.random.default_rng(1).normal(size=(5, 4)).astype(np.float32)
    reads = (Read("title fused", 4, likeness_to(rows)), Read("title form", 3))
    probe = replace(plain.probe, weight=np.ones((2, 8), np.float32), reads=reads)
    read = BlockRecord("title fused", 4, 10.0, 5, 0.6, 0.2, 0.1, 0.3)
    form = BlockRecord("title form", 3, 1.0, 0, 0.5, 0.05, 0.01, 0.1)
    out = BlockRecord("title in context", 16, None, 0, 0.6, 0.0, -0.01, 0.01)
    record = replace(plain.record, blocks=(read, form, out))
    assert record.reads == ("title fused", "title form")
    save_probe(SavedProbe(probe, record), tmp_path / "probe")
    loaded = load_probe(tmp_path / "probe")
    assert loaded.record == record
    assert [(each.block, each.width) for each in loaded.probe.reads] == [
        ("title fused", 4),
        ("title form", 3),
    ]
    embeddings = np.concatenate([rows, rows[:, :3]], axis=1)
    assert np.array_equal(loaded.probe.scores(embeddings), probe.scores(embeddings))


def test_a_probe_of_before_there_were_blocks_reads_in_context(tmp_path: Path) -> None:
    """Files and id as version 0.1.0 wrote them, without a word of blocks."""
    saved = make_probe()
    save_probe(saved, tmp_path / "probe")
    facts = json.loads((tmp_path / "probe" / RECORD).read_text())
    assert "blocks" not in facts
    identity = facts.pop("probe_id")
    weights = (tmp_path / "probe" / WEIGHTS).read_bytes()
    text = json.dumps(facts, sort_keys=True).encode()
    assert hashlib.sha256(text + b"\0" + weights).hexdigest()[:16] == identity
    loaded = load_probe(tmp_path / "probe")
    assert loaded.record.reads == ("in context",)
    assert [(each.block, each.width) for each in loaded.probe.reads] == [("in context", 3)]


def test_an_id_stands_for_weights_and_record() -> None:
    first = make_probe()
    again = SavedProbe(first.probe, replace(first.record, made="2026-02-01"))
    other = SavedProbe(replace(first.probe, weight=first.probe.weight + 1), first.record)
    assert len({first.probe_id, again.probe_id, other.probe_id}) == 3
    assert make_probe().probe_id == first.probe_id


def test_a_class_is_better_than_its_prompts_and_than_chance() -> None:
    assert [each.better for each in make_probe().record.classes] == [True, False]
    without_prompts = ClassRecord("sad", 12, 20, 4, 0.3, 0.4, None, 0.5)
    assert not without_prompts.better


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda folder: (folder / RECORD).unlink(), "not a probe of this version"),
        (lambda folder: (folder / WEIGHTS).write_bytes(b"no"), "not a probe of this version"),
        (
            lambda folder: (folder / RECORD).write_text(
                (folder / RECORD).read_text().replace('"items": 40', '"items": 41')
            ),
            "damaged or changed .*reelfind probes train tone",
        ),
    ],
)
def test_a_damaged_probe_is_told(tmp_path: Path, damage: object, reason: str) -> None:
    save_probe(make_probe(), tmp_path / "probe")
    assert callable(damage)
    damage(tmp_path / "probe")
    with pytest.raises(ProbeError, match=reason):
        load_probe(tmp_path / "probe")
