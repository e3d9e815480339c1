"""The page of settings: everything is there, and nothing secret."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.runtime import Runtime
from tests.app.ui.conftest import Open, open_page


def at_settings(page: AppTest) -> AppTest:
    page.switch_page("views/settings.py").run()
    assert not page.exception, page.exception[0].value
    return page


def test_it_shows_what_is_in_use(browse: Open, runtime: Runtime) -> None:
    page = at_settings(browse())
    tables = [table.value for table in page.dataframe]
    said = "\n".join(each.value for each in page.markdown)
    assert "efficientnet-lite0" in set(tables[0]["Model"])
    assert sum(tables[1]["Points"]) == sum(t.shots + t.clips + 1 for t in runtime.titles())
    assert str(runtime.catalogue.current_encoder) in said
    assert "all scores are zero-shot" in said
    assert list(tables[2]["Task"]) == sorted(runtime.tasks)
    assert "REELFIND_QDRANT_URL" in set(tables[-1]["In the environment"])


def test_secrets_are_not_shown(browse: Open, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REELFIND_SERVER__KEY", "k" * 40)
    page = at_settings(browse())
    page.toggle(key="changed").set_value(True).run()
    shown = page.dataframe[-1].value
    assert list(shown["Setting"]) == ["server.key"]
    assert "k" * 40 not in str(shown)


def test_before_anything_is_indexed_it_says_so(tmp_path: Path) -> None:
    page = at_settings(open_page(tmp_path))
    said = "\n".join(each.value for each in page.markdown)
    assert "None yet: it is fitted when the first films are indexed" in said
