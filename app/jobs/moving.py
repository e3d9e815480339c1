"""Converts shortlist items and labels when the frames of a title are renumbered."""

from dataclasses import asdict, dataclass, fields, replace

from sqlalchemy import Connection, Text, cast, select

from app.database.engine import Database
from app.database.tables import LABELS
from app.database.tables import SHORTLIST_REVISIONS as REVISIONS
from app.database.tables import TITLE_GRIDS as GRIDS
from app.shortlists.records import Item
from indexer.grids import Grid, GridChange
from probes.labels.records import Label

_WHAT = "shortlists and labels"


@dataclass(frozen=True)
class MadeSpans:
    """The shortlists and labels of a data directory."""

    database: Database

    def move(self, change: GridChange) -> None:
        """Move them to a title's new grid, in one transaction that notes the grid.

        Raises:
            DatabaseError: they cannot be read or written.
        """
        own = GRIDS.c.title_id == change.title_id
        grid = _written(change.new)
        with self.database.begin(_WHAT) as connection:
            if connection.scalar(select(GRIDS.c.grid).where(own)) == grid:
                return  # Done by a run that was killed before it wrote the title's manifest.
            move_items(connection, change)
            move_labels(connection, change)
            connection.execute(GRIDS.delete().where(own))
            connection.execute(GRIDS.insert().values(title_id=change.title_id, grid=grid))


def _written(grid: Grid) -> str:
    gaps = "".join(f", {seconds} s after {after} s" for after, seconds in grid.gaps)
    restarts = ", a clock that is set anew" if grid.restarts else ""
    stream = f", stream {grid.stream}" if grid.stream is not None else ""
    return f"{grid.fps} from {grid.start} s{gaps}{restarts}{stream}"


def move_items(connection: Connection, change: GridChange) -> None:
    """Convert the items of a title in all revisions, so that undo restores the same pictures.

    Versions do not change: the lists are the same, with other frame numbers.
    """
    named = cast(REVISIONS.c["items"], Text).contains(change.title_id, autoescape=True)
    wanted = (REVISIONS.c.shortlist_id, REVISIONS.c.version, REVISIONS.c["items"])
    for shortlist_id, version, rows in connection.execute(select(*wanted).where(named)).all():
        own = (REVISIONS.c.shortlist_id == shortlist_id) & (REVISIONS.c.version == version)
        items = [asdict(_moved_item(Item(**row), change)) for row in rows]
        connection.execute(REVISIONS.update().where(own).values(items=items))


def _moved_item(item: Item, change: GridChange) -> Item:
    if item.title_id != change.title_id:
        return item
    start, end, sure = change.span(item.start_frame, item.end_frame)
    unsure = item.needs_check or not sure
    return replace(item, start_frame=start, end_frame=end, needs_check=unsure)


def move_labels(connection: Connection, change: GridChange) -> None:
    """Convert the labels of a title; of two that become equal, the later one stays."""
    own = LABELS.c.title_id == change.title_id
    columns = [LABELS.c[field.name] for field in fields(Label)]
    rows = connection.execute(select(*columns).where(own).order_by(LABELS.c.date)).all()
    moved = {label.key: label for label in (_moved_label(Label(*row), change) for row in rows)}
    if moved:
        connection.execute(LABELS.delete().where(own))
        connection.execute(LABELS.insert(), [asdict(label) for label in moved.values()])


def _moved_label(label: Label, change: GridChange) -> Label:
    start, end = change.times(label.start, label.end)
    return replace(label, start=start, end=end)
