"""The context joins a search where a line was found, and where it is named."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.runtime import Runtime
from app.search.request import SearchRequest
from indexer.artefacts import read_vectors
from indexer.catalogue import Catalogue
from indexer.models import Models
from indexer.settings import load_settings
from indexer.stages import context
from indexer.store.edge import EdgeStore
from indexer.versions import point_of
from tests.indexer.onscreen.shown import shown_and_not_said


@pytest.fixture(params=["route by route", "all at once"])
def deaf(
    request: pytest.FixtureRequest,
    indexed_once: Path,
    models: Models,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Runtime]:
    """A search that no line is near enough to, by an engine asked as such and as a server is."""
    monkeypatch.setattr(EdgeStore, "is_remote", request.param == "all at once")
    settings = load_settings(indexed_once)
    search = settings.search.model_copy(update={"line_to_picture": 100.0})
    runtime = Runtime(indexed_once, settings.model_copy(update={"search": search}), models)
    yield runtime
    runtime.close()


def routes(runtime: Runtime, **asked: object) -> set[str]:
    """Return the routes that found any hit."""
    answer = runtime.search(SearchRequest.model_validate({"tail": "keep", **asked}))
    return {why.route for hit in answer.hits for why in hit.why}


def test_without_a_line_the_context_says_nothing(deaf: Runtime) -> None:
    assert routes(deaf, q="zebra") == {"picture"}
    assert routes(deaf, q="zebra", routes=["context"]) == {"context"}


def test_with_a_line_it_joins_the_others(deaf: Runtime) -> None:
    # The word stands in a line, though no line is near to it.
    assert routes(deaf, q="guitarist") == {"picture", "words", "context"}


def test_its_score_is_that_of_the_whole_fused_embeddings(
    deaf: Runtime, indexed_once: Path, models: Models
) -> None:
    asked = SearchRequest.model_validate(
        {"q": "zebra", "routes": ["context"], "level": "shot", "tail": "keep", "limit": 5}
    )
    said = models.backbones.text.embed_texts(["zebra"])[0]
    catalogue = Catalogue(indexed_once)
    expected = {}
    for manifest in catalogue.manifests():
        title = manifest.title
        folder = catalogue.folder(title.title_id).stage(context.NAME, manifest.keys[context.NAME])
        predicted = read_vectors(folder / context.PREDICTED)
        query = np.zeros(predicted.shape[1], np.float32)
        query[-len(said) :] = said
        for shot, score in enumerate(predicted @ query):
            identity = point_of(manifest, "shot", shot)
            expected[identity] = float(score)
    hits = deaf.search(asked).hits
    assert [hit.id for hit in hits] == sorted(expected, key=lambda each: -expected[each])[:5]
    for hit in hits:
        assert hit.why[0].score == pytest.approx(expected[hit.id], abs=1e-3)


def test_a_word_on_screen_is_no_line(deaf: Runtime, indexed_once: Path) -> None:
    _, _, word = shown_and_not_said(indexed_once)
    assert routes(deaf, q=word) == {"picture", "words"}
