"""The examples of the pages about the API, run as they stand."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from app.auth.authenticator import Authenticator
from app.runtime import Runtime
from app.search.request import SearchRequest
from app.shortlists.records import Item
from app.shortlists.store import ShortlistStore
from indexer.settings import Settings, load_settings
from tests.app.api.conftest import listening, server_of

DOCS = Path(__file__).parents[3] / "docs"
PAGES = ("ads.md", "api.md", "operations.md")
LOCAL = "http://127.0.0.1:8501"
_BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """A block of code: its language, the words after it, and its text."""

    language: str
    notes: str
    text: str


def examples(language: str) -> list[Example]:
    found = [
        Example(*block)
        for page in PAGES
        for block in _BLOCK.findall((DOCS / page).read_text(encoding="utf-8"))
    ]
    return [each for each in found if each.language == language]


def curls() -> list[Example]:
    return [each for each in examples("sh") if each.text.startswith("curl")]


@pytest.fixture(scope="module")
def variables(runtime: Runtime) -> Iterator[dict[str, str]]:
    """What the examples take from the shell, over servers that listen."""
    hit = runtime.search(SearchRequest(limit=1)).hits[0]
    shot = runtime.search(SearchRequest(limit=1, level="shot")).hits[0]
    key = "k" * 40
    authenticator = Authenticator(
        runtime.catalogue.path, Settings(server={"key": key}), guarded=True
    )
    store = ShortlistStore(runtime.database)
    for each in store.all():
        store.delete(each)
    item = Item(hit.title_id, hit.start_frame, hit.end_frame)
    listed = store.create("Documented", items=[item])
    with (
        listening(server_of(runtime)) as (host, port),
        listening(server_of(runtime, authenticator)) as (_, guarded),
    ):
        yield {
            "HOST": f"http://{host}:{port}",
            "GUARDED": f"http://{host}:{guarded}",
            "CLIP": hit.id,
            "SHOT": shot.id,
            "TITLE": hit.title_id,
            "KEY": key,
            "LIST": listed.shortlist_id,
            "ITEM": item.item_id,
        }
    authenticator.close()
    for each in store.all():
        store.delete(each)


def ask(command: str, variables: dict[str, str]) -> httpx.Response:
    """Do what a line of curl would do."""
    text = re.sub(r"\$([A-Z]+)", lambda name: variables[name[1]], command.replace("\\\n", " "))
    words = iter(shlex.split(text)[1:])
    method, address, body, headers = None, "", None, {}
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(words)
        elif word == "-o":
            next(words)
        elif word == "-L":
            continue
        else:
            assert address == "", f"more than one address, or an option not known here: {word}"
            address = word
    method = method or ("GET" if body is None else "POST")
    return httpx.request(method, address, headers=headers, content=body, timeout=60)


@pytest.mark.parametrize("example", curls(), ids=lambda each: each.text.splitlines()[0][:70])
def test_a_line_of_curl_is_answered(example: Example, variables: dict[str, str]) -> None:
    guarded = "guarded" in example.notes
    host = variables["GUARDED" if guarded else "HOST"]
    answer = ask(example.text, variables | {"HOST": host})
    expected = re.search(r"expect=(\d+)", example.notes)
    if expected:
        assert answer.status_code == int(expected[1])
        assert json.loads(answer.content)["errors"]
    else:
        assert answer.is_success, answer.text
    if guarded:
        unnamed = re.sub(r' -H "Authorization[^"]*"', "", example.text)
        assert ask(unnamed, variables | {"HOST": host}).status_code == 401


def test_there_are_lines_of_curl_for_every_group() -> None:
    text = " ".join(each.text for each in curls())
    groups = ("search", "facets", "similar", "titles", "clips", "shots", "stills", "media")
    for group in (
        *(f"v1/{each}" for each in (*groups, "labels", "shortlists", "ads")),
        "healthz",
        "readyz",
        "metrics",
    ):
        assert f"/api/{group}" in text, group


@pytest.mark.parametrize("example", examples("python"), ids=lambda each: each.text[:30])
def test_python_runs(
    example: Example, variables: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    names: dict[str, object] = {}
    exec(example.text.replace(LOCAL, variables["HOST"]), names)
    assert capsys.readouterr().out.count("\n") == 3
    assert isinstance(names["still"], bytes)


def test_the_settings_shown_are_the_defaults(tmp_path: Path) -> None:
    (text,) = [each.text for each in examples("toml") if each.text.startswith("[server]")]
    (tmp_path / "reelfind.toml").write_text(text)
    shown, default = load_settings(tmp_path), Settings()
    assert (shown.server, shown.api) == (default.server, default.api)
    assert set(shown.api.model_fields_set) == set(type(default.api).model_fields)
