"""Groups of faces in the points of a title; nothing of the kind unless it is switched on."""

from pathlib import Path

from indexer.catalogue import Catalogue
from indexer.indexing import Indexer
from indexer.library import Library
from indexer.listener import Silence
from indexer.models import Models
from indexer.report import IndexReport
from indexer.request import Request
from indexer.settings import SETTINGS_FILE, load_settings
from indexer.store.names import pair
from indexer.store.open import open_store
from indexer.traits import PERSON, own_values, split
from indexer.who.table import groups_of
from tests.indexer.who.faces import colour_models

ON = "[who]\nenabled = true\nalike = 0.2\nleast_faces = 1\n"


def again(data: Path, models: Models | None = None) -> IndexReport:
    settings = load_settings(data)
    indexer = Indexer(
        *(Catalogue(data), settings, Silence()),
        debug=True,
        models=models or colour_models(settings),
    )
    return indexer.run(Request(rescore=True))


def stages_run(report: IndexReport) -> set[str]:
    return {
        each.stage for title in report.titles for each in title.times if each.seconds is not None
    }


def stored_faces(data: Path, level: int) -> dict[tuple[str, int], set[str]]:
    with open_store(Catalogue(data).store_path, None, None) as store:
        name = store.current()
        assert name is not None
        records, _ = store.scroll(pair(name)[level], limit=10_000)
    payloads = [record.payload or {} for record in records]
    return {
        (each["title_id"], each["index"]): {
            value for value in own_values(each["look"]) if value.startswith(f"{PERSON}:")
        }
        for each in payloads
    }


def test_off_it_embeds_nothing(indexed_once: Path) -> None:
    for title in Library(Catalogue(indexed_once)).titles():
        assert list(title.known_faces) == []
    assert set().union(*stored_faces(indexed_once, 0).values()) == set()


def test_on_it_adds_groups_and_decodes_nothing(indexed: Path, models: Models) -> None:
    before = {
        each.title_id: dict(each.manifest.keys) for each in Library(Catalogue(indexed)).titles()
    }
    (indexed / SETTINGS_FILE).write_text(ON)
    assert stages_run(again(indexed)) == {"who", "points"}
    shots, clips = stored_faces(indexed, 0), stored_faces(indexed, 1)
    found = 0
    for title in Library(Catalogue(indexed)).titles():
        changed = {
            name for name, key in title.manifest.keys.items() if before[title.title_id][name] != key
        }
        assert changed == {"who", "points"}
        for face in title.known_faces:
            assert face.group is not None
            assert f"{PERSON}:{face.group}" in shots[title.title_id, face.shot]
            (clip,) = [each for each in title.clips if each.first_shot <= face.shot < each.end_shot]
            assert f"{PERSON}:{face.group}" in clips[title.title_id, clip.index]
            found += 1
        groups = groups_of(title.known_faces)
        assert [each.number for each in groups] == list(range(len(groups)))
        assert sum(each.faces for each in groups) == len(title.known_faces)
        assert sorted(groups, key=lambda each: -each.faces) == groups
    assert found

    (indexed / SETTINGS_FILE).write_text(f"{ON}same_person = 0.1\nclip_share = 1.0\n")
    assert stages_run(again(indexed)) == {"points"}
    (indexed / SETTINGS_FILE).write_text("[who]\nenabled = false\n")
    assert stages_run(again(indexed, models)) == {"who", "points"}
    assert set().union(*stored_faces(indexed, 0).values()) == set()


def test_off_its_other_settings_run_nothing(indexed: Path, models: Models) -> None:
    (indexed / SETTINGS_FILE).write_text("[who]\nalike = 0.3\ncertain = 0.7\n")
    assert stages_run(again(indexed, models)) <= {"points"}


def test_a_hit_does_not_show_the_numbers_of_groups() -> None:
    assert split(["people:1", f"{PERSON}:3", f"clip:{PERSON}:3"])["look"] == ["people:1"]
