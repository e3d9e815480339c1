"""Stores review links, comments and approvals beside the shortlists, and goes with them."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, Table, func, select
from sqlalchemy.exc import IntegrityError

from app.auth.keys import hashed
from app.database.engine import Database
from app.database.tables import REVIEW_APPROVALS as APPROVALS
from app.database.tables import REVIEW_COMMENTS as COMMENTS
from app.database.tables import REVIEW_LINKS as LINKS
from app.reviews.bodies import NewApproval, NewReviewComment, ReviewLinkRow
from app.shortlists.records import ShortlistError, new_id

PREFIX = "rv_"
"""Of the keys of links: they are no keys of the API."""
MOST = 2000
"""Comments of a list: a link that went astray cannot fill the database."""

_WHAT = "reviews"


@dataclass(frozen=True, slots=True)
class Link:
    """A link that works: its id, the list that it leads to, and until when."""

    link_id: str
    shortlist_id: str
    name: str
    ends: datetime


class ReviewStore:
    """The reviews of a data directory."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def make(
        self, shortlist_id: str, name: str, days: float, author: str
    ) -> tuple[str, ReviewLinkRow]:
        """Make a link; its key is returned here and stored nowhere.

        Raises:
            ShortlistError: the shortlist is gone.
        """
        key, now = PREFIX + secrets.token_urlsafe(32), datetime.now(UTC)
        made = ReviewLinkRow(
            link_id=new_id(),
            name=name,
            author=author,
            created=now,
            ends=now + timedelta(days=days),
            revoked=None,
        )
        row = {**made.model_dump(), "shortlist_id": shortlist_id, "hash": hashed(key)}
        self._insert(LINKS, row)
        return key, made

    def links(self, shortlist_id: str) -> list[ReviewLinkRow]:
        """Return all links of a shortlist, oldest first."""
        query = select(LINKS).where(LINKS.c.shortlist_id == shortlist_id)
        with self._database.read(_WHAT) as connection:
            rows = connection.execute(query.order_by(LINKS.c.created, LINKS.c.link_id)).mappings()
            return [ReviewLinkRow.model_validate(dict(row)) for row in rows]

    def find(self, key: str) -> Link | None:
        """Return the link with a key; None if it is unknown, revoked or over."""
        query = select(LINKS).where(
            LINKS.c.hash == hashed(key),
            LINKS.c.revoked.is_(None),
            LINKS.c.ends > datetime.now(UTC),
        )
        with self._database.read(_WHAT) as connection:
            row = connection.execute(query).first()
        return Link(row.link_id, row.shortlist_id, row.name, row.ends) if row else None

    def revoke(self, shortlist_id: str, link_id: str) -> None:
        """Refuse a link from now on.

        Raises:
            ShortlistError: the shortlist has no such link in use.
        """
        mine = (LINKS.c.shortlist_id == shortlist_id) & (LINKS.c.link_id == link_id)
        step = LINKS.update().where(mine, LINKS.c.revoked.is_(None))
        with self._database.begin(_WHAT) as connection:
            if connection.execute(step.values(revoked=datetime.now(UTC))).rowcount != 1:
                raise ShortlistError(f"{link_id}: no such review link; it may be revoked already")

    def comment(self, link: Link, said: NewReviewComment) -> str:
        """Add a comment, and return its id.

        Raises:
            ShortlistError: the shortlist is gone, or has too many comments.
        """
        count = select(func.count()).where(COMMENTS.c.shortlist_id == link.shortlist_id)
        with self._database.read(_WHAT) as connection:
            if (connection.scalar(count) or 0) >= MOST:
                raise ShortlistError(f"this list has {MOST:,} comments; no more are taken")
        comment_id = new_id()
        own = {"comment_id": comment_id, "made": datetime.now(UTC)}
        self._insert(COMMENTS, own | _by(link) | said.model_dump())
        return comment_id

    def approve(self, link: Link, said: NewApproval) -> None:
        """Replace what somebody who came by a link said of an item or the list, or take it back.

        Raises:
            ShortlistError: the shortlist is gone.
        """
        item_id = said.item_id or ""
        mine = (
            (APPROVALS.c.shortlist_id == link.shortlist_id)
            & (APPROVALS.c.item_id == item_id)
            & (APPROVALS.c.link_id == link.link_id)
            & (APPROVALS.c.name == said.name)
        )
        row = _by(link) | said.model_dump() | {"item_id": item_id, "made": datetime.now(UTC)}
        with self._database.begin(_WHAT) as connection:
            connection.execute(APPROVALS.delete().where(mine))
            if said.approved is None:
                return
            count = select(func.count()).where(APPROVALS.c.shortlist_id == link.shortlist_id)
            if (connection.scalar(count) or 0) >= MOST:
                raise ShortlistError(f"this list has {MOST:,} answers; no more are taken")
            try:
                connection.execute(APPROVALS.insert().values(row))
            except IntegrityError as error:
                raise _gone() from error

    def comments(self, shortlist_id: str) -> list[RowMapping]:
        """Return the comments on a shortlist, oldest first, each with the name of its ``link``."""
        return self._said(COMMENTS, shortlist_id, COMMENTS.c.comment_id)

    def approvals(self, shortlist_id: str) -> list[RowMapping]:
        """Return the answers on a shortlist, oldest first, each with the name of its ``link``."""
        return self._said(APPROVALS, shortlist_id, APPROVALS.c.item_id)

    def remove(self, shortlist_id: str, comment_id: str) -> None:
        """Delete a comment.

        Raises:
            ShortlistError: the shortlist has no such comment.
        """
        mine = (COMMENTS.c.shortlist_id == shortlist_id) & (COMMENTS.c.comment_id == comment_id)
        with self._database.begin(_WHAT) as connection:
            if connection.execute(COMMENTS.delete().where(mine)).rowcount != 1:
                raise ShortlistError(f"{comment_id}: no such comment")

    def _said(self, table: Table, shortlist_id: str, then: Any) -> list[RowMapping]:
        named = LINKS.c.name.label("link")
        query = select(table, named).join(LINKS, LINKS.c.link_id == table.c.link_id)
        query = query.where(table.c.shortlist_id == shortlist_id).order_by(table.c.made, then)
        with self._database.read(_WHAT) as connection:
            rows: Sequence[RowMapping] = connection.execute(query).mappings().all()
        return list(rows)

    def _insert(self, table: Table, row: dict[str, Any]) -> None:
        with self._database.begin(_WHAT) as connection:
            try:
                connection.execute(table.insert().values(row))
            except IntegrityError as error:
                raise _gone() from error


def _by(link: Link) -> dict[str, str]:
    return {"shortlist_id": link.shortlist_id, "link_id": link.link_id}


def _gone() -> ShortlistError:
    return ShortlistError("this shortlist was deleted meanwhile")
