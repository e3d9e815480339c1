"""An index as an earlier version left it."""

import shutil
from dataclasses import replace
from pathlib import Path

from qdrant_client import models

from indexer.catalogue import Catalogue
from indexer.describing import STAGES
from indexer.points import SCREEN_TEXT
from indexer.store.base import Store
from indexer.store.names import ALIKE, PREDICTED, Level, collections_of, pair, point_id
from indexer.store.open import open_store
from indexer.traits import FIELD
from indexer.versions import point_of

VERSION = 3
WIDTH = 2048
"""Of the predicted embeddings, which version 3 kept whole."""


def make_earlier(data: Path) -> None:
    """Put the points of ``data`` into a pair as version 3 wrote it, in place of their own."""
    catalogue = Catalogue(data)
    manifests = catalogue.manifests()
    levels: tuple[Level, ...] = ("clip", "shot")
    ids = {
        point_of(manifest, level, index): point_id(
            manifest.title.media.content_hash, level, index, VERSION
        )
        for manifest in manifests
        for level in levels
        for index in range(manifest.clips if level == "clip" else manifest.shots)
    }
    with open_store(catalogue.store_path, None, None) as store:
        new = store.current()
        assert new is not None
        old = new.rpartition("-")[0]
        for source, target in zip(pair(new), pair(old), strict=True):
            _copy(store, source, target, ids)
        store.set_current(old)
        for collection in collections_of(new):  # Version 3 had no titles.
            store.drop(collection)
    for manifest in manifests:
        folder, keys = catalogue.folder(manifest.title.title_id), dict(manifest.keys)
        for stage in STAGES:
            shutil.rmtree(folder.stage(stage, keys.pop(stage)))
        catalogue.write_manifest(replace(manifest, pair=old, keys=keys))


def _copy(store: Store, source: str, target: str, ids: dict[str, str]) -> None:
    schema = store.schema(source)
    dense = {**schema.dense, PREDICTED: WIDTH}
    del dense[ALIKE]
    indexes = {name: kind for name, kind in schema.indexes.items() if name != FIELD}
    store.ensure_schema(target, replace(schema, dense=dense, indexes=indexes))
    records, rest = store.scroll(source, limit=10_000, with_vectors=True)
    assert rest is None
    points = []
    for record in records:
        assert isinstance(record.vector, dict)
        payload = record.payload or {}
        payload.pop(FIELD)
        payload.pop(SCREEN_TEXT)
        if "clip_id" in payload:
            payload["clip_id"] = ids[payload["clip_id"]]
        short = record.vector[PREDICTED]
        assert isinstance(short, list)
        wide = {**record.vector, PREDICTED: [*short, *[0.0] * (WIDTH - len(short))]}
        del wide[ALIKE]
        points.append(models.PointStruct(id=ids[str(record.id)], vector=wide, payload=payload))
    store.upsert(target, points)
    store.flush(target)
