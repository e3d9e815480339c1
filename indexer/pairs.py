"""The pair of collections for an encoder's shots and clips."""

import threading
from collections.abc import Iterable
from contextlib import suppress

from qdrant_client import models

from encoder.config import EncoderConfig
from encoder.config import catalogue as catalogue_preset
from indexer.alike import alike_size
from indexer.backbones.registry import ProfileDescription
from indexer.encoder_in_use import modalities_of
from indexer.errors import ReelfindError
from indexer.scoring import CLIP_PREFIX, field_of
from indexer.settings import Settings
from indexer.stages.work import FrozenEncoder
from indexer.store.base import Store
from indexer.store.names import Level, pair, titles_of
from indexer.store.schema import CollectionSchema, profile_schema, title_schema
from indexer.versions import pair_name
from probes.tasks import Task

_LEVELS: tuple[Level, Level] = ("shot", "clip")
"""Of the collections of a pair."""


def prepare_pair(store: Store, settings: Settings, description: ProfileDescription) -> None:
    """Create collections for the next encoder in a thread, while ffmpeg decodes."""
    config = catalogue_preset(modalities_of(description), 1)
    schemas = [_schema(settings, description, config, level) for level in _LEVELS]

    def prepare() -> None:
        with suppress(ReelfindError):  # ``ensure_pair`` raises the same error.
            for schema in schemas:
                store.prepare(schema, 1)
            store.prepare(title_schema(_title_width(config, description)), 1)

    threading.Thread(target=prepare, name="prepare-pair", daemon=True).start()


def ensure_pair(
    store: Store, settings: Settings, description: ProfileDescription, encoder: FrozenEncoder
) -> str:
    """Create the pair of an encoder if it does not exist, and return its name.

    The name contains the version of the points' format, so that a Reelfind with another format
    fills a new pair next to the old one.

    Raises:
        ReelfindError: the store cannot be written, or holds collections of another schema.
    """
    name = pair_name(settings.profile, encoder.checkpoint_id)
    for collection, level in zip(pair(name), _LEVELS, strict=True):
        store.ensure_schema(collection, _schema(settings, description, encoder.config, level))
    ensure_titles(store, name, title_schema(_title_width(encoder.config, description)))
    return name


def ensure_titles(store: Store, name: str, schema: CollectionSchema) -> None:
    """Create the collection of titles; one with other vectors is made anew, and filled later."""
    collection = titles_of(name)
    if store.exists(collection) and store.schema(collection).sizes != schema.sizes:
        store.drop(collection)
    store.ensure_schema(collection, schema)


def _title_width(encoder: EncoderConfig, description: ProfileDescription) -> int:
    """Return the width of a title's vector, see ``indexer.title_vectors``."""
    return encoder.width + sum(description.alone.values())


def _schema(
    settings: Settings, description: ProfileDescription, encoder: EncoderConfig, level: Level
) -> CollectionSchema:
    return profile_schema(
        aligned=description.aligned,
        text=description.text.dimension,
        in_context=encoder.width,
        alike=alike_size(description.dimension, description.text.dimension, encoder.width),
        worded=sum(part.stop - part.start for part in description.worded),
        scored=score_indexes(settings.known_tasks().values(), level),
        level=level,
    )


def score_indexes(
    tasks: Iterable[Task], level: Level = "shot"
) -> dict[str, models.PayloadSchemaType]:
    """Return the payload indexes for tasks: classes as keywords, scores as numbers.

    Shots have those of their clips as well.
    """
    indexes = {}
    for task in tasks:
        lists = task.kind == "multi-label"
        kind = models.PayloadSchemaType.KEYWORD if lists else models.PayloadSchemaType.FLOAT
        indexes[field_of(task.name)] = kind
        if task.level == "clip" and level == "shot":
            indexes[CLIP_PREFIX + field_of(task.name)] = kind
    return indexes
