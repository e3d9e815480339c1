"""People of the database as filters of a search."""

from collections.abc import Sequence

from app.database.engine import Database
from app.people.records import UnknownPersonError
from app.people.store import PeopleStore
from app.search.people import Groups, People
from app.search.request import RequestError


def search_people(database: Database) -> People:
    """Return the people of a database, read whenever a search asks for them."""
    store = PeopleStore(database)

    def groups(names: Sequence[str]) -> Groups:
        try:
            return store.groups(names)
        except UnknownPersonError as error:
            raise RequestError("person", str(error)) from error

    return People(groups, store.named)
