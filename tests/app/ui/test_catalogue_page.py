"""The page of titles: what it shows, and what its buttons ask of the queue."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.jobs.records import Job, JobRequest
from app.runtime import Runtime
from app.states import CatalogueState
from app.ui import shared
from app.ui.parts.titles.editing import changes
from indexer.records import Metadata
from indexer.report import IndexReport
from indexer.settings import load_settings
from indexer.title_points import fill_titles
from tests.app.jobs.conftest import forget_jobs, keep
from tests.app.ui.conftest import MAIN, open_page


@pytest.fixture(autouse=True)
def idle(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[JobRequest]]:
    """No job is done here: what is asked for is kept."""
    asked: list[JobRequest] = []

    def work(job: Job, _listener: Any) -> IndexReport:
        asked.append(job.request)
        return IndexReport((), (), None, None, 0.0)

    monkeypatch.setattr(runtime.jobs, "_work", work)
    yield asked
    forget_jobs(runtime.database)


def at_titles(data: Path, own: bool = False, **address: Any) -> AppTest:
    page = AppTest.from_file(str(MAIN), default_timeout=60)
    page.secrets[shared.SECRETS] = shared.runtime_arguments(data, load_settings(data))
    page.secrets[shared.AUTHENTICATION] = {"own": own}
    page.query_params.update(address)
    page.switch_page("views/catalogue.py").run()
    assert not page.exception, page.exception[0].value
    return page


def named(page: AppTest) -> list[str]:
    """Return the ids of the titles on the page, in order."""
    keys = [button.key or "" for button in page.button]
    return [key.removeprefix("edit-") for key in keys if key.startswith("edit-")]


def texts(page: AppTest) -> str:
    parts = (*page.markdown, *page.caption, *page.warning, *page.error, *page.info)
    return "\n".join(str(part.value).replace("\\", "") for part in parts)


def test_it_lists_the_catalogue(data: Path, runtime: Runtime) -> None:
    page = at_titles(data)
    assert named(page) == [title.title_id for title in runtime.titles()]
    links = [link.proto for link in page.get("page_link")]
    drawn = "\n".join(str(part.proto.body) for part in page.get("html"))
    for title, link in zip(runtime.titles(), links, strict=True):
        assert link.label.replace("\\", "") == title.title
        assert title.path in drawn


def test_while_another_process_indexes_it_says_when_titles_are_listed(
    data: Path, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = CatalogueState("indexing", "Films are being indexed (starting).", "", 3, 0.0)
    monkeypatch.setattr(runtime, "state", lambda: state)
    page = at_titles(data)
    assert not named(page)
    assert "list of titles appears when that is done" in texts(page)


@pytest.fixture
def renamed(runtime: Runtime) -> Iterator[None]:
    """Every title has a name with a picture of Markdown in it."""
    name, before = "![](https://evil.example/seen.png)", runtime.catalogue.manifests()
    for each in before:
        title = replace(each.title, metadata=Metadata(name))
        runtime.catalogue.write_manifest(replace(each, title=title))
    fill_titles(runtime.catalogue, runtime.store)
    yield
    for each in before:
        runtime.catalogue.write_manifest(each)
    fill_titles(runtime.catalogue, runtime.store)


@pytest.mark.usefixtures("renamed")
def test_a_name_with_markdown_loads_no_picture(data: Path, runtime: Runtime) -> None:
    job = JobRequest(kind="remove", titles=(runtime.titles()[0].title_id,))
    for state in ("waiting", "failed"):
        now = datetime.now(UTC)
        keep(runtime.database, Job(id=state, request=job, state=state, created=now))
    page = at_titles(data)
    told = [*(each.proto.help for each in page.button), *(each.value for each in page.markdown)]
    named = [each for each in told if "evil" in each]
    assert len(named) == 2 * len(runtime.titles()) + 4
    assert [each for each in named if "![](" in each or "https://" in each] == []


def test_titles_are_found_by_words(data: Path, runtime: Runtime) -> None:
    title = runtime.titles()[0]
    page = at_titles(data)
    page.text_input(key="find").input(Path(title.path).name).run()
    assert named(page) == [title.title_id]
    page.text_input(key="find").input("no film has this name").run()
    assert named(page) == []
    assert "try other words" in texts(page)


def test_a_film_that_was_replaced_is_told_with_what_to_do(data: Path, runtime: Runtime) -> None:
    title = runtime.titles()[0]
    film = Path(title.path)
    content = film.read_bytes()
    film.write_bytes(content + b"0")
    try:
        assert f"{title.path} was replaced after it was indexed" in texts(at_titles(data))
    finally:
        film.write_bytes(content)
    assert "was replaced" not in texts(at_titles(data))


def test_a_film_that_moved_is_told_with_what_to_do(data: Path, runtime: Runtime) -> None:
    title = runtime.titles()[0]
    film = Path(title.path)
    away = film.with_name("away.mp4")
    film.rename(away)
    try:
        page = at_titles(data)
        assert f"no longer at {title.path}" in texts(page)
        assert "nothing is analysed again" in texts(page)
        page.segmented_control(key="only").set_value("Film moved").run()
        assert named(page) == [title.title_id]
    finally:
        away.rename(film)


def test_the_dialog_of_edits_has_what_is_known(data: Path, runtime: Runtime) -> None:
    title = runtime.titles()[0]
    page = at_titles(data)
    page.button(key=f"edit-{title.title_id}").click().run()
    fields = {field.label: field for field in (*page.text_input, *page.number_input)}
    assert fields["Name"].value == title.title
    assert fields["Year"].value == runtime.manifest(title.title_id).title.metadata.year
    assert any(button.label == "Save" for button in page.button)


KNOWN = Metadata("Film", series="A series", year=1999, genres=("drama",), synopsis="A story.")


@pytest.mark.parametrize(
    ("said", "changed"),
    [
        ({"name": "Film", "series": "A series", "year": 1999, "genres": ["drama"]}, {}),
        ({"name": "The film", "year": 0}, {"name": "The film", "year": 0}),
        ({"series": "", "synopsis": ""}, {"series": None, "synopsis": None}),
        ({"genres": [], "tags": [], "season": None}, {"genres": []}),
        (
            {"genres": ["drama", "kids"], "tags": ["a"]},
            {"genres": ["drama", "kids"], "tags": ["a"]},
        ),
    ],
)
def test_only_what_is_said_otherwise_is_asked_for(
    said: dict[str, Any], changed: dict[str, Any]
) -> None:
    assert changes(KNOWN, said) == changed


def test_removing_asks_first(data: Path, runtime: Runtime) -> None:
    title = runtime.titles()[0]
    page = at_titles(data)
    page.button(key=f"remove-{title.title_id}").click().run()
    assert "The film itself is not touched" in texts(page)
    assert page.button(key="remove.yes")
    assert runtime.jobs.jobs() == []


def test_whoever_sits_at_the_machine_may_name_any_folder(
    data: Path, runtime: Runtime, tmp_path: Path
) -> None:
    page = at_titles(data, own=True)
    page.text_input(key="add.path").input(str(tmp_path))
    (add,) = (button for button in page.button if button.label == "Add")
    add.click().run()
    (job,) = runtime.jobs.jobs()
    assert (job.request.paths, job.anywhere) == ((tmp_path,), True)


@pytest.mark.parametrize(
    ("typed", "told"), [("films", "from /"), ("/no/such/folder", "no such file or folder")]
)
def test_a_path_that_cannot_be_is_told(data: Path, runtime: Runtime, typed: str, told: str) -> None:
    page = at_titles(data, own=True)
    page.text_input(key="add.path").input(typed)
    (add,) = (button for button in page.button if button.label == "Add")
    add.click().run()
    assert told in texts(page)
    assert runtime.jobs.jobs() == []


def test_others_name_folders_only_under_open_ones(data: Path, runtime: Runtime) -> None:
    page = at_titles(data)
    (add,) = (button for button in page.button if button.label == "Add")
    assert add.disabled
    assert "name some as roots" in texts(page).replace("`", "")
    assert runtime.jobs.jobs() == []


def test_a_failed_job_says_why_and_can_be_repeated(
    data: Path, runtime: Runtime, tmp_path: Path
) -> None:
    job = Job(
        id="failed",
        request=JobRequest(paths=(tmp_path / "a.mp4",)),
        state="failed",
        created=datetime.now(UTC),
        anywhere=True,
        error="a_film.mp4: not a film",
        messages=("a warning",),
    )
    keep(runtime.database, job)
    page = at_titles(data)
    assert "a_film.mp4: not a film" in texts(page)
    page.button(key=f"retry-{job.id}").click().run()
    assert [each.retry_of for each in runtime.jobs.jobs()] == [job.id, None]


@pytest.fixture
def many(runtime: Runtime) -> Iterator[None]:
    """Fifty-five titles more."""
    source = runtime.catalogue.manifests()[0]
    ids = [f"{number:016}" for number in range(55)]
    for title_id in ids:
        metadata = replace(source.title.metadata, name=f"More {title_id}")
        title = replace(source.title, title_id=title_id, metadata=metadata)
        runtime.catalogue.write_manifest(replace(source, title=title))
    fill_titles(runtime.catalogue, runtime.store)
    yield
    for title_id in ids:
        runtime.catalogue.remove(title_id)
    fill_titles(runtime.catalogue, runtime.store)


@pytest.mark.usefixtures("many")
def test_titles_come_fifty_at_a_time(data: Path, runtime: Runtime) -> None:
    every = [title.title_id for title in runtime.titles()]
    assert named(at_titles(data)) == every[:50]
    assert named(at_titles(data, page="2")) == every[50:]
    page = open_page(data).switch_page("views/title.py").run()
    assert len(page.selectbox[0].options) == 50
    page.text_input(key="choose.find").input("more 54").run()
    assert page.selectbox[0].options == [f"More {54:016}"]


def test_an_empty_catalogue_can_be_filled_from_here(tmp_path: Path) -> None:
    page = open_page(tmp_path).switch_page("views/catalogue.py").run()
    assert not page.exception
    assert "Add a folder of films" in page.info[0].value
    assert page.text_input(key="add.path") is not None
    shared.open_runtime.cache_clear()
