"""The pages, driven as a person drives them, over a real catalogue."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextInput

from app.runtime import Runtime
from app.ui import query, shared
from indexer.settings import load_settings
from tests.conftest import copy_data

MAIN = Path(query.__file__).with_name("main.py")

Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def main_module() -> Iterator[None]:
    """Put back the main module, which Streamlit replaces: processes that tests spawn run it."""
    own = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = own


@pytest.fixture(scope="module")
def data(indexed_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory that the pages show: the demo films, the module's own to change."""
    return copy_data(indexed_once, tmp_path_factory.mktemp("ui") / "data")


@pytest.fixture(scope="module")
def runtime(data: Path) -> Iterator[Runtime]:
    """The Runtime that the pages of ``data`` find: one process, one Runtime."""
    runtime = shared.open_runtime(**shared.runtime_arguments(data, load_settings(data)))
    yield runtime
    runtime.close()
    shared.open_runtime.cache_clear()


@pytest.fixture
def browse(runtime: Runtime, data: Path) -> Open:
    """Opens the search page at an address with the given parameters."""
    return lambda **address: open_page(data, **address)


def open_page(data: Path, **address: Any) -> AppTest:
    """Open the application at its first page."""
    page = AppTest.from_file(str(MAIN), default_timeout=60)
    page.secrets[shared.SECRETS] = shared.runtime_arguments(data, load_settings(data))
    page.query_params.update(address)
    page.run()
    assert not page.exception
    return page


def open_view(browse: Open, view: str, **address: Any) -> AppTest:
    """Open another page than the first, at an address with the given parameters."""
    page = browse()
    page.switch_page(view)
    page.query_params.update(address)
    page.run()
    assert not page.exception, page.exception[0].value
    return page


def search_box(page: AppTest) -> TextInput:
    """Return the box for the words of a search."""
    return next(each for each in page.text_input if each.label == "Search")


def given_to(page: AppTest, component: str) -> list[dict[str, Any]]:
    """Return what each part of ours by the name ``component`` on the page was given to draw."""
    parts = [part.proto for part in page.get("bidi_component")]
    return [json.loads(part.json) for part in parts if part.component_name == component]
