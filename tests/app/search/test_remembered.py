"""What the benches ask once is what a search would be answered every time."""

from pathlib import Path

from app.search.request import SearchRequest
from app.search.searcher import Searcher
from bench.remembered import RememberingStore, remembering_models
from indexer.catalogue import Catalogue
from indexer.models import Models
from indexer.opening import open_index
from indexer.settings import load_settings


def test_searches_find_the_same(indexed_once: Path, models: Models) -> None:
    settings = load_settings(indexed_once)
    request = SearchRequest(q="a man with a guitar", tail="keep", limit=50)
    with open_index(Catalogue(indexed_once), settings) as store:
        plain = Searcher(store, models, settings.search).run(request)
        remembering = RememberingStore.over(store), remembering_models(models)
        for _ in range(2):
            again = Searcher(*remembering, settings.search).run(request)
            assert again.hits == plain.hits
    assert plain.hits
