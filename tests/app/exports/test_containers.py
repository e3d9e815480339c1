"""Every list and the reel name the same pictures, in the containers that time them differently."""

import re
from pathlib import Path

import av
import numpy as np
import pytest

from app.exports.cut import Cut, make_cut
from app.exports.delivery import Delivery
from app.exports.formats import export
from app.shortlists.records import Item, Shortlist
from indexer.catalogue import Catalogue
from indexer.decoding import decode, open_frames
from indexer.pipeline_sections import DecodeSettings
from indexer.probe import probe
from indexer.timecode import frame_at, frames_of
from tests.app.exports.conftest import enter
from tests.app.exports.readers import read_fcpxml, read_otio
from tests.indexer.barcodes import FILMS, numbers

SPANS = ((0, 5), (60, 87), (87, 88), (137, 150))


def cut_of(kind: str, catalogue: Catalogue, folder: Path) -> tuple[Cut, list[int]]:
    """Return a cut of a film as it was decoded, and the numbers of the pictures on its grid."""
    media = probe(FILMS[kind](folder))
    decoded = decode(media, folder / "out", DecodeSettings())
    enter(catalogue, "film", media, decoded.frame_count, decoded.breaks)
    items = tuple(Item("film", start, end) for start, end in SPANS)
    cut = make_cut(catalogue, Shortlist("s1", "Numbers", 1, items))
    return cut, numbers(open_frames(folder / "out"))


@pytest.mark.parametrize("kind", FILMS)
def test_lists_and_reel_agree_with_the_barcodes(
    kind: str, catalogue: Catalogue, tmp_path: Path
) -> None:
    cut, shown = cut_of(kind, catalogue, tmp_path)
    media = cut.events[0].media
    first = frames_of(media.start_timecode, media.fps) if media.start_timecode else 0
    for ending in ("otio", "xml", "fcpxml", "edl", "mp4"):
        export(Delivery(cut), tmp_path / f"cut.{ending}")

    spans = [(first + start, first + end) for start, end in SPANS]
    otio = read_otio(tmp_path / "cut.otio", media.fps)
    assert [(each.start, each.end) for each in otio] == spans
    xml = (tmp_path / "cut.xml").read_text()
    ins, outs = (map(int, re.findall(rf"<{tag}>(\d+)</{tag}>", xml)) for tag in ("in", "out"))
    assert list(zip(ins, outs, strict=True))[: len(SPANS)] == list(SPANS)
    fcpxml = read_fcpxml(tmp_path / "cut.fcpxml")
    assert [(each.start, each.end) for each in fcpxml] == spans
    edl = re.findall(r" C +(\S+) (\S+) ", (tmp_path / "cut.edl").read_text())
    counted = [[frame_at(at, media.fps, media.start_timecode) for at in span] for span in edl]
    assert counted == [list(span) for span in SPANS]

    with av.open(str(tmp_path / "cut.mp4")) as container:
        pictures = [each.to_ndarray(format="rgb24") for each in container.decode(video=0)]
    reel = np.stack(pictures).astype(np.uint8)
    assert numbers(reel) == [shown[frame] for start, end in SPANS for frame in range(start, end)]


def test_the_reel_of_a_late_picture_is_heard_with_it(catalogue: Catalogue, tmp_path: Path) -> None:
    """The sound of joined broadcasts runs through their clip, at the length of its pictures."""
    cut, _ = cut_of("joined", catalogue, tmp_path)
    export(Delivery(cut), tmp_path / "cut.mp4")
    with av.open(str(tmp_path / "cut.mp4")) as container:
        heard = np.concatenate([f.to_ndarray() for f in container.decode(audio=0)], axis=1)
    assert heard.shape[1] == pytest.approx(cut.frames / 25 * 48_000, abs=1100)
    loud = np.abs(heard[:, : heard.shape[1] // 480 * 480].reshape(2, -1, 480)).max(axis=2)
    # The two sounds overlap by less than a block where they were joined, and so does the tone.
    assert np.mean(loud > 0.01) > 0.95
