"""Keys from the command line."""

import json
from pathlib import Path

from app.auth.keys import KeyStore
from app.database.engine import DATABASE, Database
from tests.app.cli.conftest import Reelfind


def test_a_key_is_made_listed_and_revoked(reelfind: Reelfind, tmp_path: Path) -> None:
    data = ("--data", tmp_path / "new")
    assert "reelfind keys make" in reelfind("keys", "list", *data).out
    made = reelfind("keys", "make", "promo", "--scope", "write", *data)
    assert made.code == 0
    text = made.out.strip()
    assert text.startswith("rf_")
    assert "not shown again" in made.err
    with Database(tmp_path / "new" / DATABASE) as database:
        store = KeyStore(database)
        found = store.find(text)
    assert found is not None
    assert (found.name, found.scope) == ("promo", "write")
    listed = reelfind("keys", "list", *data, "--json").out
    assert text not in listed
    (row,) = json.loads(listed)["keys"]
    assert (row["name"], row["scope"], row["revoked"]) == ("promo", "write", None)
    assert reelfind("keys", "make", "promo", *data).code == 1
    assert "Revoked promo" in reelfind("keys", "revoke", "promo", *data).out
    with Database(tmp_path / "new" / DATABASE) as database:
        store = KeyStore(database)
        assert store.find(text) is None
    assert json.loads(reelfind("keys", "list", *data, "--json").out)["keys"][0]["revoked"]
    again = reelfind("keys", "revoke", "promo", *data)
    assert again.code == 1
    assert "promo: no key in use" in again.err


def test_a_scope_that_is_none_is_wrong_usage(reelfind: Reelfind, tmp_path: Path) -> None:
    assert reelfind("keys", "make", "a", "--scope", "root", "--data", tmp_path).code == 2
