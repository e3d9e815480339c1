"""Frame grids to which shortlists and labels were moved."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "title_grids",
        sa.Column("title_id", sa.String(200), primary_key=True),
        sa.Column("grid", sa.Text, nullable=False),
    )
