"""Sessions of the browser: opened, ended, never guessed."""

from app.auth.sessions import Sessions
from app.database.engine import Database
from app.database.tables import SESSIONS


def test_a_session_ends_and_is_not_forged(database: Database) -> None:
    sessions = Sessions(database, 1)
    token, other = sessions.open("abcd"), sessions.open("abcd")
    assert sessions.read(token) == "abcd"
    for broken in ("", ".", "abcd.é.ü", token[:-1], f"{token}="):
        assert sessions.read(broken) is None
    sessions.close(token)
    assert sessions.read(token) is None
    assert sessions.read(other) == "abcd"
    sessions.close("nonsense")
    ended = Sessions(database, -1)
    assert ended.read(ended.open("abcd")) is None
    sessions.open("abcd")
    with database.begin("sessions") as connection:
        rows = connection.execute(SESSIONS.select()).all()
    assert len(rows) == 2, "those that have ended are forgotten"
    assert token not in str(rows)


def test_a_session_of_a_key_in_the_settings_ends_with_that_key(database: Database) -> None:
    sessions = Sessions(database, 1)
    token = sessions.open("environment", "the key's digest")
    assert sessions.read(token, ["another's", "the key's digest"]) == "environment"
    assert sessions.read(token, ["another's"]) is None
    assert sessions.read(token) is None
    sessions.close(token, ["the key's digest"])
    assert sessions.read(token, ["the key's digest"]) is None
