"""A film in an object store, from the index to the player, the exports and the next cut."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import ffmpeg  # type: ignore[import-untyped]
import httpx
import pytest
from moto import settings as moto_settings
from pydantic import ValidationError
from typer.testing import CliRunner

from app.cli.main import app as reelfind
from app.exports.cut import make_cut
from app.exports.delivery import Delivery
from app.exports.formats import export
from app.exports.reel import ReelOptions
from app.jobs.records import JobRequest, OutsideError
from app.runtime import Runtime
from app.shortlists.records import Item, Shortlist
from indexer.catalogue import Catalogue
from indexer.earlier_versions import EarlierVersions
from indexer.ffmpeg import run_ffmpeg
from indexer.indexing import Indexer
from indexer.listener import Silence
from indexer.models import Models
from indexer.probe import probe
from indexer.remote_path import path_of
from indexer.report import IndexReport
from indexer.request import Request
from indexer.settings import Settings, load_settings
from tests.app.api.conftest import client_of
from tests.object_store import Store

LINES = b"1\n00:00:01,000 --> 00:00:02,500\nThe harbour is closed tonight.\n"
FILM = "s3://studio/films/pier/harbour.mp4"


def film(folder: Path, frames: int) -> Path:
    picture = ffmpeg.input("testsrc2=size=160x90:rate=25", f="lavfi").filter(
        "trim", end_frame=frames
    )
    run = run_ffmpeg(ffmpeg.output(picture, f"{frames}.mp4", pix_fmt="yuv420p"), folder)
    assert run.status == 0
    return folder / f"{frames}.mp4"


@pytest.fixture
def index(models: Models, indexed: Path, store: Store) -> Callable[[], IndexReport]:
    def run() -> IndexReport:
        settings = load_settings(indexed)
        run = Indexer(Catalogue(indexed), settings, Silence(), debug=True, models=models)
        store.forget()
        report = run.run(Request((store.path("films"),)))
        assert not report.failed
        return report

    return run


def test_a_film_is_indexed_found_played_exported_and_replaced(
    store: Store,
    index: Callable[[], IndexReport],
    indexed: Path,
    models: Models,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REELFIND_ROOTS__LIBRARY", "s3://studio/films")
    first = film(tmp_path, 90)
    store.put("films/pier/harbour.mp4", first)
    store.put("films/pier/harbour.srt", LINES)
    store.put("films/pier/harbour.json", b'{"name": "The Pier", "genres": ["Drama"]}')
    [title] = index().titles
    assert title.title_id is not None
    manifest = Catalogue(indexed).manifest(title.title_id)
    assert manifest is not None
    assert str(manifest.title.media.path) == FILM
    assert (manifest.title.metadata.name, manifest.text_source) == ("The Pier", "sidecar")
    assert manifest.frame_count == 90
    kept = json.loads((indexed / "titles" / title.title_id / "title.json").read_text("utf-8"))
    assert kept["title"]["media"]["path"] == "library:/pier/harbour.mp4"

    [again] = index().titles
    assert again.unchanged
    assert len(store.opened) == 1  # harbour.json
    assert len(store.requests) < 10

    runtime = Runtime(indexed, load_settings(indexed), models)
    client = client_of(runtime)
    found = client.get("/api/v1/search", params={"q": '"harbour is closed"'}).json()
    assert [hit["title_id"] for hit in found["hits"]] == [title.title_id]
    played = client.get(f"/api/v1/media/{title.title_id}", follow_redirects=False)
    assert (played.status_code, played.headers["cache-control"]) == (307, "no-store")
    assert re.search(r"X-Amz-Expires=43200&", played.headers["location"])
    some = httpx.get(played.headers["location"], headers={"Range": "bytes=100-199"})
    assert (some.status_code, some.headers["content-type"]) == (206, "video/mp4")
    assert some.content == first.read_bytes()[100:200]
    still = client.get(f"/api/v1/media/{title.title_id}/frames/7")
    assert still.headers["content-type"] == "image/jpeg"
    assert FILM in [each["path"] for each in client.get("/api/v1/titles").json()]

    shortlist = Shortlist("s", "Cut", 1, (Item(title.title_id, 30, 76),))
    cut = make_cut(runtime.catalogue, shortlist)
    for kind, written in {
        "otio": f'"target_url": "{FILM}"',
        "fcpxml": f'src="{FILM}"',
        "xml": f"<pathurl>{FILM}</pathurl>",
        "edl": f"* FROM FILE: {FILM}",
        "csv": f",{FILM},",
    }.items():
        export(Delivery(cut), tmp_path / f"cut.{kind}")
        assert written in (tmp_path / f"cut.{kind}").read_text("utf-8")
    export(Delivery(cut), tmp_path / "reel.mp4", options=ReelOptions())
    assert probe(tmp_path / "reel.mp4").duration == pytest.approx(46 / 25, abs=0.1)

    store.put("films/pier/harbour.mp4", film(tmp_path, 70))
    refused = client.get(f"/api/v1/media/{title.title_id}")
    assert "was replaced after it was indexed" in refused.json()["detail"]
    runtime.close()
    [new] = index().titles
    assert new.title_id not in (None, title.title_id)
    earlier = EarlierVersions(Catalogue(indexed)).find(title.title_id)
    assert earlier is not None
    assert earlier.by == new.title_id


def test_a_wrong_key_is_one_line(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put("films/harbour.mp4", b"x")
    monkeypatch.setattr(moto_settings, "INITIAL_NO_AUTH_ACTION_COUNT", 0)
    ran = CliRunner().invoke(
        reelfind, ["index", "s3://studio/films", "--data", str(tmp_path), "--dry-run"]
    )
    assert ran.exit_code == 1
    [line] = [each for each in ran.output.splitlines() if "s3://studio/films" in each]
    assert "the store refuses the AWS credentials of this machine" in line


def test_a_job_may_read_what_its_roots_hold() -> None:
    asked = JobRequest.model_validate({"paths": ["s3://studio/films/harbour.mp4"]})
    roots = Settings.model_validate({"jobs": {"roots": ["s3://studio/films"]}}).jobs.roots
    assert asked.limited_to(roots).paths == (path_of("s3://studio/films/harbour.mp4"),)
    for others in ((path_of("s3://studio/film"),), (Path("/"),)):
        with pytest.raises(OutsideError):
            asked.limited_to(others)


def test_sent_films_stay_on_this_machine() -> None:
    with pytest.raises(ValidationError, match="name a folder of this machine"):
        Settings.model_validate({"jobs": {"uploads": "s3://studio/films"}})
