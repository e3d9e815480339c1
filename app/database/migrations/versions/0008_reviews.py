"""Links by which others review a shortlist, and what they say of it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "review_links",
        sa.Column("link_id", sa.String(16), primary_key=True),
        _shortlist_id(index=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False, unique=True),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("ends", sa.DateTime, nullable=False),
        sa.Column("revoked", sa.DateTime),
    )
    op.create_table(
        "review_comments",
        sa.Column("comment_id", sa.String(32), primary_key=True),
        _shortlist_id(index=True),
        _link_id(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("item_id", sa.String(32)),
        sa.Column("frame", sa.Integer),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("made", sa.DateTime, nullable=False),
    )
    op.create_table(
        "review_approvals",
        _shortlist_id(primary_key=True),
        sa.Column("item_id", sa.String(32), primary_key=True),
        _link_id(primary_key=True),
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("approved", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("made", sa.DateTime, nullable=False),
    )


def _shortlist_id(primary_key: bool = False, index: bool = False) -> sa.Column[str]:
    key = sa.ForeignKey("shortlists.shortlist_id", ondelete="CASCADE")
    return sa.Column(
        "shortlist_id", sa.String(32), key, nullable=False, primary_key=primary_key, index=index
    )


def _link_id(primary_key: bool = False, index: bool = False) -> sa.Column[str]:
    key = sa.ForeignKey("review_links.link_id", ondelete="CASCADE")
    return sa.Column(
        "link_id", sa.String(16), key, nullable=False, primary_key=primary_key, index=index
    )
