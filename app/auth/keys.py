"""API keys with their scopes and rates, stored as hashes in the data directory's database."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import RowMapping, select

from app.auth.scopes import Scope
from app.database.engine import Database
from app.database.tables import KEYS
from indexer.errors import ReelfindError

PREFIX = "rf_"
_WHAT = "keys"


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret, which is not stored. Times are UTC without a zone."""

    key_id: str
    name: str
    scope: Scope
    created: datetime
    revoked: datetime | None = None


class KeyStore:
    """The keys of a data directory."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def make(self, name: str, scope: Scope) -> tuple[str, Key]:
        """Create a key; its secret is returned here and stored nowhere.

        Raises:
            ReelfindError: a key of this name is in use.
        """
        if not name.strip() or len(name) > 200:
            raise ReelfindError("a key needs a name of 1 to 200 letters: who or what uses it")
        if any(key.name == name and key.revoked is None for key in self.all()):
            raise ReelfindError(
                f"{name}: a key of this name is in use; choose another name, or revoke it first"
            )
        text = PREFIX + secrets.token_urlsafe(32)
        key = Key(secrets.token_hex(4), name, scope, _now())
        row = {
            "key_id": key.key_id,
            "name": name,
            "scope": scope,
            "created": key.created,
            "hash": hashed(text),
        }
        with self._database.begin(_WHAT) as connection:
            connection.execute(KEYS.insert(), row)
        return text, key

    def all(self) -> list[Key]:
        """Return all keys, oldest first, including revoked ones."""
        with self._database.read(_WHAT) as connection:
            rows = connection.execute(select(KEYS).order_by(KEYS.c.created, KEYS.c.key_id))
            return [_key(row) for row in rows.mappings()]

    def find(self, text: str) -> Key | None:
        """Return the key with the secret ``text``; None if it is unknown or revoked."""
        with self._database.read(_WHAT) as connection:
            query = select(KEYS).where(KEYS.c.hash == hashed(text), KEYS.c.revoked.is_(None))
            row = connection.execute(query).mappings().first()
        return _key(row) if row is not None else None

    def by_id(self, key_id: str) -> Key | None:
        """Return the key with this id; None if it is unknown or revoked."""
        with self._database.read(_WHAT) as connection:
            query = select(KEYS).where(KEYS.c.key_id == key_id, KEYS.c.revoked.is_(None))
            row = connection.execute(query).mappings().first()
        return _key(row) if row is not None else None

    def revoke(self, name_or_id: str) -> Key:
        """Refuse a key from now on.

        Raises:
            ReelfindError: none in use has this name or id.
        """
        for key in self.all():
            if key.revoked is None and name_or_id in (key.name, key.key_id):
                now = _now()
                with self._database.begin(_WHAT) as connection:
                    connection.execute(
                        KEYS.update().where(KEYS.c.key_id == key.key_id).values(revoked=now)
                    )
                return Key(key.key_id, key.name, key.scope, key.created, now)
        raise ReelfindError(f"{name_or_id}: no key in use by this name; see reelfind keys list")


def hashed(text: str) -> str:
    """Return the SHA-256 of a key, in hex.

    A key is 256 random bits, so a slow hash made for passwords would protect nothing more.
    """
    return hashlib.sha256(text.encode()).hexdigest()


def _key(row: RowMapping) -> Key:
    return Key(row["key_id"], row["name"], row["scope"], row["created"], row["revoked"])


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
