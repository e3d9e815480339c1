"""The sound of shots and clips in the points of titles, one of which has no sound."""

from pathlib import Path

from indexer.catalogue import Catalogue
from indexer.library import Library
from indexer.pipeline_sections import SoundSettings
from indexer.soundtrack.values import values_of_span
from indexer.store.names import pair
from indexer.store.open import open_store
from indexer.traits import split


def test_points_say_what_is_heard_in_them(indexed: Path) -> None:
    tracks = {each.title_id: each.soundtrack for each in Library(Catalogue(indexed)).titles()}
    found: dict[str, set[str]] = {}
    with open_store(Catalogue(indexed).store_path, None, None) as store:
        name = store.current()
        assert name is not None
        for collection in pair(name):
            records, _ = store.scroll(collection, limit=10_000)
            for payload in (record.payload or {} for record in records):
                track = tracks[payload["title_id"]]
                assert track is not None
                expected = values_of_span(
                    track, payload["start_seconds"], payload["end_seconds"], SoundSettings()
                )
                assert split(payload["look"])["sound"] == expected
                found.setdefault(payload["title_id"], set()).update(expected)
    assert {"sound:music", "loudness:normal"} <= set().union(*found.values())
    mute = [each for each, track in tracks.items() if track and not len(track.energy)]
    assert mute
    assert all(found[each] == {"loudness:silent"} for each in mute)
