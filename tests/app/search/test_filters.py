"""What a filter needs beside its field: an index of the store, and counts on the page."""

from app.records import Facets
from app.search.facets import COUNTED, RANGES
from app.search.filters import COMPARED, Filters
from indexer.scoring import score_indexes
from indexer.settings import Settings
from indexer.store.schema import INDEXES
from indexer.traits import VALUES


def test_what_a_filter_compares_is_indexed() -> None:
    indexed = INDEXES.keys() | score_indexes(Settings().known_tasks().values()).keys()
    assert {compare.key for compare in COMPARED.values()} <= indexed


def test_facets_have_the_counts_of_every_filter_of_values() -> None:
    assert Facets.model_fields.keys() - {"tasks", "ranges"} == COUNTED.keys()


def test_every_kind_of_look_has_a_filter_of_its_values() -> None:
    looks = {each.kind: name for name, each in COMPARED.items() if each.kind and each.how == "any"}
    assert looks == {kind: kind for kind in VALUES}
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
