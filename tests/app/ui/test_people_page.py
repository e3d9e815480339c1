"""The page of people, driven as a person drives it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.people.store import PeopleStore
from app.people.taking_in import replace_groups
from app.runtime import Runtime
from app.ui import shared
from indexer.settings import SETTINGS_FILE, load_settings
from tests.app.people.faces import WITHIN, group
from tests.app.ui.conftest import Open, open_page, open_view
from tests.conftest import copy_data

VIEW = "views/people.py"


@pytest.fixture(scope="module")
def data(indexed_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = copy_data(indexed_once, tmp_path_factory.mktemp("people") / "data")
    (data / SETTINGS_FILE).write_text("[who]\nenabled = true\n")
    return data


@pytest.fixture
def people(runtime: Runtime) -> Iterator[PeopleStore]:
    """The people of two titles, of whom one has two groups of faces."""
    store = PeopleStore(runtime.database)
    one, two = [each.title_id for each in runtime.titles()][:2]
    with runtime.database.begin("people") as connection:
        for title_id, groups in ((one, [group(0, 1, 9), group(1, 2)]), (two, [group(0, 1, 5)])):
            replace_groups(connection, title_id, "a", groups, WITHIN)
    yield store
    store.delete_all()


def press(page: AppTest, *keys: str) -> None:
    """Press buttons at once: one in a dialog with that which opened it."""
    for key in keys:
        page.button(key=key).click()
    page.run()
    assert not page.exception


def test_people_are_named_merged_split_and_hidden(people: PeopleStore, browse: Open) -> None:
    first, second = people.all()
    page = open_view(browse, VIEW)
    assert "biometric data" in page.caption[0].value
    assert {each.value for each in page.subheader} == {first.shown_name, second.shown_name}
    press(page, f"name-{first.id}")
    page.text_input(key="people.name").input("Ann")
    press(page, f"name-{first.id}", "people.save")
    assert people.find("Ann").id == first.id
    press(page, f"split-{first.id}")
    page.checkbox(key="people.group-1").check()
    press(page, f"split-{first.id}")
    press(page, f"split-{first.id}", "people.split")
    assert len(people.all()) == 3
    press(page, f"merge-{first.id}")
    page.multiselect(key="people.others").select(second.id)
    press(page, f"merge-{first.id}")
    press(page, f"merge-{first.id}", "people.merge")
    assert len(people.find("Ann").groups) == 2
    press(page, f"hide-{first.id}")
    assert people.find("Ann").hidden
    assert "Ann" not in {each.value for each in page.subheader}
    page.toggle(key="people.hidden").set_value(True).run()
    assert "Ann" in {each.value for each in page.subheader}


def test_a_search_shows_a_person_by_name(people: PeopleStore, browse: Open) -> None:
    ann = people.rename(people.all()[0], "Ann")
    page = browse(person=ann.id)
    assert "person: Ann" in {each.label.replace("\\", "") for each in page.button}


def test_off_the_page_says_how_it_is_switched_on(indexed_once: Path, tmp_path: Path) -> None:
    data = copy_data(indexed_once, tmp_path / "data")
    page = open_page(data)
    page.switch_page(VIEW).run()
    assert "who.enabled" in page.info[0].value
    shared.open_runtime(**shared.runtime_arguments(data, load_settings(data))).close()
    shared.open_runtime.cache_clear()
