"""Jobs that change titles of a real catalogue, over the store that searches use."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from app.jobs.records import Job, JobRequest
from app.runtime import Runtime
from app.search.request import RequestError, SearchRequest
from indexer.models import Models
from indexer.settings import load_settings
from tests.app.api.conftest import client_of
from tests.app.jobs.conftest import until


@pytest.fixture
def runtime(indexed: Path, models: Models) -> Iterator[Runtime]:
    runtime = Runtime(indexed, load_settings(indexed), models)
    yield runtime
    runtime.close()


def done(runtime: Runtime, **asked: Any) -> Job:
    """Do a job and return it when it has ended."""
    job = runtime.jobs.submit(JobRequest.model_validate(asked))
    until(lambda: bool((found := runtime.jobs.find(job.id)) and found.has_ended), 60)
    found = runtime.jobs.find(job.id)
    assert found is not None
    return found


def stages(runtime: Runtime, title_id: str) -> dict[str, str]:
    return dict(runtime.manifest(title_id).keys)


def test_an_edit_renames_clips_without_the_film(runtime: Runtime) -> None:
    title = runtime.titles()[0]
    film, before = Path(title.path), stages(runtime, title.title_id)
    away = film.with_name("away.mp4")
    film.rename(away)
    try:
        metadata = {"name": "Another name", "series": "A series", "year": 1999}
        job = done(runtime, kind="edit", titles=[title.title_id], metadata=metadata)
    finally:
        away.rename(film)
    assert job.state == "done", job.error
    found = runtime.search(SearchRequest(title=["Another name"])).hits
    assert {hit.title_id for hit in found} == {title.title_id}
    assert {hit.series for hit in found} == {"A series"}
    with pytest.raises(RequestError, match="there is no"):
        runtime.search(SearchRequest(title=[title.title]))
    after = stages(runtime, title.title_id)
    assert {name for name in after if after[name] != before[name]} == {"points"}


def test_an_edit_of_the_synopsis_embeds_again_and_keeps_the_analysis(runtime: Runtime) -> None:
    title = runtime.titles()[0]
    before = stages(runtime, title.title_id)
    edit = {"synopsis": "People play music on a stage."}
    assert done(runtime, kind="edit", titles=[title.title_id], metadata=edit).state == "done"
    after = stages(runtime, title.title_id)
    changed = {name for name in after if after[name] != before[name]}
    assert "context" in changed
    assert not changed & {"decode", "shots", "text", "video", "audio", "fused"}


def test_what_was_edited_stays_when_the_film_is_indexed_again(runtime: Runtime) -> None:
    title = runtime.titles()[0]
    done(runtime, kind="edit", titles=[title.title_id], metadata={"name": "Another name"})
    job = runtime.jobs.submit(JobRequest(paths=(Path(title.path),)), anywhere=True)
    until(lambda: bool((found := runtime.jobs.find(job.id)) and found.has_ended), 60)
    assert runtime.manifest(title.title_id).title.metadata.name == "Another name"


def test_a_removed_title_is_gone_and_its_film_is_not(runtime: Runtime) -> None:
    first, *others = runtime.titles()
    runtime.search(SearchRequest())
    job = done(runtime, kind="remove", titles=[first.title_id])
    assert job.state == "done", job.error
    assert job.report is not None
    assert [title.name for title in job.report.titles] == [first.title]
    assert runtime.titles() == others
    with pytest.raises(RequestError, match="there is no"):
        runtime.search(SearchRequest(title=[first.title]))
    assert runtime.search(SearchRequest()).hits
    assert Path(first.path).is_file()
    assert not runtime.catalogue.folder(first.title_id).path.exists()


def test_removing_twice_does_no_harm(runtime: Runtime) -> None:
    first = runtime.titles()[0]
    done(runtime, kind="remove", titles=[first.title_id])
    job = done(runtime, kind="remove", titles=[first.title_id])
    assert (job.state, job.messages) == ("done", (f"{first.title_id}: no such title any more",))


def test_editing_a_removed_title_says_so(runtime: Runtime) -> None:
    job = done(runtime, kind="edit", titles=["0" * 16], metadata={"name": "Nobody"})
    assert (job.state, job.error) == (
        "failed",
        "0000000000000000: no such title; it may have been removed meanwhile",
    )


def test_titles_are_edited_and_removed_over_http(runtime: Runtime) -> None:
    client: TestClient = client_of(runtime)
    unknown = client.post("/api/v1/jobs", json={"kind": "remove", "titles": ["0" * 16]})
    assert unknown.status_code == 404
    title_id = runtime.titles()[0].title_id
    asked = {"kind": "edit", "titles": [title_id], "metadata": {"genres": ["kids"]}}
    job = client.post("/api/v1/jobs", json=asked).json()
    until(lambda: client.get(f"/api/v1/jobs/{job['id']}").json()["state"] == "done", 60)
    assert client.get(f"/api/v1/titles/{title_id}").json()["genres"] == ["kids"]


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "remove"},
        {"kind": "remove", "paths": ["/films"]},
        {"kind": "remove", "titles": ["../films"]},
        {"kind": "edit", "titles": ["ab12cd34"]},
        {"kind": "edit", "metadata": {"name": "A"}},
        {"kind": "edit", "titles": ["ab12cd34"], "metadata": {"director": "me"}},
        {"kind": "edit", "titles": ["ab12cd34"], "metadata": {"name": ""}},
        {"kind": "edit", "titles": ["ab12cd34"], "metadata": {"language": "klingonese"}},
        {"kind": "index", "paths": ["/films"], "titles": ["ab12cd34"]},
    ],
)
def test_what_cannot_be_asked_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        JobRequest.model_validate(asked)


def test_an_edit_keeps_its_fields_through_the_database() -> None:
    asked = {"kind": "edit", "titles": ["ab12cd34"], "metadata": {"year": None, "name": "A"}}
    request = JobRequest.model_validate(asked)
    again = JobRequest.model_validate_json(request.model_dump_json())
    assert again == request
    assert again.metadata == {"year": None, "name": "A"}
