"""The sound of a title along its time, as the API and the page have it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.runtime import NotFoundError, Runtime
from app.titles.layout import lay_out
from app.titles.sound import read_sound
from app.ui.components.timeline import STEPS, timeline_data
from indexer.models import Models
from indexer.settings import Settings
from indexer.soundtrack.loudness import loudness
from tests.app.api.conftest import client_of


@pytest.fixture(scope="module")
def runtime(indexed_once: Path, models: Models) -> Iterator[Runtime]:
    runtime = Runtime(indexed_once, Settings(), models)
    yield runtime
    runtime.close()


def test_steps_are_means_of_what_was_measured(runtime: Runtime) -> None:
    heard = 0
    for title in runtime.titles():
        track = runtime.title(title.title_id).soundtrack
        assert track is not None
        sound = read_sound(runtime, title.title_id, 0.72)
        assert sound.step_seconds == 0.7
        assert len(sound.loudness) == len(sound.music) == -(-len(track.energy) // 7)
        if not sound.loudness:
            assert sound.integrated is None
            continue
        heard += 1
        assert sound.integrated == pytest.approx(track.programme, abs=0.05)
        assert sound.music[0] == pytest.approx(track.music[:7].mean(), abs=0.006)
        last = float(loudness(track.energy[7 * (len(sound.loudness) - 1) :].mean()))
        assert sound.loudness[-1] == pytest.approx(last, abs=0.06)
    assert heard


def test_over_http(runtime: Runtime) -> None:
    client = client_of(runtime)
    for title in runtime.titles():
        answer = client.get(f"/api/v1/titles/{title.title_id}/sound", params={"step": 2})
        assert answer.json() == read_sound(runtime, title.title_id, 2).model_dump()
    refused = client.get(f"/api/v1/titles/{title.title_id}/sound", params={"step": 0})
    assert refused.status_code == 422
    assert client.get("/api/v1/titles/0123abcd/sound").status_code == 404


def test_the_timeline_draws_few_steps_and_none_without_sound(runtime: Runtime) -> None:
    drawn = 0
    for title in runtime.titles():
        sound = read_sound(runtime, title.title_id, title.duration_seconds / STEPS)
        data = timeline_data(lay_out(runtime, title.title_id), {}, sound)["sound"]
        if not sound.loudness:
            assert data is None
            continue
        drawn += 1
        assert len(data["lufs"]) == len(data["music"]) <= 1.5 * STEPS
        frames = data["step"] * len(data["lufs"])
        assert frames == pytest.approx(lay_out(runtime, title.title_id).frame_count, rel=0.05)
    assert drawn


def test_a_title_of_an_earlier_version_says_what_to_do(
    indexed_earlier: Path, models: Models
) -> None:
    runtime = Runtime(indexed_earlier, Settings(), models)
    title = runtime.catalogue.manifests()[0].title.title_id
    with pytest.raises(NotFoundError, match="was not measured; run `reelfind index`"):
        read_sound(runtime, title, 1.0)
    assert timeline_data(lay_out(runtime, title), {}, None)["sound"] is None
    runtime.close()
