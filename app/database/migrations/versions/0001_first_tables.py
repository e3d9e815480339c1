"""The first tables.

Databases from before the migrations have some or all of them, made one by one when they were
first needed; they stay as they are.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables that are missing."""
    op.create_table(
        "labels",
        sa.Column("task", sa.String(200), primary_key=True),
        sa.Column("class", sa.String(200), primary_key=True),
        sa.Column("title_id", sa.String(200), primary_key=True),
        sa.Column("start", sa.Double, primary_key=True),
        sa.Column("end", sa.Double, primary_key=True),
        sa.Column("annotator", sa.String(200), primary_key=True),
        sa.Column("value", sa.Double, nullable=False),
        sa.Column("date", sa.Date, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.String(16), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False, unique=True),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("revoked", sa.DateTime),
        if_not_exists=True,
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("created", sa.String(40), nullable=False),
        sa.Column("job", sa.Text, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "shortlists",
        sa.Column("shortlist_id", sa.String(32), primary_key=True),
        sa.Column("key", sa.String(200), nullable=False, unique=True),
        sa.Column("version", sa.Integer, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "shortlist_revisions",
        sa.Column("shortlist_id", sa.String(32), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("before", sa.Integer),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("target_seconds", sa.Double),
        sa.Column("items", sa.JSON, nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("made", sa.DateTime, nullable=False),
        if_not_exists=True,
    )
