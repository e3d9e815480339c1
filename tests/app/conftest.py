"""For all tests of the application: databases, with one PostgreSQL server, and an object store."""

from tests.object_store import moto, store
from tests.postgres import database, postgres, postgres_server, where

__all__ = ["database", "moto", "postgres", "postgres_server", "store", "where"]
