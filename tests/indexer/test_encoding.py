"""Another encoder for an indexed catalogue: trained elsewhere, adopted, and swapped in whole."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import indexer.indexing
from encoder.batches import TitleSequence, mean_direction
from encoder.checkpoints import Checkpoint, save_checkpoint
from encoder.config import TrainingConfig, catalogue
from encoder.evaluation import evaluate
from encoder.training import fit
from indexer.catalogue import Catalogue
from indexer.encoder_in_use import modalities_of
from indexer.encoding import list_encoders, read_sequences
from indexer.errors import ReelfindError
from indexer.indexing import Indexer
from indexer.listener import Silence
from indexer.models import Models
from indexer.opening import open_index
from indexer.preparation import Preparation
from indexer.request import Request
from indexer.settings import load_settings
from indexer.store.base import Store
from indexer.store.names import pair
from indexer.store.open import open_store


def train_another(data: Path, models: Models, folder: Path) -> Checkpoint:
    """Train an encoder of another width on the catalogue and save it as ``folder``."""
    works = Preparation(Catalogue(data), load_settings(data), models).others([])
    titles = read_sequences(works)
    config = replace(catalogue(modalities_of(models.description), 384), width=64, depth=1)
    training = TrainingConfig(steps=5, batch_shots=256)
    encoder = fit(titles, config, training)
    report = evaluate(encoder, titles, mean_direction(titles), training)
    checkpoint = Checkpoint(encoder, training, report, "lite")
    save_checkpoint(checkpoint, folder)
    return checkpoint


def test_shots_stay_in_their_files_until_they_are_used(indexed_once: Path, models: Models) -> None:
    works = Preparation(Catalogue(indexed_once), load_settings(indexed_once), models).others([])
    titles = read_sequences(works)
    assert all(isinstance(title.fused, np.memmap) for title in titles)
    assert all(isinstance(title.window(0, 2).fused, np.memmap) for title in titles)
    read = [TitleSequence(t.title_id, np.array(t.fused), t.metadata) for t in titles]
    training = TrainingConfig(steps=2, batch_shots=64)
    config = catalogue(modalities_of(models.description), 384)
    mapped, whole = (fit(each, config, training).state_dict() for each in (titles, read))
    assert all(torch.equal(mapped[name], whole[name]) for name in whole)


def test_the_old_pair_is_searched_until_all_of_the_new_one_is_there(
    indexed: Path, models: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = train_another(indexed, models, tmp_path / "another")
    catalogue, settings = Catalogue(indexed), load_settings(indexed)
    with open_store(catalogue.store_path, None, None) as store:
        old = store.current()
        assert old is not None
        collections = pair(old)
        before = [store.count(name) for name in collections]
    opened: list[Store] = []

    def remember(*arguments: object) -> Store:
        opened.append(open_index(*arguments))  # type: ignore[arg-type]
        return opened[-1]

    monkeypatch.setattr(indexer.indexing, "open_index", remember)
    seen = []

    class Searching(Silence):
        def doing(self, title: str, stage: str) -> None:
            store = opened[-1]
            seen.append((store.current(), [store.count(name) for name in collections]))

    run = Indexer(catalogue, settings, Searching(), debug=True, models=models)
    report = run.run(Request(encoder=tmp_path / "another"))
    assert not report.failed
    assert len(report.titles) == len(catalogue.manifests())
    assert seen
    assert all(each == (old, before) for each in seen)
    assert report.encoder == catalogue.current_encoder == checkpoint.checkpoint_id
    with open_store(catalogue.store_path, None, None) as store:
        new = store.current()
        assert new is not None
        assert new != old
        assert store.count(pair(new)[0]) == before[0]
        assert not set(collections) & set(store.collections())
    rows = list_encoders(indexed)
    assert [row["in_use"] for row in rows] == [True, False]
    assert rows[0]["encoder"] == checkpoint.checkpoint_id
    assert rows[0]["width"] == 64
    # Using it again finds nothing to do.
    again = Indexer(catalogue, settings, Silence(), debug=True, models=models)
    assert all(t.unchanged for t in again.run(Request(encoder=tmp_path / "another")).titles)


def test_an_encoder_for_other_embeddings_is_refused(
    indexed: Path, models: Models, tmp_path: Path
) -> None:
    catalogue, settings = Catalogue(indexed), load_settings(indexed)
    current = catalogue.current_encoder
    checkpoint = train_another(indexed, models, tmp_path / "another")
    save_checkpoint(replace(checkpoint, profile="base"), tmp_path / "base")
    run = Indexer(catalogue, settings, Silence(), debug=True, models=models)
    with pytest.raises(ReelfindError, match=r"base: this encoder reads .* profile 'base'"):
        run.run(Request(encoder=tmp_path / "base"))
    with pytest.raises(ReelfindError, match="nowhere: not an encoder checkpoint"):
        run.run(Request(encoder=tmp_path / "nowhere"))
    assert catalogue.current_encoder == current


def test_an_encoder_is_used_before_anything_is_indexed(
    indexed_once: Path, films: Path, models: Models, tmp_path: Path
) -> None:
    checkpoint = train_another(indexed_once, models, tmp_path / "another")
    data = tmp_path / "new"
    run = Indexer(Catalogue(data), load_settings(data), Silence(), debug=True, models=models)
    run.run(Request(encoder=tmp_path / "another"))
    report = run.run(Request((films / "carphone.mp4",)))
    assert (report.encoder, report.fitting) == (checkpoint.checkpoint_id, None)
    assert not report.failed
