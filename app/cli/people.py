"""``reelfind people``: whose faces are in the films. Off until ``who.enabled`` is set."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.options import DEFAULT_DATA, DataOption, JsonOption, settings_of
from app.cli.terminal import print_table, say
from app.search.request import STILL_LENGTH
from indexer.errors import ReelfindError

if TYPE_CHECKING:
    from app.people.records import FaceInPicture, Person
    from app.people.store import PeopleStore

app = typer.Typer(
    name="people",
    help="People in the films: name them, and delete all that is known of them.",
    no_args_is_help=True,
)

PersonArgument = Annotated[str, typer.Argument(help="The person's name or id.")]


@app.command("list")
def list_all(
    data: DataOption = DEFAULT_DATA,
    hidden: Annotated[bool, typer.Option("--hidden", help="Also those who are hidden.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List people, those with a name first."""
    with _store(data) as store:
        found = store.all(hidden)
    if as_json:
        print(json.dumps({"people": [each.model_dump(mode="json") for each in found]}))
    elif found:
        rows = [_row(each) for each in found]
        print_table(["id", "name", "faces", "shots", "titles", "groups"], rows, ["name"])
    elif settings_of(data).who.enabled:
        print(f"Nobody is recognised in {data} yet: reelfind index FILMS --data {data}")
    else:
        print(f"People are not recognised: who.enabled is false in the settings of {data}.")


@app.command()
def name(
    person: PersonArgument,
    name: Annotated[str, typer.Argument(help="The new name; an empty one takes it away.")],
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Name a person."""
    with _store(data) as store:
        named = store.rename(store.find(person), name)
    say(f"{named.id} is {named.shown_name}: reelfind search --person {named.id} --data {data}")


@app.command()
def merge(
    person: PersonArgument,
    others: Annotated[list[str], typer.Argument(help="Who is the same; they are gone then.")],
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Make the faces of others a person's."""
    with _store(data) as store:
        found = [store.find(each) for each in others]
        merged = store.merge(store.find(person), found)
    say(f"{merged.shown_name} has {len(merged.groups)} groups of faces now.")


@app.command()
def split(
    person: PersonArgument,
    groups: Annotated[
        list[int], typer.Argument(help="Which of the person's groups, from 1; see `list --json`.")
    ],
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Make some groups of a person's faces a new person's."""
    from app.people.records import GroupOfTitle

    with _store(data) as store:
        found = store.find(person)
        wanted = [
            GroupOfTitle(title_id=each.title_id, number=each.number)
            for place, each in enumerate(found.groups, 1)
            if place in groups
        ]
        new = store.split(found, wanted)
    say(f"{new.shown_name} is new, with the id {new.id}.")


@app.command()
def hide(
    person: PersonArgument,
    data: DataOption = DEFAULT_DATA,
    show: Annotated[bool, typer.Option("--show", help="Take the person in again.")] = False,
) -> None:
    """Leave a person out of lists."""
    with _store(data) as store:
        found = store.hide(store.find(person), not show)
    say(f"{found.shown_name} is {'shown' if show else 'hidden'}.")


@app.command()
def recognise(
    picture: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="A JPEG, PNG or WebP.")
    ],
    data: DataOption = DEFAULT_DATA,
    as_json: JsonOption = False,
) -> None:
    """Say whose faces a picture shows, the largest first. The picture is not kept."""
    from app.people.recognising import recognise as recognise_faces
    from app.people.records import Recognise
    from app.runtime import Runtime

    encoded = base64.b64encode(picture.read_bytes()).decode()
    if len(encoded) > STILL_LENGTH:
        raise ReelfindError(f"{picture}: is too large; save it with fewer pixels")
    runtime = Runtime(data, settings_of(data))
    try:
        found = recognise_faces(runtime, Recognise(still=encoded))
    finally:
        runtime.close()
    if as_json:
        print(found.model_dump_json())
        return
    rows = [row for place, face in enumerate(found.faces, 1) for row in _rows(place, face)]
    if rows:
        print_table(["face", "across", "down", "who", "id", "distance"], rows, ["who"])
    if found.notice:
        say(found.notice)
    for nearest in [each.likely[0] for each in found.faces if each.likely][:1]:
        say(f"All shots: reelfind search --person {nearest.id} --level shot --data {data}")


@app.command("delete-all")
def delete_all(
    data: DataOption = DEFAULT_DATA,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete embeddings of faces, groups, names, and what the index has of them."""
    if not yes:
        typer.confirm(f"Delete all people, with their faces and names, from {data}?", abort=True)
    from app.database.engine import Database
    from app.database.turns import catalogue_of
    from app.jobs.handover import run_on_server
    from app.jobs.records import JobRequest
    from app.people.deleting import delete_people
    from indexer.listener import Silence

    settings = settings_of(data)
    if run_on_server(data, JobRequest(kind="delete-people"), Silence()) is None:
        with Database.of(data, settings) as database:
            delete_people(catalogue_of(data, settings, database), settings, database)
    say("Deleted all embeddings of faces, all people with their names, and the index's values.")
    if settings.who.enabled:
        say(
            "who.enabled is still true in the settings: the next reelfind index recognises people "
            "again, unless you set it to false."
        )


def _row(person: "Person") -> list[str]:
    titles = len({each.title_id for each in person.groups})
    counts = (person.faces, person.shots, titles, len(person.groups))
    return [person.id, f"{person.name}{' (hidden)' if person.hidden else ''}", *map(str, counts)]


def _rows(place: int, face: "FaceInPicture") -> list[list[str]]:
    """Return the rows of a face: where its middle is, and who it may be."""
    left, top, right, bottom = face.box
    where = [str(place), f"{(left + right) / 2:.0%}", f"{(top + bottom) / 2:.0%}"]
    who = [[each.shown_name, each.id, f"{each.distance:.2f}"] for each in face.likely]
    return [[*where, *each] for each in who or [["nobody near", "", ""]]]


@contextmanager
def _store(data: Path) -> Iterator["PeopleStore"]:
    from app.database.engine import Database
    from app.people.store import PeopleStore

    with Database.of(data, settings_of(data)) as database:
        yield PeopleStore(database)
