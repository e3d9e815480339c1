"""Labels of a title whose frames are counted anew: moved along."""

from dataclasses import asdict, fields, replace

from sqlalchemy import Connection, select

from app.database.tables import LABELS
from indexer.grids import GridChange
from probes.labels.records import Label


def move_labels(connection: Connection, change: GridChange) -> None:
    """Move the labels of a title; of two that come to be the same, the later one stays."""
    own = LABELS.c.title_id == change.title_id
    columns = [LABELS.c[field.name] for field in fields(Label)]
    rows = connection.execute(select(*columns).where(own).order_by(LABELS.c.date)).all()
    moved = {label.key: label for label in (_moved(Label(*row), change) for row in rows)}
    if moved:
        connection.execute(LABELS.delete().where(own))
        connection.execute(LABELS.insert(), [asdict(label) for label in moved.values()])


def _moved(label: Label, change: GridChange) -> Label:
    start, end = change.times(label.start, label.end)
    return replace(label, start=start, end=end)
