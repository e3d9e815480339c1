"""No number that comes in is NaN or infinite, by whatever way it comes."""

import importlib
import json
import math
import pkgutil
import typing
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from starlette.testclient import TestClient

import app
import indexer
from app.search.filters import parse_condition
from app.search.request import SearchRequest
from indexer.sections import Section
from tests.app.cli.conftest import Reelfind, reelfind

__all__ = ["reelfind"]

WRONG = ["NaN", "Infinity", "-Infinity", "1e999"]
CONDITIONS = ["nan", "inf", "-inf", "1e999", "-1e999", "Infinity", "0x1", "1,5", "much", "nan(1)"]


def given_by_people() -> Iterator[type[BaseModel]]:
    """The records of requests and settings: those that refuse unknown names."""
    for package in (app, indexer):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            # Pages are scripts, and draw themselves when they are imported.
            if not module.name.startswith(("app.ui", "app.database.migrations", "app.demo")):
                importlib.import_module(module.name)
    waiting = [BaseModel]
    while waiting:
        found = waiting.pop()
        waiting.extend(found.__subclasses__())
        ours = found.__module__.split(".")[0] in ("app", "indexer")
        if ours and found.model_config.get("extra") == "forbid":
            yield found


def takes_float(annotation: Any) -> bool:
    return annotation is float or any(map(takes_float, typing.get_args(annotation)))


def test_no_record_takes_a_number_that_is_none() -> None:
    tried = 0
    for record in set(given_by_people()):
        for name, field in record.model_fields.items():
            if not takes_float(field.annotation):
                continue
            tried += 1
            for number in (math.nan, math.inf, -math.inf):
                for value in (number, {"clip": number}):
                    with pytest.raises(ValidationError) as refused:
                        record.model_validate({field.alias or name: value})
                    wrong = [each for each in refused.value.errors() if each["loc"][0] == name]
                    assert wrong, f"{record.__name__}.{name} takes {value}"
    assert tried > 30


@pytest.mark.parametrize("number", CONDITIONS)
@pytest.mark.parametrize("operator", [">=", "<="])
def test_a_condition_compares_with_a_number(number: str, operator: str) -> None:
    with pytest.raises(ValueError, match="needs a number"):
        parse_condition(f"clip-worthiness{operator}{number}")
    assert parse_condition(f"mood={number}").value == number


@pytest.mark.parametrize("number", CONDITIONS)
def test_the_api_refuses_such_a_filter_by_its_name(client: TestClient, number: str) -> None:
    where = f"clip-worthiness>={number}"
    for answer in (
        client.get("/api/v1/search", params={"where": where}),
        client.post("/api/v1/search", json={"where": [where]}),
        client.get("/api/v1/facets", params={"where": where}),
    ):
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "where"


@pytest.mark.parametrize("number", WRONG)
@pytest.mark.parametrize("name", ["min_worthiness", "max_duration", "min_start", "within"])
def test_the_api_refuses_such_a_number(client: TestClient, name: str, number: str) -> None:
    body = f'{{"q": "a", "{name}": {number}}}'
    headers = {"content-type": "application/json"}
    answers = [
        client.get("/api/v1/search", params={name: number}),
        client.post("/api/v1/search", content=body, headers=headers),
    ]
    for answer in answers:
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == name


@pytest.mark.parametrize("rate", ["nan", "inf", "1e999999999", "1E99", "-25", "25/0", "1/1e9"])
def test_a_rate_is_refused_before_it_is_worked_out(client: TestClient, rate: str) -> None:
    made = client.post("/api/v1/shortlists", json={"name": f"Rate {rate}"}).json()
    where = f"/api/v1/shortlists/{made['shortlist_id']}"
    try:
        answer = client.get(f"{where}/export", params={"format": "edl", "rate": rate})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "rate"
    finally:
        client.delete(where, headers={"If-Match": "*"})


@pytest.mark.parametrize(
    "field",
    [
        *("q", "then", "also", "cursor", "still", "clip"),
        *("like", "unlike", "good", "bad", "tone", "title_none", "where", "routes", "season"),
    ],
)
def test_what_is_endless_is_refused_shortly(client: TestClient, field: str) -> None:
    long = "x" * (17 * 2**20 + 1) if field in ("still", "clip") else "x" * 10_000
    is_list = typing.get_origin(SearchRequest.model_fields[field].annotation) is list
    for value in [[long], ["x"] * 2_000] if is_list else [long]:
        body = json.dumps({"q": "a", field: value})
        answer = client.post(
            "/api/v1/search", content=body, headers={"content-type": "application/json"}
        )
        assert answer.status_code == 422, answer.text[:200]
        assert answer.json()["errors"][0]["field"].split(".")[0] == field
        assert len(answer.content) < 20_000


@pytest.mark.parametrize(
    "command",
    [
        ("search", "--min-worthiness"),
        ("search", "--max-start"),
        ("search", "a", "--then", "b", "--within"),
        ("ads", "--min-distance"),
        ("ads", "--earliest"),
        ("shortlist", "new", "A", "--target"),
        ("shortlist", "suggest", "A", "--length"),
    ],
)
@pytest.mark.parametrize("number", ["nan", "inf", "1e999"])
def test_the_command_line_refuses_such_a_number(
    reelfind: Reelfind, command: tuple[str, ...], number: str, tmp_path: Any
) -> None:
    ran = reelfind(*command, number, "--data", tmp_path / "data")
    assert ran.code in (1, 2)
    assert "Traceback" not in ran.err
    assert ran.err.strip()
    assert "nothing is indexed" not in ran.err


def test_every_section_of_the_settings_refuses_them() -> None:
    assert all(each.model_config.get("allow_inf_nan") is False for each in Section.__subclasses__())


def test_of_many_problems_the_first_are_told(client: TestClient) -> None:
    label = {"task": "t" * 200, "title": "x" * 200, "start": 0, "end": 1}
    answer = client.post("/api/v1/labels", json={"labels": [label] * 1000})
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 20
    assert answer.json()["detail"].endswith(("and 980 more", "letters)"))
    assert len(answer.content) < 20_000
