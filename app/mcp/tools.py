"""The tools: what each takes and answers, and the requests that it makes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from app.exports.formats import BY_NAME
from app.mcp.answers import (
    Answer,
    ArtworkFound,
    Exported,
    Found,
    Shortlists,
    ShortTitle,
    Span,
    StillsShown,
    TitleClips,
    TitlePage,
)
from app.mcp.arguments import (
    AddArguments,
    ArtworkArguments,
    ChangeArguments,
    CreateArguments,
    ExportArguments,
    NoArguments,
    SearchArguments,
    ShortlistArguments,
    SimilarArguments,
    StillArguments,
    TitleArguments,
    TitlesArguments,
    UndoArguments,
)
from app.records import SearchResponse
from app.remote import Client
from app.search.request import SearchRequest
from app.shortlists.bodies import ChangedShortlist, NewShortlist, ShortlistBody
from indexer.errors import ReelfindError

LONGEST_FILE = 100_000
"""Letters of an export that an assistant gets; it would not read more."""


@dataclass(frozen=True)
class Tool:
    """A tool of the server.

    Args:
        name: what assistants call it.
        title: its name for people.
        description: for assistants: what it does and when to use it.
        takes: its arguments.
        gives: the record of its answer.
        run: makes the requests; raises what the client raises.
        changes: it changes a shortlist.
        destructive: what it changes may be lost from the current version.
    """

    name: str
    title: str
    description: str
    takes: type[BaseModel]
    gives: type[BaseModel]
    run: Callable[[Client, Any], Answer]
    changes: bool = False
    destructive: bool = False


def search(client: Client, asked: SearchArguments) -> Answer:
    """Search by words and filters."""
    wanted = asked.model_dump(exclude_unset=True, exclude={"stills"})
    return _found(client, client.search(SearchRequest(**wanted | {"limit": asked.limit})), asked)


def similar(client: Client, asked: SimilarArguments) -> Answer:
    """Search by examples."""
    wanted = asked.model_dump(exclude={"stills"})
    return _found(client, client.similar(**wanted), asked)


def titles(client: Client, asked: TitlesArguments) -> Answer:
    """List a page of the titles."""
    found = client.titles(asked.q, asked.limit + 1, asked.after)
    page = found[: asked.limit]
    following = page[-1].title_id if len(found) > asked.limit else None
    return Answer(TitlePage(titles=list(map(ShortTitle.of, page)), next=following))


def title(client: Client, asked: TitleArguments) -> Answer:
    """Return a title with a page of its clips."""
    about = ShortTitle.of(client.title(asked.title_id))
    page = client.clips(asked.title_id, asked.start, asked.limit)
    return Answer(TitleClips(about=about, clips=list(map(Span.of, page.clips)), next=page.next))


def still(client: Client, asked: StillArguments) -> Answer:
    """Return pictures of clips or shots."""
    ids = list(map(str, asked.ids))
    read = client.still if asked.frames == "one" else client.strip
    return Answer(StillsShown(ids=ids), [read(each) for each in ids])


def artwork(client: Client, asked: ArtworkArguments) -> Answer:
    """Return the best stills of a title or a shortlist."""
    if asked.title_id is not None:
        found = client.artwork.of_title(asked.title_id, asked.count)
    else:
        found = client.artwork.of_shortlist(asked.shortlist_id or "", asked.count)
    shown = found.stills if asked.stills else ()
    pictures = [client.frame(each.title_id, each.frame) for each in shown]
    return Answer(ArtworkFound.model_validate(found), pictures)


def list_shortlists(client: Client, _asked: NoArguments) -> Answer:
    """List the shortlists."""
    return Answer(Shortlists(shortlists=client.shortlists.all()))


def shortlist(client: Client, asked: ShortlistArguments) -> Answer:
    """Return a shortlist."""
    return Answer(client.shortlists.read(asked.shortlist_id))


def create_shortlist(client: Client, asked: CreateArguments) -> Answer:
    """Make a shortlist."""
    return Answer(client.shortlists.make(_only(NewShortlist, asked)))


def add_to_shortlist(client: Client, asked: AddArguments) -> Answer:
    """Put clips into a shortlist."""
    return Answer(client.shortlists.add(asked.shortlist_id, asked.items, asked.position))


def change_shortlist(client: Client, asked: ChangeArguments) -> Answer:
    """Change a shortlist."""
    return Answer(client.shortlists.change(asked, _only(ChangedShortlist, asked)))


def undo_shortlist(client: Client, asked: UndoArguments) -> Answer:
    """Take back the latest change of a shortlist."""
    return Answer(client.shortlists.undo(asked))


def export_shortlist(client: Client, asked: ExportArguments) -> Answer:
    """Return a shortlist as a file."""
    content = client.shortlists.export(asked.shortlist_id, asked.format, asked.rate).decode()
    if len(content) > LONGEST_FILE:
        raise ReelfindError(
            f"{asked.format}: the file has {len(content):,} letters, too many for an assistant; "
            "export it on the page Shortlist or with `reelfind shortlist export`"
        )
    suffix = BY_NAME[asked.format].suffix
    return Answer(Exported(format=asked.format, suffix=suffix, content=content))


def _found(
    client: Client, answer: SearchResponse, asked: SearchArguments | SimilarArguments
) -> Answer:
    """Return hits, with a still of each where that was asked for."""
    shown: Iterable[str] = [hit.id for hit in answer.hits] if asked.stills else ()
    return Answer(Found.of(answer), [client.still(each) for each in shown])


def _only(model: type[BaseModel], asked: BaseModel) -> Any:
    """Return the fields of ``model`` that were given."""
    return model(**asked.model_dump(include=set(model.model_fields), exclude_unset=True))


TOOLS = (
    Tool(
        "search",
        "Search clips",
        "Find clips (or shots) by what is seen, said and felt in them, by filters, or both. Each "
        "hit has its id, title, timecodes, scores and why it was found.",
        *(SearchArguments, Found, search),
    ),
    Tool(
        "similar",
        "Find similar clips",
        "Find clips (or shots) that resemble some examples and differ from others.",
        *(SimilarArguments, Found, similar),
    ),
    Tool(
        "list_titles",
        "List titles",
        "List the films and episodes that can be searched, by name.",
        *(TitlesArguments, TitlePage, titles),
    ),
    Tool(
        "title",
        "Show a title",
        "Show a film or episode: its length, rate and genres, and its clips in order of time.",
        *(TitleArguments, TitleClips, title),
    ),
    Tool(
        "still",
        "Look at clips",
        "Look at up to four clips or shots: one still of each, or eight frames along it.",
        *(StillArguments, StillsShown, still),
    ),
    Tool(
        "artwork",
        "Find the best stills",
        "Find stills that could stand for a title or a shortlist, for posters and tiles: sharp, "
        "well lit, without text, each of another shot. Their files are downloaded from the page.",
        *(ArtworkArguments, ArtworkFound, artwork),
    ),
    Tool(
        "list_shortlists",
        "List shortlists",
        "List the shortlists with their lengths.",
        *(NoArguments, Shortlists, list_shortlists),
    ),
    Tool(
        "shortlist",
        "Show a shortlist",
        "Show a shortlist: its items in order with timecodes, its length, overlaps and problems.",
        *(ShortlistArguments, ShortlistBody, shortlist),
    ),
    Tool(
        "create_shortlist",
        "Create a shortlist",
        "Create a shortlist with a new name, with clips in their order if you have chosen them. An "
        "item is a `hit_id`, or `title_id` with `start_frame` and exclusive `end_frame`.",
        *(CreateArguments, ShortlistBody, create_shortlist),
        changes=True,
    ),
    Tool(
        "add_to_shortlist",
        "Add clips to a shortlist",
        "Add clips to a shortlist, at a position or at the end.",
        *(AddArguments, ShortlistBody, add_to_shortlist),
        changes=True,
    ),
    Tool(
        "change_shortlist",
        "Change a shortlist",
        "Reorder, trim, annotate or remove items of a shortlist, or give it another name or target "
        "length. `undo_shortlist` takes it back.",
        *(ChangeArguments, ShortlistBody, change_shortlist),
        changes=True,
        destructive=True,
    ),
    Tool(
        "undo_shortlist",
        "Undo a change",
        "Take back the latest change of a shortlist, whoever made it.",
        *(UndoArguments, ShortlistBody, undo_shortlist),
        changes=True,
        destructive=True,
    ),
    Tool(
        "export_shortlist",
        "Export a shortlist",
        "Return a shortlist as a file for an editing system: EDL, OpenTimelineIO, FCP7 XML, FCPXML "
        "or CSV.",
        *(ExportArguments, Exported, export_shortlist),
    ),
)
