"""The trained probes of a catalogue."""

from pathlib import Path

import numpy as np
import pytest

from indexer.errors import ReelfindError
from indexer.trained import IN_USE, ProbeInUse, TrainedProbes, fitting
from tests.probes.test_saved import make_probe


def test_probes_are_kept_and_found(tmp_path: Path) -> None:
    probes = TrainedProbes(tmp_path / "probes")
    assert (probes.all(), probes.in_use()) == ([], {})
    tone, genre = make_probe("tone"), make_probe("genre")
    identity = probes.add(tone)
    assert probes.add(tone) == identity
    other = probes.add(genre)
    assert [each for each, _ in probes.all()] == [other, identity]
    assert probes.find("tone")[0] == identity
    assert probes.find(other[:6])[0] == other
    with pytest.raises(ReelfindError, match=r"no such task or probe; .*probes list"):
        probes.find("nothing")


def test_a_task_is_scored_by_one_probe_until_another_is_chosen(tmp_path: Path) -> None:
    probes = TrainedProbes(tmp_path / "probes")
    identity = probes.add(make_probe("tone"))
    probes.use("tone", identity, ["sad"])
    in_use = probes.in_use()["tone"]
    assert (in_use.probe_id, in_use.classes) == (identity, ("sad",))
    probes.use("tone", None)
    assert probes.in_use() == {}


def test_a_damaged_choice_is_told(tmp_path: Path) -> None:
    probes = TrainedProbes(tmp_path / "probes")
    probes.use("tone", probes.add(make_probe("tone")), ["sad"])
    (tmp_path / "probes" / IN_USE).write_text("{")
    with pytest.raises(ReelfindError, match="reelfind probes use"):
        probes.in_use()


def test_only_its_own_classes_and_encoder() -> None:
    saved = make_probe("tone", encoder="a" * 16)
    probe = ProbeInUse(saved.probe_id, saved, ("comic",))
    found = probe.scores({"in context": np.zeros((2, 3), np.float32)})
    assert {name: values.tolist() for name, values in found.items()} == {"comic": [0.5, 0.5]}
    assert probe.threshold("comic") == 0.5
    assert fitting({"tone": probe}, "a" * 16) == ({"tone": probe}, [])
    assert fitting({"tone": probe}, "b" * 16) == ({}, ["tone"])
