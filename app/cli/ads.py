"""``reelfind ads``: clips that suit an ad, and breaks between shots where it can stand."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError

from app.cli.options import DEFAULT_DATA, DataOption, JsonOption, settings_of
from app.cli.terminal import print_table
from app.exports.formats import save
from indexer.errors import InUseError, ReelfindError

if TYPE_CHECKING:
    from app.ads.lists import BreakList
    from app.ads.records import AdBreak, AdBrief, AdCandidates, AdClip
    from app.exports.formats import Format

Texts = list[str] | None
OPTIONS = {
    **{"cat": "category", "bcat": "never-category", "tones": "tone", "rolls": "roll"},
    **{"never.tones": "never-tone", "never.genres": "never-genre", "never.words": "never-word"},
}
"""Fields of a brief whose options have other names."""


def ads(
    text: Annotated[str, typer.Option(help="What the ad should stand beside.")] = "",
    data: DataOption = DEFAULT_DATA,
    category: Annotated[
        Texts, typer.Option(help="Content category to seek, by id or name; repeatable.")
    ] = None,
    never_category: Annotated[
        Texts, typer.Option(help="Category that is never beside a break; repeatable.")
    ] = None,
    cattax: Annotated[int, typer.Option(help="The categories' taxonomy: 9 is IAB 3.1.")] = 9,
    tone: Annotated[Texts, typer.Option(help="Tone to seek; repeatable.")] = None,
    avoid: Annotated[Texts, typer.Option(help="Tone to avoid where possible; repeatable.")] = None,
    never_tone: Annotated[
        Texts, typer.Option(help="Tone that is never beside a break; repeatable.")
    ] = None,
    never_genre: Annotated[Texts, typer.Option(help="No titles of this genre; repeatable.")] = None,
    never_word: Annotated[
        Texts, typer.Option(help="Words never said beside a break; repeatable.")
    ] = None,
    title: Annotated[Texts, typer.Option(help="Only in these titles; repeatable.")] = None,
    series: Annotated[Texts, typer.Option(help="Only in these series; repeatable.")] = None,
    genre: Annotated[Texts, typer.Option(help="Only titles of these genres; repeatable.")] = None,
    language: Annotated[Texts, typer.Option(help="Only in these languages; repeatable.")] = None,
    roll: Annotated[
        Texts, typer.Option(help="pre-roll, mid-roll or post-roll; repeatable. [default: mid-roll]")
    ] = None,
    earliest: Annotated[
        float | None, typer.Option(min=0, help="Seconds at the start without mid-rolls.")
    ] = None,
    latest: Annotated[
        float | None, typer.Option(min=0, help="Seconds after which no mid-roll comes.")
    ] = None,
    clear_end: Annotated[
        float | None, typer.Option(min=0, help="Seconds at the end without mid-rolls.")
    ] = None,
    min_distance: Annotated[
        float | None,
        typer.Option(min=0, help="Seconds between two breaks of a title.  [default: 300]"),
    ] = None,
    max_per_hour: Annotated[
        int | None, typer.Option(min=1, help="The most breaks within any hour of a title.")
    ] = None,
    max_load: Annotated[
        float | None, typer.Option(min=1, help="The most seconds of ads in any hour of a title.")
    ] = None,
    break_seconds: Annotated[
        float | None, typer.Option(min=1, help="Seconds that a break lasts.  [default: 120]")
    ] = None,
    per_title: Annotated[
        int | None, typer.Option(min=1, max=200, help="The most breaks in a title.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, max=200, help="The most breaks.")] = 10,
    clips: Annotated[int, typer.Option(min=0, max=100, help="The most clips.")] = 10,
    to: Annotated[
        Path | None,
        typer.Option(
            "--breaks", help="File to write the breaks to: .xml is VMAP, .csv is SCTE-35 times."
        ),
    ] = None,
    tag_url: Annotated[
        str | None,
        typer.Option(help="Template of the ad server's address for VMAP, such as {break_id}."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Find clips that suit an ad, and breaks between shots: never inside a spoken line.

    Categories and tones are estimates until probes are trained on labels.
    """
    from app.ads.lists import break_list
    from app.ads.records import AdBrief

    fields = {
        **{"text": text, "cat": category, "bcat": never_category, "cattax": cattax},
        **{"tones": tone, "avoid": avoid, "title": title, "series": series, "genre": genre},
        **{"language": language, "rolls": roll, "earliest": earliest, "latest": latest},
        **{"clear_end": clear_end, "min_distance": min_distance, "max_per_hour": max_per_hour},
        **{"max_load": max_load, "break_seconds": break_seconds, "per_title": per_title},
        **{"limit": limit, "clips": clips},
    }
    never = {"tones": never_tone, "genres": never_genre, "words": never_word}
    try:
        brief = AdBrief(**_given(fields), never=_given(never))
    except ValidationError as error:
        first = error.errors()[0]
        raise ReelfindError(_complaint(".".join(map(str, first["loc"])), first["msg"])) from error
    tag = tag_url or settings_of(data).ads.tag_url
    form = None if to is None else _format_of(to, tag)
    answer = _answer(data, brief)
    if to is not None and form is not None:
        save(to, form.content(break_list(answer, tag)))
    if as_json:
        print(answer.model_dump_json())
    else:
        _print_tables(answer)


def _format_of(file: Path, tag_url: str | None) -> "Format[BreakList]":
    """Return the format that a file's ending says, after checking what goes into it."""
    from app.ads.formats import BY_SUFFIX
    from app.ads.lists import check_tag

    check_tag(tag_url)
    form = BY_SUFFIX.get(file.suffix.removeprefix(".").lower())
    if form is None:
        known = ", ".join(f".{each.suffix} ({each.label})" for each in BY_SUFFIX.values())
        raise ReelfindError(f"{file}: its ending names no list of breaks; use one of {known}")
    return form


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _answer(data: Path, brief: "AdBrief") -> "AdCandidates":
    """Answer here, or let the server that owns the index do it."""
    from app.ads.planning import AdPlanner
    from app.running import ask_server
    from app.runtime import Runtime
    from app.search.request import RequestError

    runtime = Runtime(data, settings_of(data))
    try:
        return AdPlanner(runtime).answer([brief])[0]
    except RequestError as error:
        reason = str(error).removeprefix(f"{error.field}: ")
        raise ReelfindError(_complaint(error.field, reason)) from error
    except InUseError:
        answer = ask_server(data, lambda client: client.ad_candidates(brief))
        if answer is None:
            raise
        return answer
    finally:
        runtime.close()


def _complaint(field: str, reason: str) -> str:
    """Return what is wrong by the name of the option, not of the field."""
    name = field.rstrip(".0123456789")
    reason = reason.removeprefix("Value error, ")
    return f"--{OPTIONS.get(name, name).replace('_', '-')}: {reason}" if name else reason


def _print_tables(answer: "AdCandidates") -> None:
    clips = [
        [each.clip.title, each.clip.timecode_in, each.clip.timecode_out, *_why(each)]
        for each in answer.clips
    ]
    breaks = [[each.title, each.roll, each.timecode, *_why(each)] for each in answer.breaks]
    for columns, rows in ((["clip of", "in", "out"], clips), (["break in", "roll", "at"], breaks)):
        cells = [[str(place), *row] for place, row in enumerate(rows, start=1)]
        if cells:
            print_table(["#", *columns, "score", "why"], cells, [columns[0], "why"])
    if not breaks:
        print("No breaks. Loosen the filters, the exclusions or --min-distance.")
    out = answer.left_out
    print(
        f"{answer.titles} titles looked at; of the places between shots {out.spoken} lie inside a "
        f"spoken line, {out.unsafe} beside what is excluded, {out.outside} outside what was asked."
    )


def _why(found: "AdClip | AdBreak") -> list[str]:
    return [f"{found.score:.2f}", "; ".join(reason.told for reason in found.reasons)]
