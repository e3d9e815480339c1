"""What people made in frames and seconds of titles: moved where the frames are counted anew."""

from dataclasses import dataclass

from sqlalchemy import select

from app.database.engine import Database
from app.database.tables import TITLE_GRIDS as GRIDS
from app.labelling.moving import move_labels
from app.shortlists.moving import move_items
from indexer.grids import Grid, GridChange

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
                return  # By a run that was killed before it had noted the title.
            move_items(connection, change)
            move_labels(connection, change)
            connection.execute(GRIDS.delete().where(own))
            connection.execute(GRIDS.insert().values(title_id=change.title_id, grid=grid))


def _written(grid: Grid) -> str:
    gaps = "".join(f", {seconds} s after {after} s" for after, seconds in grid.gaps)
    restarts = ", a clock that is set anew" if grid.restarts else ""
    stream = f", stream {grid.stream}" if grid.stream is not None else ""
    return f"{grid.fps} from {grid.start} s{gaps}{restarts}{stream}"
