"""The reels that are asked for, in the database: any server renders one, and shows how far it is.

A reel that is rendered belongs to one server for as long as its lease, which the server renews. One
whose lease has run out waits again.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from pydantic import TypeAdapter
from sqlalchemy import Row, func, select

from app.database.engine import Database
from app.database.sharing import now
from app.database.tables import REELS
from app.exports.cut import Cut
from app.exports.records import ReelBody, ReelState
from app.exports.reel import ReelOptions
from indexer.errors import BusyError
from indexer.named_roots import NO_ROOTS, NamedRoots

MOST_WAITING = 20
REMEMBERED = timedelta(days=1)
"""How long it is known why a reel failed, and that one was cancelled."""

State = Literal["waiting", "rendering", "cancelling", "done", "failed", "cancelled"]

_WHAT = "reels"
_WORK = TypeAdapter(tuple[Cut, ReelOptions])
_GOING = REELS.c.state.in_(("rendering", "cancelling"))


@dataclass(frozen=True)
class ToRender:
    """A reel that this server renders now."""

    reel_id: str
    cut: Cut
    options: ReelOptions


class ReelStore:
    """The reels of a data directory's database."""

    def __init__(
        self, database: Database, owner: str, seconds: float, roots: NamedRoots = NO_ROOTS
    ) -> None:
        """Take reels for ``owner``, with leases that last so many seconds.

        Films are kept by the ``roots`` of this machine.
        """
        self._database = database
        self._roots = roots
        self._owner = owner
        self._lease = timedelta(seconds=seconds)

    def find(self, reel_id: str) -> ReelBody | None:
        """Return how far a reel is; None if it was not asked for.

        Raises:
            DatabaseError: it cannot be read.
        """
        with self._database.read(_WHAT) as connection:
            row = connection.execute(select(REELS).where(REELS.c.reel_id == reel_id)).first()
        return _body(row) if row is not None else None

    def ask(self, reel_id: str, cut: Cut, options: ReelOptions) -> ReelBody:
        """Put a reel at the end of the queue, unless it is in it.

        Raises:
            BusyError: too many wait already.
            DatabaseError: it cannot be written.
        """
        one = REELS.c.reel_id == reel_id
        with self._database.begin(_WHAT) as connection:
            row = connection.execute(select(REELS).where(one).with_for_update()).first()
            if row is not None and row.state in ("waiting", "rendering"):
                return _body(row)
            waiting = select(func.count()).where(REELS.c.state == "waiting")
            if connection.execute(waiting).scalar_one() >= MOST_WAITING:
                raise BusyError(f"{MOST_WAITING} reels are waiting already; try again later", 60)
            moment = now(connection)
            old = ~_GOING & (REELS.c.state != "waiting") & (REELS.c.asked < moment - REMEMBERED)
            connection.execute(REELS.delete().where(one | old))
            work = _WORK.dump_json((cut, options), context=self._roots).decode()
            values = {"state": "waiting", "asked": moment, "share": 0.0, "problem": ""}
            connection.execute(REELS.insert(), {"reel_id": reel_id, "work": work} | values)
        return ReelBody.of(reel_id, "waiting")

    def take(self) -> ToRender | None:
        """Return the reel that has waited longest, which nobody else renders meanwhile.

        Raises:
            DatabaseError: they cannot be read or written.
        """
        undone = _GOING | (REELS.c.state == "waiting")
        with self._database.read(_WHAT) as connection:
            if connection.scalar(select(REELS.c.reel_id).where(undone).limit(1)) is None:
                return None
        with self._database.begin(_WHAT) as connection:
            moment = now(connection)
            left = REELS.c.lease < moment
            if not self._database.is_shared:
                left = REELS.c.owner != self._owner  # Of a server that stopped: there is one.
            for state, after in (("rendering", "waiting"), ("cancelling", "cancelled")):
                given_up = REELS.update().where((REELS.c.state == state) & left)
                connection.execute(given_up.values(state=after, owner=None, lease=None))
            waiting = select(REELS).where(REELS.c.state == "waiting").order_by(REELS.c.asked)
            row = connection.execute(waiting.limit(1).with_for_update(skip_locked=True)).first()
            if row is None:
                return None
            values = {"state": "rendering", "owner": self._owner, "lease": moment + self._lease}
            connection.execute(_one(row.reel_id).values(values))
        work = _WORK.validate_json(row.work, context=self._roots)
        return ToRender(row.reel_id, *work)

    def renew(self, reel_id: str, share: float) -> State | None:
        """Renew the lease of a reel, and write how much of it is rendered.

        Returns:
            Its state: "cancelling" once somebody cancelled it. None where it is not this server's
            any more.

        Raises:
            DatabaseError: it cannot be written.
        """
        with self._database.begin(_WHAT) as connection:
            lease = now(connection) + self._lease
            renewed = self._mine(reel_id).values(share=share, lease=lease)
            state: State | None = connection.scalar(renewed.returning(REELS.c.state))
        return state

    def end(self, reel_id: str, state: State, problem: str = "") -> None:
        """Write how the rendering of a reel ended, unless it is not this server's any more.

        Raises:
            DatabaseError: it cannot be written.
        """
        share = float(state == "done")
        values = {"state": state, "problem": problem, "share": share, "owner": None, "lease": None}
        with self._database.begin(_WHAT) as connection:
            connection.execute(self._mine(reel_id).values(values))

    def cancel(self, reel_id: str) -> None:
        """Cancel a reel that waits or is being rendered.

        Raises:
            DatabaseError: it cannot be written.
        """
        with self._database.begin(_WHAT) as connection:
            for state, after in (("rendering", "cancelling"), ("waiting", "cancelled")):
                cancelled = _one(reel_id).where(REELS.c.state == state).values(state=after)
                connection.execute(cancelled)

    def _mine(self, reel_id: str) -> Any:
        return _one(reel_id).where(_GOING & (REELS.c.owner == self._owner))


def _one(reel_id: str) -> Any:
    return REELS.update().where(REELS.c.reel_id == reel_id)


def _body(row: Row[Any]) -> ReelBody:
    state: ReelState = "rendering" if row.state == "cancelling" else row.state
    return ReelBody.of(row.reel_id, state, row.share, row.problem)
