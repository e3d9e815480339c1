"""Sessions of the browser: opened, ended, never guessed."""

from app.auth.sessions import Sessions


def test_a_session_ends_and_is_not_forged() -> None:
    sessions = Sessions(1)
    token, other = sessions.open("abcd"), sessions.open("abcd")
    assert sessions.read(token) == "abcd"
    assert Sessions(1).read(token) is None
    for broken in ("", ".", "abcd.é.ü", token[:-1], f"{token}="):
        assert sessions.read(broken) is None
    sessions.close(token)
    assert sessions.read(token) is None
    assert sessions.read(other) == "abcd"
    sessions.close("nonsense")
    ended = Sessions(-1)
    assert ended.read(ended.open("abcd")) is None
