"""Jobs have a state that everybody may change, and an owner for as long as its lease."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns; the state was a part of the JSON."""
    op.add_column("jobs", sa.Column("state", sa.String(16)))
    op.add_column("jobs", sa.Column("owner", sa.String(100)))
    op.add_column("jobs", sa.Column("lease", sa.DateTime))
    jobs = sa.table("jobs", *(sa.column(each) for each in ("id", "state", "job")))
    connection = op.get_bind()
    for job_id, text in connection.execute(sa.select(jobs.c.id, jobs.c.job)).all():
        update = jobs.update().where(jobs.c.id == job_id).values(state=_state(text))
        connection.execute(update)
    with op.batch_alter_table("jobs") as table:
        table.alter_column("state", existing_type=sa.String(16), nullable=False)


def _state(text: str) -> str:
    """Return a job's state: one that no version finished was interrupted by this update."""
    try:
        state = str(json.loads(text)["state"])
    except (ValueError, KeyError, TypeError):
        return "interrupted"
    return "interrupted" if state in ("waiting", "running", "cancelling") else state
