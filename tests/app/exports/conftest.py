"""Films of ffmpeg's own making, as titles of a catalogue, and cuts of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import MappingProxyType

import ffmpeg  # type: ignore[import-untyped]
import pytest

from app.exports.cut import Cut, make_cut
from app.shortlists.records import Item, Shortlist
from indexer.catalogue import Catalogue
from indexer.ffmpeg import run_ffmpeg
from indexer.manifest import Manifest
from indexer.probe import probe
from indexer.records import UNBROKEN, AudioTrack, Breaks, Media, Metadata, Title

FRAMES = 130
SPANS = ((0, 7), (37, 38), (61, 90), (FRAMES - 11, FRAMES))
"""The film's first and last frames, a single one, and places between key frames."""


@dataclass(frozen=True)
class Kind:
    """How a film is made: its rate, its start timecode and whether its frames' times vary."""

    fps: Fraction
    start_timecode: str | None
    variable: bool = False


KINDS = {
    "24": Kind(Fraction(24), "01:00:00:00"),
    "23.976": Kind(Fraction(24000, 1001), "01:00:00:00"),
    "25": Kind(Fraction(25), "10:00:00:00"),
    "29.97 drop": Kind(Fraction(30000, 1001), "00:59:58;00"),
    "29.97": Kind(Fraction(30000, 1001), "00:59:58:00"),
    "variable": Kind(Fraction(25), None, variable=True),
}


def make_film(
    path: Path,
    kind: Kind,
    size: str = "320x180",
    frames: int = FRAMES,
    channels: int = 1,
    options: Mapping[str, str] = MappingProxyType({}),
) -> Media:
    """Write a film of ffmpeg's test picture with a tone, and return what it says of itself."""
    rate = f"{kind.fps.numerator}/{kind.fps.denominator}"
    seconds = float(frames / kind.fps)
    picture = ffmpeg.input(f"testsrc2=size={size}:rate={rate}:duration={seconds + 1}", f="lavfi")
    picture = picture.filter("trim", end_frame=frames).filter("format", "yuv420p")
    if kind.variable:
        # Every third frame of the second half is missing: its neighbour is held.
        picture = picture.filter("select", f"lt(n,{frames // 2})+mod(n+1,3)")
    tone = ffmpeg.input(f"sine=frequency=440:sample_rate=48000:duration={seconds}", f="lavfi")
    usual = {"vcodec": "libx264", "preset": "ultrafast", "crf": 12, "bf": 2, "acodec": "aac"}
    timed = {"timecode": kind.start_timecode} if kind.start_timecode else {}
    run = run_ffmpeg(
        ffmpeg.output(
            *(picture, tone)[: 2 if channels else 1],
            path.name,
            g=24,
            fps_mode="vfr" if kind.variable else "cfr",
            **({"ac": channels} if channels else {}),
            **(options or usual),
            **timed,
        ),
        path.parent,
    )
    assert run.status == 0, run.errors
    return probe(path)


def enter(
    catalogue: Catalogue,
    title_id: str,
    media: Media,
    frames: int = FRAMES,
    breaks: Breaks = UNBROKEN,
) -> None:
    """Note a film in a catalogue as if it were indexed."""
    (catalogue.titles_path / title_id).mkdir(parents=True)
    name = media.path.stem.capitalize()
    catalogue.write_manifest(
        Manifest(
            title=Title(title_id, media, Metadata(name)),
            profile="lite",
            encoder="none",
            pair="none",
            keys={},
            frame_count=frames,
            shots=1,
            clips=1,
            text_source="none",
            language=None,
            genres=(),
            genres_from="none",
            scored_by={},
            breaks=breaks,
        )
    )


Filmed = Callable[[str], Media]


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Filmed:
    """Return what a film of a kind says of itself; each is made once."""
    folder = tmp_path_factory.mktemp("kinds")
    made: dict[str, Media] = {}

    def get(name: str) -> Media:
        if name not in made:
            path = folder / f"a film & {name.replace('.', '-')} é.mp4"
            made[name] = make_film(path, KINDS[name])
        return made[name]

    return get


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """An empty catalogue."""
    return Catalogue(tmp_path / "data")


Cutting = Callable[..., Cut]


@pytest.fixture
def cut_of(catalogue: Catalogue, film: Filmed) -> Cutting:
    """Return a cut of spans of the kinds named; with several, spans go round them."""
    return partial(_cut, catalogue, film)


@pytest.fixture
def written_cut_of(catalogue: Catalogue) -> Cutting:
    """The same of films that are away: their disk is not mounted."""
    return partial(_cut, catalogue, _away)


def _cut(
    catalogue: Catalogue,
    media_of: Filmed,
    *names: str,
    spans: Sequence[tuple[int, int]] = SPANS,
) -> Cut:
    for name in names:
        enter(catalogue, f"title-{name}", media_of(name))
    items = tuple(
        Item(f"title-{names[at % len(names)]}", start, end, f"note {at} <&>")
        for at, (start, end) in enumerate(spans)
    )
    return make_cut(catalogue, Shortlist("s1", "My trailer", 1, items))


def _away(name: str) -> Media:
    kind = KINDS[name]
    return Media(
        path=Path("/away", f"a film & {name.replace('.', '-')} é.mp4").absolute(),
        content_hash="0" * 64,
        size=1,
        fps=kind.fps,
        variable_frame_rate=kind.variable,
        duration=float(FRAMES / kind.fps),
        start_timecode=kind.start_timecode,
        width=320,
        height=180,
        video_codec="h264",
        audio_tracks=(AudioTrack(1, None, 1, True),),
    )
