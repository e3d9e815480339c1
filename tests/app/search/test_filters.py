"""What a filter needs beside its field: an index of the store, and counts on the page."""

from typing import get_args

import numpy as np
from qdrant_client.models import FieldCondition

from app.records import Facets
from app.search.conditions import compile_filters
from app.search.facets import COUNTED, RANGES
from app.search.filters import COMPARED, Filters
from app.search.request import SearchRequest
from app.search.worth import Percentiles
from indexer.pairs import score_indexes
from indexer.settings import Settings
from indexer.store.names import CLIP_ID, Level
from indexer.store.schema import profile_schema
from indexer.traits import PERSON, VALUES

SIZES = {"aligned": 8, "text": 8, "in_context": 8, "alike": 8, "worded": 8}


def test_what_a_filter_compares_is_indexed() -> None:
    for level in get_args(Level):
        scored = score_indexes(Settings().known_tasks().values(), level)
        schema = profile_schema(**SIZES, scored=scored, level=level)
        assert {compare.key for compare in COMPARED.values()} <= schema.indexes.keys()


def test_only_shots_are_indexed_by_what_their_clips_have() -> None:
    asked = SearchRequest(tone=["comic"], min_worthiness=0.5, min_duration=2.0)
    on_shots = compile_filters(asked, "clip", {}, Percentiles(np.array([0.5])))
    keys = {
        condition.key
        for each in on_shots.filters
        for condition in each.on_shots or ()
        if isinstance(condition, FieldCondition)
    }
    tasks = Settings().known_tasks().values()
    of_shots, of_clips = (
        profile_schema(**SIZES, scored=score_indexes(tasks, level), level=level).indexes.keys()
        for level in get_args(Level)
    )
    assert keys | {CLIP_ID} <= of_shots
    assert not of_clips & (keys | {CLIP_ID})


def test_facets_have_the_counts_of_every_filter_of_values() -> None:
    assert Facets.model_fields.keys() - {"tasks", "ranges"} == COUNTED.keys()


def test_every_kind_of_look_has_a_filter_of_its_values() -> None:
    looks = {each.kind: name for name, each in COMPARED.items() if each.kind and each.how == "any"}
    assert looks == {kind: kind for kind in (*VALUES, PERSON)}
    for name, each in COMPARED.items():
        assert not each.kind or name in (each.kind, f"{each.kind}_{each.how}")
    for kind, values in VALUES.items():
        request = Filters.model_validate({kind: list(values)})
        assert getattr(request, kind) == list(values)


def test_every_filter_with_bounds_has_bins() -> None:
    binned = {f"{end}_{name}": each.key for name, each in RANGES.items() for end in ("min", "max")}
    assert binned == {
        name: compare.key for name, compare in COMPARED.items() if compare.how in ("min", "max")
    }
