"""Which frames of a shot are embedded."""

from types import SimpleNamespace
from typing import cast

import pytest

from indexer.pipeline_sections import VideoSettings
from indexer.records import Shot
from indexer.settings import Settings
from indexer.stages.stills import STILLS, choose
from indexer.stages.work import TitleWork

FPS = 24.0


def embedded(seconds: float, settings: VideoSettings) -> list[int]:
    """Return the frames embedded of a shot with two stills a second."""
    end = round(seconds * FPS)
    stills = list(range(0, end, 12))
    kept, chosen = choose(Shot(0, 0, end, "start"), stills, settings, FPS)
    assert kept == stills
    return chosen


@pytest.mark.parametrize(
    ("seconds", "count"), [(0.4, 1), (1, 1), (4, 4), (6, 6), (24, 12), (600, 60)]
)
def test_a_long_shot_has_fewer_frames_a_second(seconds: float, count: int) -> None:
    assert len(embedded(seconds, VideoSettings())) == count


def test_frames_lie_evenly_in_the_shot() -> None:
    frames = embedded(96, VideoSettings())
    assert len(frames) == 24
    assert frames == [48 + 96 * place for place in range(24)]


def test_the_full_rate_may_be_asked_for_and_no_still_is_taken_twice() -> None:
    assert len(embedded(60, VideoSettings(full_rate_frames=60))) == 60
    assert len(embedded(3, VideoSettings(frames_per_second=60))) == 6


def test_a_shot_between_two_stills_is_shown_by_its_middle() -> None:
    assert choose(Shot(3, 13, 23, "cut"), [], VideoSettings(), FPS) == ([18], [18])


def test_titles_of_before_keep_their_stills_unless_the_setting_is_changed() -> None:
    def key_parts(video: VideoSettings) -> object:
        return STILLS.settings(cast(TitleWork, SimpleNamespace(settings=Settings(video=video))))

    assert key_parts(VideoSettings()) == {"frames_per_second": 1.0}
    assert key_parts(VideoSettings(full_rate_frames=9)) == {
        "frames_per_second": 1.0,
        "full_rate_frames": 9,
    }
