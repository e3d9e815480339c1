"""Deletes all that is known of people: faces, groups, names, and what the index says of them."""

import time

from app.database.engine import Database
from app.people.store import PeopleStore
from indexer.catalogue import Catalogue
from indexer.report import IndexReport
from indexer.settings import Settings
from indexer.store.base import Store
from indexer.who.deleting import delete_faces


def delete_people(
    catalogue: Catalogue, settings: Settings, database: Database, store: Store | None = None
) -> IndexReport:
    """Delete embeddings, groups and names of all people, and their values in points.

    Names go last: as long as they are there, somebody sees that it did not end.

    Args:
        catalogue: the data directory.
        settings: its settings.
        database: where people are.
        store: an open store, which stays open; by default, the one that the settings name.

    Raises:
        ReelfindError: another process uses the index.
    """
    began = time.monotonic()
    delete_faces(catalogue, settings, store)
    PeopleStore(database).delete_all()
    return IndexReport((), (), catalogue.current_encoder, None, time.monotonic() - began)
