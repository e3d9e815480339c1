"""Items on a title whose frames are counted anew: moved along, in every version of their lists."""

from dataclasses import asdict, replace

from sqlalchemy import Connection, Text, cast, select

from app.database.tables import SHORTLIST_REVISIONS as REVISIONS
from app.shortlists.records import Item
from indexer.grids import GridChange


def move_items(connection: Connection, change: GridChange) -> None:
    """Move the items of a title in all revisions, so that undoing leads back to the same pictures.

    Versions stay: the lists are as they were, in other numbers.
    """
    named = cast(REVISIONS.c["items"], Text).contains(change.title_id, autoescape=True)
    wanted = (REVISIONS.c.shortlist_id, REVISIONS.c.version, REVISIONS.c["items"])
    for shortlist_id, version, rows in connection.execute(select(*wanted).where(named)).all():
        own = (REVISIONS.c.shortlist_id == shortlist_id) & (REVISIONS.c.version == version)
        items = [asdict(_moved(Item(**row), change)) for row in rows]
        connection.execute(REVISIONS.update().where(own).values(items=items))


def _moved(item: Item, change: GridChange) -> Item:
    if item.title_id != change.title_id:
        return item
    start, end, sure = change.span(item.start_frame, item.end_frame)
    unsure = item.needs_check or not sure
    return replace(item, start_frame=start, end_frame=end, needs_check=unsure)
