"""The context joins a search where a line was found, and where it is named."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.results import SearchRequest
from app.service import Service
from indexer.models import Models
from indexer.settings import load_settings


@pytest.fixture
def deaf(indexed_once: Path, models: Models) -> Iterator[Service]:
    """A search that no line is near enough to."""
    settings = load_settings(indexed_once)
    search = settings.search.model_copy(update={"least_dialogue": 1.0})
    service = Service(indexed_once, settings.model_copy(update={"search": search}), models)
    yield service
    service.close()


def routes(service: Service, **asked: object) -> set[str]:
    """Return the routes that found any hit."""
    answer = service.search(SearchRequest.model_validate({"tail": "keep", **asked}))
    return {why.route for hit in answer.hits for why in hit.why}


def test_without_a_line_the_context_says_nothing(deaf: Service) -> None:
    assert routes(deaf, q="zebra") == {"picture"}
    assert routes(deaf, q="zebra", routes=["context"]) == {"context"}


def test_with_a_line_it_joins_the_others(deaf: Service) -> None:
    # The word stands in a line, though no line is near to it.
    assert routes(deaf, q="guitarist") == {"picture", "words", "context"}
