"""Lets reviewers in by the key of a link: to one list, and nothing else."""

from app.auth.authenticator import FAILURES, RefusedError, network_of
from app.auth.limits import limits_of
from app.database.engine import Database
from app.reviews.store import Link, ReviewStore

RATE = "300/minute"
"""Requests of a link; films and stills count for none."""
WRITES = "30/minute"
"""Comments and approvals of a link."""


class Reviewers:
    """Checks the keys of review links. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._store = ReviewStore(database)
        self._limits = limits_of(RATE, "reviews", database)
        self._writes = limits_of(WRITES, "comments", database)
        self._failures = limits_of(FAILURES, "wrong review keys", database)

    def admit(self, key: str, address: str, *, counted: bool = True, writes: bool = False) -> Link:
        """Return the link with a key.

        Args:
            key: as it came.
            address: of the client; wrong keys are counted for its network.
            counted: whether the request counts against the link's rate.
            writes: whether it adds a comment or an approval.

        Raises:
            RefusedError: no link has this key, it is over or revoked, or has too many requests.
        """
        link = self._store.find(key) if key else None
        if link is None:
            wait = self._failures.wait(network_of(address)) if key else 0
            if wait:
                raise RefusedError(429, f"too many wrong keys; try again in {wait} s", wait)
            raise RefusedError(401, "this review link is not valid any more; ask for a new one")
        for limits, applies in ((self._limits, counted), (self._writes, writes)):
            wait = limits.wait(link.link_id) if applies else 0
            if wait:
                raise RefusedError(429, f"too many requests; try again in {wait} s", wait)
        return link
