"""Databases for all tests of the application: one PostgreSQL server a process of the tests."""

from tests.postgres import database, postgres, postgres_server, where

__all__ = ["database", "postgres", "postgres_server", "where"]
