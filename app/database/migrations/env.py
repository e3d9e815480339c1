"""What Alembic runs around each migration: it works in the transaction that it is given."""

from alembic import context

from app.database.tables import META

# SQLite changes a column only by making the table anew, which is what "batch" does.
context.configure(
    connection=context.config.attributes["connection"], target_metadata=META, render_as_batch=True
)
context.run_migrations()
