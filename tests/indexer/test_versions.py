"""The versions of points, as the names of pairs tell them."""

import pytest

from indexer.errors import ReelfindError
from indexer.store.names import PREDICTED
from indexer.versions import (
    OLDEST,
    SCHEMA_VERSION,
    pair_name,
    renewed_since,
    version_of,
)

ENCODER = "0123abcd4567ef89"


def test_a_pair_is_of_this_version_by_its_name() -> None:
    assert version_of(pair_name("lite", ENCODER)) == SCHEMA_VERSION
    assert renewed_since(pair_name("lite", ENCODER)) == frozenset()


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("lite-0123abcd", 3),
        ("lite-01234567", 3),
        ("my-4-0123abcd", 3),
        ("lite-0123abcd-4", 4),
        ("my-own-0123abcd-17", 17),
        ("bench", SCHEMA_VERSION),
    ],
)
def test_earlier_names_say_theirs(name: str, version: int) -> None:
    assert version_of(name) == version


def test_what_was_renewed_since_fits_no_query() -> None:
    assert PREDICTED in renewed_since("lite-0123abcd")


@pytest.mark.parametrize("version", [OLDEST - 1, SCHEMA_VERSION + 1])
def test_points_that_cannot_be_read_are_told(version: int) -> None:
    name = f"lite-0123abcd-{version}"
    with pytest.raises(ReelfindError, match=rf"index {name} .* run `reelfind index`"):
        renewed_since(name)
