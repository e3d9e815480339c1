"""People and shot sizes in the points of a title, and which stills are looked at."""

from bisect import bisect_left
from itertools import pairwise
from pathlib import Path

import pytest

from indexer.catalogue import Catalogue
from indexer.framing.score import score_stills
from indexer.framing.values import values_of_shot
from indexer.indexing import Indexer
from indexer.library import Library
from indexer.listener import Silence
from indexer.models import Models
from indexer.pipeline_sections import FramingSettings
from indexer.request import Request
from indexer.settings import SETTINGS_FILE, load_settings
from indexer.stages.framing import choose
from indexer.store.base import Store
from indexer.store.names import pair
from indexer.store.open import open_store
from indexer.traits import GROUPS, own_values


def framing(store: Store) -> dict[tuple[str, int], list[str]]:
    """Return the values of each shot."""
    name = store.current()
    assert name is not None
    fields = ("title_id", "index", "look")
    records, _ = store.scroll(pair(name)[0], limit=10_000, fields=fields)
    payloads = [record.payload or {} for record in records]
    return {
        (each["title_id"], each["index"]): [
            value
            for value in own_values(each["look"])
            if value.partition(":")[0] in GROUPS["Framing and people"]
        ]
        for each in payloads
    }


def test_points_have_what_the_faces_say(indexed_once: Path) -> None:
    with open_store(Catalogue(indexed_once).store_path, None, None) as store:
        stored = framing(store)
    people = set()
    for title in Library(Catalogue(indexed_once)).titles():
        frames, height = sorted(title.faces), title.picture["bottom"] - title.picture["top"]
        for shot in title.shots:
            ends = (bisect_left(frames, each) for each in (shot.start_frame, shot.end_frame))
            own = [title.faces[frame] for frame in frames[slice(*ends)]]
            found = stored[title.title_id, shot.index]
            assert found == values_of_shot(own, height, FramingSettings())
            people.add(found[0])
    assert {"people:0", "people:1"} <= people


def test_a_shot_is_shown_by_a_good_still_without_text(indexed_once: Path) -> None:
    with open_store(Catalogue(indexed_once).store_path, None, None) as store:
        name = store.current()
        assert name is not None
        fields = ("title_id", "index", "still")
        records, _ = store.scroll(pair(name)[0], limit=10_000, fields=fields)
    shown = {}
    for record in records:
        payload = record.payload or {}
        shown[payload["title_id"], payload["index"]] = payload["still"]
    for title in Library(Catalogue(indexed_once)).titles():
        good = score_stills(title.qualities, title.faces, FramingSettings().certain)
        for shot, read in zip(title.shots, title.text_on_screen, strict=True):
            own = set(title.still_frames(shot.start_frame, shot.end_frame))
            still = shown[title.title_id, shot.index]
            assert still in own
            written = {each.frame for each in read.stills}
            scores = [good[frame] for frame in own - written if good.get(frame)]
            if scores:
                assert good[still] >= 0.74 * max(scores)
                assert still not in written


def test_other_thresholds_find_no_face_again(indexed: Path, models: Models) -> None:
    (indexed / SETTINGS_FILE).write_text("[framing]\nclose_up = 0.0\nextreme_close_up = 1.0\n")
    report = Indexer(
        Catalogue(indexed), load_settings(indexed), Silence(), debug=True, models=models
    ).run(Request(rescore=True))
    assert {
        each.stage for title in report.titles for each in title.times if each.seconds is not None
    } == {"points"}
    with open_store(Catalogue(indexed).store_path, None, None) as store:
        sizes = [values[1] for values in framing(store).values() if len(values) > 1]
    assert set(sizes) == {"shot_size:close-up"}


@pytest.mark.parametrize(("there", "chosen"), [(1, 1), (6, 6), (24, 12), (600, 60)])
def test_ever_fewer_stills_of_a_longer_shot_are_looked_at(there: int, chosen: int) -> None:
    frames = [12 * each for each in range(there)]
    found = choose(frames, FramingSettings())
    assert len(found) == chosen
    assert sorted({*found}) == found
    assert {*found} <= {*frames}
    gaps = {after - before for before, after in pairwise(found)}
    assert len(gaps) <= 2
