"""What reading finds where there is no database yet: empty tables."""

from functools import cache
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import NullPool

from app.database.tables import META


@cache
def absent_database() -> Engine:
    """Return an engine whose every connection has empty tables of its own, in memory."""
    engine = create_engine("sqlite://", poolclass=NullPool)
    image = _image()

    @event.listens_for(engine, "connect")
    def fill(connection: Any, _record: object) -> None:
        # A page reads the database several times. To make the tables takes 5 ms, this 0.1.
        connection.deserialize(image)

    return engine


def _image() -> bytes:
    """Return a SQLite file with empty tables."""
    engine = create_engine("sqlite://")
    try:
        META.create_all(engine)
        connection = engine.raw_connection()
        image: bytes = connection.driver_connection.serialize()  # type: ignore[union-attr]
        connection.close()
        return image
    finally:
        engine.dispose()
