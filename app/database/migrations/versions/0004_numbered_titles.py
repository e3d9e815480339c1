"""Saved searches note a number beside the time until which they were looked at and told.

Titles that were indexed before have no number and go by time; those that are indexed from now on
have one above 0, and are new to every saved search of before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the numbers: 0 for saved searches of before."""
    for name in ("seen_number", "told_number"):
        op.add_column("saved_searches", sa.Column(name, sa.Integer))
    op.execute("UPDATE saved_searches SET seen_number = 0, told_number = 0")
