"""What a page says when there is nothing to show yet, and what to do about it."""

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.runtime import Runtime
from app.search.request import SearchRequest
from app.states import CatalogueState
from app.ui import shared
from indexer.errors import ReelfindError
from indexer.settings import Settings
from tests.app.ui.conftest import open_page


class Stuck(Runtime):
    """A catalogue in a state that is hard to bring about."""

    def __init__(self, kind: Any) -> None:
        self.kind, self.settings = kind, Settings()

    def state(self) -> CatalogueState:
        return CatalogueState(self.kind, "what_is_so", "what to do", titles=1, progress=0.25)

    def answer(self, request: SearchRequest) -> Any:
        raise ReelfindError("the store: gone; start again")


def open_stuck(monkeypatch: pytest.MonkeyPatch, data: Path, kind: str) -> AppTest:
    monkeypatch.setattr(shared, "open_runtime", lambda data, settings: Stuck(kind))
    return open_page(data)


def test_an_index_that_fills_shows_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = open_stuck(monkeypatch, tmp_path, "indexing")
    assert not page.text_input
    assert page.info[0].value.replace("\\", "") == "what_is_so"
    assert page.get("progress")[0].proto.value == 25
    assert "what to do" in page.markdown[0].value


def test_a_broken_index_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page = open_stuck(monkeypatch, tmp_path, "broken")
    assert not page.text_input
    assert page.error[0].value.replace("\\", "") == "what_is_so"
    assert "what to do" in page.markdown[0].value


def test_a_search_that_fails_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page = open_stuck(monkeypatch, tmp_path, "ready")
    assert page.error[0].value.replace("\\", "") == "the store: gone; start again"
