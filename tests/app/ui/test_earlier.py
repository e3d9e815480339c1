"""Pages over an index that an earlier version made: what they say, and the button that mends it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.runtime import Runtime
from app.ui import shared
from indexer.settings import load_settings
from tests.app.jobs.conftest import until
from tests.app.ui.conftest import given_to, open_page
from tests.conftest import copy_data


@pytest.fixture
def data(indexed_earlier: Path, tmp_path: Path) -> Path:
    return copy_data(indexed_earlier, tmp_path / "data")


@pytest.fixture
def runtime(data: Path) -> Iterator[Runtime]:
    runtime = shared.open_runtime(**shared.runtime_arguments(data, load_settings(data)))
    yield runtime
    runtime.close()
    shared.open_runtime.cache_clear()


def warned(page: AppTest) -> str:
    return "\n".join(str(each.value).replace("\\", "") for each in page.warning)


def test_pages_say_so_until_it_is_brought_up_to_date(runtime: Runtime, data: Path) -> None:
    page = open_page(data, q="music")
    assert "an earlier version of Reelfind, so nothing is found by context" in warned(page)
    assert given_to(page, "reelfind_hits")[0]["cards"]
    page.switch_page("views/settings.py").run()
    assert any("**Store**: The index was made by an earlier" in m.value for m in page.markdown)
    page.switch_page("views/catalogue.py").run()
    assert "an earlier version" in warned(page)
    page.button(key="earlier.update").click().run()
    assert not page.exception
    until(lambda: all(job.has_ended for job in runtime.jobs.jobs()), 120)
    (job,) = runtime.jobs.jobs()
    assert job.state == "done", job.error
    page.run()
    assert not page.warning
    page.switch_page("views/search.py").run()
    assert not page.warning
