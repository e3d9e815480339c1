"""Every field of a search can be asked for on the command line."""

import base64
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from app.cli import search as command
from app.records import SearchResponse
from app.search.request import SearchRequest
from tests.app.search.fields import SAMPLES

OTHERWISE = {"routes": "--route", "merge": "--merge", "has_dialogue": "--no-dialogue"}


@pytest.mark.parametrize("field", SearchRequest.model_fields)
def test_an_option_asks_for_a_field(
    field: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[SearchRequest] = []

    def answer(_data: Path, request: SearchRequest) -> SearchResponse:
        asked.append(request)
        return SearchResponse(query=request, took_ms=0.0, hits=[])

    monkeypatch.setattr(command, "run_search", answer)
    app = typer.Typer()
    app.command()(command.search)
    value = SAMPLES[field]
    line = ["a street"] if field != "q" else [value]
    option = OTHERWISE.get(field, "--" + field.replace("_", "-"))
    if isinstance(value, bool):
        line.append(option)
    elif field in ("still", "clip"):
        file = tmp_path / "example"
        file.write_bytes(base64.b64decode(value))
        line += [option, str(file)]
    elif field != "q":
        line += [
            part
            for each in (value if isinstance(value, list) else [value])
            for part in (option, str(each))
        ]
    ran = CliRunner().invoke(app, [*line, "--data", str(tmp_path), "--json"])
    assert ran.exit_code == 0, ran.output
    expected = {"q": "a street", "limit": 10, field: value}
    assert asked == [SearchRequest(**expected)]


def test_bounds_are_those_of_the_field(tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(command.search)
    ran = CliRunner().invoke(app, ["--min-worthiness", "2", "--data", str(tmp_path)])
    assert ran.exit_code == 2
    assert "--min-worthiness" in ran.output
