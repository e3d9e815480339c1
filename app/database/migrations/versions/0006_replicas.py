"""Rates, sessions, tickets of uploads and reels, which one server's process held before."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables; counts of requests need not outlive a crash of PostgreSQL."""
    op.create_table(
        "rates",
        sa.Column("caller", sa.String(300), primary_key=True),
        sa.Column("hits", sa.ARRAY(sa.Double).with_variant(sa.JSON(), "sqlite"), nullable=False),
        sa.Column("until", sa.Double, nullable=False),
    )
    if op.get_context().dialect.name == "postgresql":
        op.execute("ALTER TABLE rates SET UNLOGGED")
    op.create_table(
        "sessions",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("ends", sa.DateTime, nullable=False),
    )
    op.create_table(
        "upload_tickets",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("folder", sa.String(64), nullable=False),
        sa.Column("made", sa.DateTime, nullable=False),
    )
    op.create_table(
        "reels",
        sa.Column("reel_id", sa.String(16), primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("asked", sa.DateTime, nullable=False),
        sa.Column("share", sa.Double, nullable=False),
        sa.Column("problem", sa.Text, nullable=False),
        sa.Column("owner", sa.String(100)),
        sa.Column("lease", sa.DateTime),
        sa.Column("work", sa.Text, nullable=False),
    )
