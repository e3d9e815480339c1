"""What a person says of a title is kept, and is stronger than the files beside the film."""

from pathlib import Path

import pytest

from indexer.edits import FILE, edit, edited
from indexer.errors import ReelfindError
from indexer.records import Metadata
from indexer.stages.base import TitleFolder

KNOWN = Metadata("Film", series="A series", year=1999, genres=("drama",), synopsis="A story.")


@pytest.fixture
def folder(tmp_path: Path) -> TitleFolder:
    (tmp_path / "shots-0123456789abcdef").mkdir()
    return TitleFolder(tmp_path)


def test_without_edits_metadata_is_as_it_was(folder: TitleFolder) -> None:
    assert edited(folder, KNOWN) == KNOWN


def test_edits_replace_and_add_up(folder: TitleFolder) -> None:
    edit(folder, {"name": "The film", "genres": ["comedy", "kids"]})
    edit(folder, {"year": 2001, "name": "The Film"})
    found = edited(folder, KNOWN)
    assert (found.name, found.year, found.genres) == ("The Film", 2001, ("comedy", "kids"))
    assert (found.series, found.synopsis) == (KNOWN.series, KNOWN.synopsis)


def test_what_is_emptied_is_not_known_any_more(folder: TitleFolder) -> None:
    edit(folder, {"series": None, "year": None, "genres": [], "synopsis": ""})
    assert edited(folder, KNOWN) == Metadata("Film")


def test_edits_outlive_the_stages(folder: TitleFolder) -> None:
    edit(folder, {"name": "The film"})
    folder.prune({})
    assert [each.name for each in folder.path.iterdir()] == [FILE]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"name": ""}, "name: a title needs one"),
        ({"director": "me"}, "unknown field `director`"),
        ({"director": None}, "unknown field `director`"),
        ({"year": "soon"}, "not a whole number"),
        ({"language": "klingonese"}, "not a language code"),
    ],
)
def test_what_cannot_be_is_refused_and_not_kept(
    folder: TitleFolder, said: dict[str, object], told: str
) -> None:
    with pytest.raises(ReelfindError, match=told):
        edit(folder, said)
    assert edited(folder, KNOWN) == KNOWN


def test_a_damaged_file_is_named(folder: TitleFolder) -> None:
    (folder.path / FILE).write_text("[1]")
    with pytest.raises(ReelfindError, match=f"{FILE}: cannot be read"):
        edited(folder, KNOWN)
