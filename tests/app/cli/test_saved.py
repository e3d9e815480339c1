"""Saved searches from the command line."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from indexer.catalogue import Catalogue
from tests.app.cli.conftest import Reelfind
from tests.app.saved.conftest import Receiver, receiver

__all__ = ["receiver"]


def index(data: Path, name: str) -> None:
    """What indexing a title notes last."""
    catalogue = Catalogue(data)
    catalogue.write_manifest(replace(catalogue.find(name), indexed=datetime.now(UTC)))


def test_a_search_is_saved_with_the_options_of_search(reelfind: Reelfind, indexed: Path) -> None:
    data = ("--data", indexed)
    assert "reelfind saved add" in reelfind("saved", "list", *data).out
    saved = reelfind(
        *("saved", "add", "Music", "a man talks", "--tone", "playful", "--tone", "sad"),
        *("--min-worthiness", "0.1", "--dialogue", "--author", "ann", "--json", *data),
    )
    assert saved.code == 0, saved.err
    made = json.loads(saved.out)
    assert made["request"]["q"] == "a man talks"
    assert made["request"]["tone"] == ["playful", "sad"]
    assert (made["request"]["min_worthiness"], made["request"]["has_dialogue"]) == (0.1, True)
    assert (made["author"], made["secret"]) == ("ann", None)
    shown = reelfind("saved", "list", *data).out
    assert "playful, sad" in " ".join(shown.split())
    assert "min_worthiness" not in shown
    (listed,) = json.loads(reelfind("saved", "list", "--json", *data).out)["saved"]
    assert listed["name"] == "Music"
    again = reelfind("saved", "add", "music", *data)
    assert (again.code, "a saved search of this name exists" in again.err) == (1, True)
    wrong = reelfind("saved", "add", "Other", "--also", "x", *data)
    assert (wrong.code, "--also: needs words" in wrong.err) == (1, True)
    assert "Removed Music" in reelfind("saved", "remove", "music", *data).out
    assert reelfind("saved", "run", "Music", *data).code == 1


def test_a_run_says_what_is_new_once(reelfind: Reelfind, indexed: Path) -> None:
    data = ("--data", indexed)
    reelfind("saved", "add", "All", *data)
    assert "0 new hits in 0 titles" in reelfind("saved", "run", "All", *data).out
    index(indexed, "Bikes")
    peeked = reelfind("saved", "run", "All", "--peek", *data).out
    assert "new hits in 1 title indexed since" in peeked
    new = json.loads(reelfind("saved", "run", "All", "--new", "--json", *data).out)
    assert {hit["title"] for hit in new["hits"]} == {"Bikes"}
    after = reelfind("saved", "run", "All", "--new", *data).out
    assert after.startswith("0 new hits in 0 titles")


def test_a_webhook_is_told_by_hand(reelfind: Reelfind, indexed: Path, receiver: Receiver) -> None:
    data = ("--data", indexed)
    refused = reelfind("saved", "add", "All", "--webhook", receiver.url, *data)
    assert (refused.code, "webhooks.private" in refused.err) == (1, True)
    (indexed / "reelfind.toml").write_text("[webhooks]\nprivate = true\n")
    made = reelfind("saved", "add", "All", "--webhook", receiver.url, *data)
    assert "whsec_" in made.out
    assert "not shown again" in made.err
    idle = reelfind("saved", "deliver", *data)
    assert (idle.code, idle.out) == (0, "0 new messages; 0 arrived, 0 did not.\n")
    index(indexed, "Bikes")
    receiver.status = 500
    failed = reelfind("saved", "deliver", "--json", *data)
    assert failed.code == 1
    assert json.loads(failed.out) == {"written": 1, "arrived": 0, "failed": 1}
    assert reelfind("saved", "deliver", *data).out == "0 new messages; 0 arrived, 0 did not.\n"


def test_indexing_tells_the_webhook(
    reelfind: Reelfind, indexed: Path, films: Path, receiver: Receiver
) -> None:
    data = ("--data", indexed)
    (indexed / "reelfind.toml").write_text("[webhooks]\nprivate = true\n")
    reelfind("saved", "add", "Bikes", "--title", "Bikes", "--webhook", receiver.url, *data)
    film = films / Catalogue(indexed).find("Bikes").title.media.path.name
    assert reelfind("index", film, "--force", *data).code == 0
    assert receiver.bodies == [], "a title that was there already is not new"
    assert reelfind("remove", "Bikes", "--yes", *data).code == 0
    assert reelfind("index", film, *data).code == 0
    (body,) = receiver.bodies
    assert json.loads(body)["data"]["title"] == "Bikes"
    assert reelfind("index", film, *data).code == 0
    assert len(receiver.bodies) == 1
