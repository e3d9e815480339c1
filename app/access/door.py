"""The one place that decides who comes in: by key, by session, or freely on loopback."""

import ipaddress
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from starlette.requests import HTTPConnection

from app.access.keys import KeyStore, Scope, allows, hashed
from app.access.limits import Limits
from app.access.sessions import COOKIE, Sessions
from app.database.engine import Database
from indexer.errors import ReelfindError
from indexer.settings import Settings

FAILURES = "20/minute"
"""Wrong keys that one address may try."""

ENVIRONMENT = "environment"
"""The id of the key that the settings hold."""
MACHINE = "this-machine"
"""The id of the key that a command line beside the server uses."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


class RefusedError(ReelfindError):
    """A request that may not come in.

    Args:
        status: 401 without a good key, 403 with one that does not allow it, 429 too often.
        message: the line for the user.
        wait: seconds after which it may be tried again.
    """

    def __init__(self, status: Literal[401, 403, 429], message: str, wait: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the id and name of the key, and what it allows."""

    key_id: str
    name: str
    scope: Scope


ANYONE = Caller("", "", "admin")
"""Whoever asks where no key is needed: who sits at this machine."""


class Door:
    """Checks the requests to one data directory.

    Without ``guarded`` everyone may do everything, but only the names of this machine are
    answered to: a page elsewhere could make a name of its own mean 127.0.0.1.
    """

    def __init__(self, data: Path, settings: Settings, *, guarded: bool) -> None:
        self.guarded = guarded
        self.sessions = Sessions(settings.server.session_hours)
        self.machine_key = secrets.token_urlsafe(32)
        """Allows everything while this process runs."""
        self._database = Database.of(data, settings)
        self._keys = KeyStore(self._database)
        self._own = {hashed(self.machine_key): Caller(MACHINE, MACHINE, "admin")}
        if settings.server.key is not None:
            text = settings.server.key.get_secret_value()
            self._own[hashed(text)] = Caller(ENVIRONMENT, ENVIRONMENT, "admin")
        self._names = {*_LOOPBACK_NAMES, *(name.casefold() for name in settings.server.names)}
        self._limits = Limits(settings.api.rate)
        self._failures = Limits(FAILURES)

    def has_keys(self) -> bool:
        """Say whether anybody could come in: there is a key besides the process's own."""
        stored = any(key.revoked is None for key in self._keys.all())
        return stored or len(self._own) > 1

    def answers_to(self, host: str) -> bool:
        """Say whether a request may call this server ``host`` (with or without a port)."""
        name = host.casefold()
        if not name.endswith("]"):
            name = name.rpartition(":")[0] or name
        return self.guarded or name in self._names

    def admit(self, request: HTTPConnection, needed: Scope, *, counted: bool = True) -> Caller:
        """Return who asks, where they may do what ``needed`` is needed for.

        Args:
            counted: whether the request counts against the key's rate.

        Raises:
            RefusedError: they may not, or not now.
        """
        if not self.guarded:
            return ANYONE
        caller = self.caller(request)
        if caller is None:
            raise RefusedError(
                401,
                "a key is needed: send `Authorization: Bearer KEY` with one that "
                "`reelfind keys make` printed",
            )
        if not allows(caller.scope, needed):
            raise RefusedError(
                403,
                f"this needs a key with scope {needed}, and {caller.name} has scope {caller.scope}",
            )
        wait = self._limits.wait(caller.key_id) if counted else 0
        if wait:
            raise RefusedError(
                429, f"{caller.name}: too many requests; ask again in {wait} s", wait
            )
        return caller

    def caller(self, request: HTTPConnection) -> Caller | None:
        """Return who asks, by key or by the browser's session; None where nobody is named.

        A session counts for reading alone, since another site can make a browser send it.

        Raises:
            RefusedError: a key is given and is wrong.
        """
        if not self.guarded:
            return ANYONE
        kind, _, text = request.headers.get("authorization", "").partition(" ")
        if kind.casefold() == "bearer":
            address = request.client.host if request.client else ""
            return self.caller_by_key(text.strip(), address)
        if request.scope.get("method", "GET") not in _SAFE:
            return None
        return self.caller_by_session(request.cookies.get(COOKIE, ""))

    def caller_by_key(self, text: str, address: str) -> Caller:
        """Return who has the key ``text``.

        Raises:
            RefusedError: nobody, or ``address`` tried too many that are wrong.
        """
        wait = self._failures.is_full(address)
        if wait:
            raise RefusedError(429, f"too many wrong keys; try again in {wait} s", wait)
        found = self._own.get(hashed(text))
        if found is None:
            key = self._keys.find(text)
            found = Caller(key.key_id, key.name, key.scope) if key else None
        if found is None:
            self._failures.wait(address)
            raise RefusedError(401, "this key is not known here, or was revoked")
        return found

    def caller_by_session(self, token: str) -> Caller | None:
        """Return whose session ``token`` stands for; None if it ended or its key was revoked."""
        key_id = self.sessions.read(token)
        if key_id is None:
            return None
        for caller in self._own.values():
            if caller.key_id == key_id:
                return caller
        key = self._keys.by_id(key_id)
        return Caller(key.key_id, key.name, key.scope) if key else None

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()


def is_guarded(host: str, settings: Settings) -> bool:
    """Say whether keys are needed by whoever can reach ``host``."""
    if settings.server.keys != "auto":
        return settings.server.keys == "always"
    return not _is_loopback(host)


def is_own_machine(host: str, settings: Settings) -> bool:
    """Say whether whoever reaches ``host`` without a key sits at this machine.

    A server that answers to other names has a proxy before it, or means to.
    """
    guarded = is_guarded(host, settings)
    return not guarded and _is_loopback(host) and not settings.server.names


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"
