"""Decides whether a request is admitted: by key, by session, or freely on loopback."""

import hmac
import ipaddress
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from starlette.requests import HTTPConnection

from app.auth.keys import KeyStore, hashed
from app.auth.limits import limits_of
from app.auth.origins import SAFE
from app.auth.scopes import Scope, allows
from app.auth.sessions import COOKIE, Sessions
from app.database.engine import Database
from indexer.errors import ReelfindError
from indexer.network import is_loopback
from indexer.settings import Settings

FAILURES = "20/minute"
"""Wrong keys that one address may try."""

ENVIRONMENT = "environment"
"""The id of the key in the settings."""
MACHINE = "this-machine"
"""The id of the key for commands on the server's machine."""

_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


class RefusedError(ReelfindError):
    """A request was refused.

    Args:
        status: 401 without a valid key, 403 if its scope is too low, 429 above its rate.
        message: the line for the user.
        wait: seconds after which it may be tried again.
    """

    def __init__(self, status: Literal[401, 403, 429], message: str, wait: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller of a request: the id, name and scope of the key."""

    key_id: str
    name: str
    scope: Scope


ANYONE = Caller("", "", "admin")
"""The caller of requests that need no key: a user on this machine."""


class Authenticator:
    """Checks the requests to one data directory.

    Without ``guarded`` everyone may do everything, but only under this machine's own names:
    another site could let a name of its own resolve to 127.0.0.1 (DNS rebinding).
    """

    def __init__(self, data: Path, settings: Settings, *, guarded: bool) -> None:
        self.guarded = guarded
        self.machine_key = secrets.token_urlsafe(32)
        """A key with all scopes, valid while this process runs."""
        self._database = Database.of(data, settings)
        self._keys = KeyStore(self._database)
        self._sessions = Sessions(self._database, settings.server.session_hours)
        self._own = {Caller(MACHINE, MACHINE, "admin"): hashed(self.machine_key)}
        if settings.server.key is not None:
            text = settings.server.key.get_secret_value()
            self._own[Caller(ENVIRONMENT, ENVIRONMENT, "admin")] = hashed(text)
        self.origins = frozenset(settings.api.origins)
        """Other sites whose pages may call the API."""
        self._names = {*_LOOPBACK_NAMES, *(name.casefold() for name in settings.server.names)}
        self._limits = limits_of(settings.api.rate, "requests", self._database)
        self._failures = limits_of(FAILURES, "wrong keys", self._database)

    def has_keys(self) -> bool:
        """Return whether there is a key besides the process's own, so that anybody can sign in."""
        stored = any(key.revoked is None for key in self._keys.all())
        return stored or len(self._own) > 1

    def answers_to(self, host: str) -> bool:
        """Return whether ``host`` (with or without a port) is a name of this server."""
        name = host.casefold()
        if not name.endswith("]"):
            name = name.rpartition(":")[0] or name
        return self.guarded or name in self._names

    def admit(self, request: HTTPConnection, needed: Scope, *, counted: bool = True) -> Caller:
        """Return the caller if they have the scope ``needed``.

        Args:
            counted: whether the request counts against the key's rate.

        Raises:
            RefusedError: they lack the scope, or exceed the rate.
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
        """Return the caller, by key or by the browser's session; None for an anonymous request.

        A session allows reading only, since another site can make a browser send its cookie.

        Raises:
            RefusedError: the key is wrong.
        """
        if not self.guarded:
            return ANYONE
        kind, _, text = request.headers.get("authorization", "").partition(" ")
        if kind.casefold() == "bearer":
            address = request.client.host if request.client else ""
            return self.caller_by_key(text.strip(), address)
        if request.scope.get("method", "GET") not in SAFE:
            return None
        return self.caller_by_session(request.cookies.get(COOKIE, ""))

    def caller_by_key(self, text: str, address: str) -> Caller:
        """Return the caller with the key ``text``.

        A valid key is never refused because of wrong ones from the same address.

        Raises:
            RefusedError: the key is wrong, or ``address`` tried too many wrong ones.
        """
        found = self._owner(text)
        if found is not None:
            return found
        wait = self._failures.wait(network_of(address))
        if wait:
            raise RefusedError(429, f"too many wrong keys; try again in {wait} s", wait)
        raise RefusedError(401, "this key is not known here, or was revoked")

    def _owner(self, text: str) -> Caller | None:
        """Return the owner of a key. It compares digests, so that timing reveals nothing."""
        digest = hashed(text)
        for caller, own in self._own.items():
            if hmac.compare_digest(own, digest):
                return caller
        key = self._keys.find(text)
        return Caller(key.key_id, key.name, key.scope) if key else None

    @property
    def session_seconds(self) -> int:
        """How long a session lasts."""
        return self._sessions.seconds

    def open_session(self, caller: Caller) -> str:
        """Open a browser's session for a caller, and return its token.

        One of a key that is not in the database ends when the server has another.
        """
        return self._sessions.open(caller.key_id, self._own.get(caller, ""))

    def close_session(self, token: str) -> None:
        """End a session."""
        self._sessions.close(token, self._own.values())

    def caller_by_session(self, token: str) -> Caller | None:
        """Return the caller of the session ``token``; None if it ended or its key was revoked."""
        key_id = self._sessions.read(token, self._own.values()) if token else None
        if key_id is None:
            return None
        for caller in self._own:
            if caller.key_id == key_id:
                return caller
        key = self._keys.by_id(key_id)
        return Caller(key.key_id, key.name, key.scope) if key else None

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def is_guarded(host: str, settings: Settings) -> bool:
    """Return whether clients that reach ``host``, directly or through a proxy, need keys."""
    if settings.server.keys != "auto":
        return settings.server.keys == "always"
    return not is_loopback(host) or bool(settings.server.proxies)


def is_own_machine(host: str, settings: Settings) -> bool:
    """Return whether a client that reaches ``host`` without a key must be on this machine.

    A server with other names is behind a proxy, or meant to be.
    """
    server = settings.server
    local = is_loopback(host) and not server.names and not server.proxies
    return local and not is_guarded(host, settings)


def network_of(address: str) -> str:
    """Return the network for which wrong keys are counted: an IPv4 address, or an IPv6 /64."""
    try:
        read = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(read, ipaddress.IPv6Address):
        return str(read.ipv4_mapped or ipaddress.IPv6Network((read, 64), strict=False))
    return str(read)
