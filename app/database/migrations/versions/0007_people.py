"""People, and the groups of faces that are theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "people",
        sa.Column("person_id", sa.String(16), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("key", sa.String(200), unique=True),
        sa.Column("hidden", sa.Boolean, nullable=False),
    )
    op.create_table(
        "face_groups",
        sa.Column("title_id", sa.String(200), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("stage_key", sa.String(64), nullable=False),
        sa.Column(
            "person_id",
            sa.String(16),
            sa.ForeignKey("people.person_id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("faces", sa.Integer, nullable=False),
        sa.Column("shots", sa.Integer, nullable=False),
        sa.Column("frame", sa.Integer, nullable=False),
        sa.Column("left", sa.Double, nullable=False),
        sa.Column("top", sa.Double, nullable=False),
        sa.Column("right", sa.Double, nullable=False),
        sa.Column("bottom", sa.Double, nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
    )
