"""The typed client, over a server that listens: what it says is what the Runtime says."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from app.ads.planning import AdPlanner
from app.ads.records import AdBrief
from app.artwork.finding import artwork_of_title
from app.auth.authenticator import Authenticator
from app.labelling.records import NewLabel
from app.remote import ApiError, Client
from app.runtime import Runtime
from app.search.request import SearchRequest
from app.shortlists.bodies import ChangedShortlist, NewItem, NewShortlist
from app.titles.files import still_of_point
from app.titles.frames import frame_still
from indexer.library import Library
from indexer.settings import Settings, load_settings
from tests.app.api.conftest import listening, server_of
from tests.conftest import copy_data

KEY = "k" * 40


@pytest.fixture(scope="module")
def runtime(indexed_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    data = copy_data(indexed_once, tmp_path_factory.mktemp("client") / "data")
    runtime = Runtime(data, load_settings(data))
    runtime.open_ahead()
    yield runtime
    runtime.close()


@pytest.fixture(scope="module")
def address(runtime: Runtime) -> Iterator[str]:
    authenticator = Authenticator(
        runtime.catalogue.path, Settings(server={"key": KEY}), guarded=True
    )
    with listening(server_of(runtime, authenticator)) as (host, port):
        yield f"http://{host}:{port}"
    authenticator.close()


@pytest.fixture
def client(address: str) -> Iterator[Client]:
    with Client(address, KEY) as client:
        yield client


def test_it_gives_the_services_own_answers(client: Client, runtime: Runtime) -> None:
    assert client.is_ready()
    assert client.titles() == runtime.titles()
    title = runtime.titles()[0]
    assert client.title(title.title_id) == title
    request = SearchRequest(q="music", limit=2)
    answer, expected = client.search(request), runtime.search(request)
    assert answer.hits == expected.hits
    assert client.facets(request) == runtime.facets(request)
    rest = client.search(request.model_copy(update={"cursor": answer.next_cursor}))
    assert not {hit.id for hit in rest.hits} & {hit.id for hit in answer.hits}
    first = answer.hits[0]
    assert client.neighbours("clip", first.id).hit == client.point("clip", first.id)
    assert client.similar([first.id]).hits
    assert client.still(first.id) == still_of_point(runtime, first.id).read_bytes()
    film = Path(title.path).read_bytes()
    assert client.media(title.title_id, 100, 200) == film[100:200]
    shots = client.shots(title.title_id)
    assert len(shots.shots) == min(200, title.shots)
    clips = client.clips(title.title_id, start=0, limit=1)
    assert clips.clips[0].shots > 0


def test_labels_go_there_and_back(client: Client, runtime: Runtime) -> None:
    hit = runtime.search(SearchRequest(limit=1)).hits[0]
    label = NewLabel.model_validate(
        {"task": "tone", "class": "playful", "clip_id": hit.id, "annotator": "zoe"}
    )
    assert client.add_labels([label]).added == 1
    (stored,) = client.labels(annotator="zoe").labels
    assert (stored.class_name, stored.title_id) == ("playful", hit.title_id)
    assert client.remove_labels(annotator="zoe").removed == 1


def test_ads_are_asked_for(client: Client, runtime: Runtime) -> None:
    brief = AdBrief(text="music", min_distance=2)
    (expected,) = AdPlanner(runtime).answer([brief])
    timeless = {"took_ms"}
    answer = client.ad_candidates(brief)
    assert answer.model_dump(exclude=timeless) == expected.model_dump(exclude=timeless)
    one = AdBrief(title=["Bikes"], min_distance=2)
    assert b"splice_insert" in client.ad_breaks(one, "scte35")
    tag = "https://ads.example.com/{break_id}"
    assert b"ads.example.com" in client.ad_breaks(one, "vmap", tag)
    assert [each.brief for each in client.ad_candidates_batch([brief, AdBrief()]).answers] == [
        *(brief, AdBrief())
    ]


def test_shortlists_go_there_and_back(client: Client, runtime: Runtime) -> None:
    hit = runtime.search(SearchRequest(limit=1)).hits[0]
    made = client.shortlists.make(NewShortlist(name="Ours", target_seconds=9))
    added = client.shortlists.add(made.shortlist_id, [NewItem(hit_id=UUID(hit.id))])
    assert [item.start_frame for item in added.items] == [hit.start_frame]
    changed = client.shortlists.change(added, ChangedShortlist(name="Theirs"))
    assert (changed.name, changed.target_seconds, len(changed.items)) == ("Theirs", 9, 1)
    with pytest.raises(ApiError, match="renamed from Ours") as late:
        client.shortlists.change(added, ChangedShortlist(items=[]))
    assert late.value.status == 412
    back = client.shortlists.undo(changed)
    assert client.shortlists.read(made.shortlist_id) == back
    assert back.name == "Ours"
    assert [row.version for row in client.shortlists.revisions(made.shortlist_id)] == [4, 3, 2, 1]
    assert b"OTIO_SCHEMA" in client.shortlists.export(made.shortlist_id, "otio", "25")
    reel = client.shortlists.render(made.shortlist_id)
    assert client.shortlists.reel(made.shortlist_id, reel.reel_id).reel_id == reel.reel_id
    assert [row.name for row in client.shortlists.all()] == ["Ours"]
    client.shortlists.delete(back)
    assert client.shortlists.all() == []


def test_artwork_comes_as_stills_and_as_files(client: Client, runtime: Runtime) -> None:
    title_id = Library(runtime.catalogue).find("bikes").title_id
    found = client.artwork.of_title(title_id, count=2)
    title = runtime.title(title_id)
    assert found == artwork_of_title(title, runtime.settings, 2)
    best = found.stills[0]
    assert client.frame(title_id, best.frame) == frame_still(runtime, title_id, best.frame)
    span = NewItem(title_id=title_id, start_frame=best.frame, end_frame=best.frame + 1)
    made = client.shortlists.make(NewShortlist(name="Poster", items=[span]))
    assert client.artwork.of_shortlist(made.shortlist_id).stills == [best]
    zips = (
        client.artwork.files_of_title(title_id, 1, ["1:1", "2:3"]),
        client.artwork.files_of_shortlist(made.shortlist_id, 1, ["1:1", "2:3"]),
    )
    for content in zips:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            assert [Path(name).stem[-3:] for name in file.namelist()] == ["1x1", "2x3"]
    client.shortlists.delete(made)


def test_a_refusal_names_the_field_and_the_request(client: Client, address: str) -> None:
    with pytest.raises(ApiError) as refused:
        client.similar(["nothing"])
    assert refused.value.status == 422
    assert [each.field for each in refused.value.errors] == ["like"]
    assert refused.value.request_id in str(refused.value)
    with Client(address) as stranger, pytest.raises(ApiError, match="401: a key is needed"):
        stranger.titles()
    with Client("http://127.0.0.1:9") as nobody, pytest.raises(httpx.HTTPError):
        nobody.titles()
