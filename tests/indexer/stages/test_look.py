"""The look of shots in the points of a title, and what it costs to change."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from qdrant_client import models as models_

from indexer.catalogue import Catalogue
from indexer.indexing import Indexer
from indexer.library import Library
from indexer.listener import Silence
from indexer.look.values import values_of_shot
from indexer.models import Models
from indexer.pipeline_sections import LookSettings
from indexer.request import Request
from indexer.settings import SETTINGS_FILE, load_settings
from indexer.store.base import Store
from indexer.store.edge import EdgeStore
from indexer.store.names import pair
from indexer.store.open import open_store
from indexer.traits import GROUPS, VALUES, own_values, stored_of_clip, values_of_clip


def looks(store: Store, level: int) -> dict[tuple[str, int], list[str]]:
    name = store.current()
    assert name is not None
    fields = ("title_id", "index", "look")
    records, _ = store.scroll(pair(name)[level], limit=10_000, fields=fields)
    payloads = [record.payload or {} for record in records]
    return {
        (each["title_id"], each["index"]): [value for value in each["look"] if _is_look(value)]
        for each in payloads
    }


def _is_look(value: str) -> bool:
    """Return whether a stored value, of a shot or of its clip, is of a kind of look."""
    return value.split(":")[-2] in GROUPS["Look and movement"]


def test_points_have_the_looks_that_were_measured(indexed: Path) -> None:
    settings = LookSettings()
    with open_store(Catalogue(indexed).store_path, None, None) as store:
        of_shots, of_clips = looks(store, 0), looks(store, 1)
    assert of_shots
    for title in Library(Catalogue(indexed)).titles():
        values = [
            values_of_shot(look, title.seconds(shot.end_frame - shot.start_frame), settings)
            for shot, look in zip(title.shots, title.looks, strict=True)
        ]
        for clip in title.clips:
            expected = values_of_clip(clip, title.shots, values, settings.clip_share)
            assert of_clips[title.title_id, clip.index] == expected
            for shot in range(clip.first_shot, clip.end_shot):
                own = of_shots[title.title_id, shot]
                assert own_values(own) == values[shot]
                assert own[len(values[shot]) :] == [stored_of_clip(each) for each in expected]
        for value in (each for own in values for each in own):
            kind, _, name = value.partition(":")
            assert name in VALUES[kind]


def test_other_thresholds_measure_nothing_and_embed_nothing(
    indexed: Path, models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    (indexed / SETTINGS_FILE).write_text("[look]\ndark = 100.0\nbright = 100.0\n")

    written: list[str] = []
    upsert = EdgeStore.upsert

    def noting(store: EdgeStore, collection: str, points: Sequence[models_.PointStruct]) -> None:
        written.append(collection)
        upsert(store, collection, points)

    monkeypatch.setattr(EdgeStore, "upsert", noting)
    report = Indexer(
        Catalogue(indexed), load_settings(indexed), Silence(), debug=True, models=models
    ).run(Request(rescore=True))
    assert {
        each.stage for title in report.titles for each in title.times if each.seconds is not None
    } == {"points"}
    assert not {*written} & {*pair(Catalogue(indexed).manifests()[0].pair)}
    with open_store(Catalogue(indexed).store_path, None, None) as store:
        every = [*looks(store, 0).values(), *looks(store, 1).values()]
    assert every
    assert all("brightness:dark" in each for each in every)
