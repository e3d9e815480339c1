"""A client of the HTTP API, typed by the models that the server answers with."""

from app.remote.client import Client
from app.remote.connection import ApiError

__all__ = ["ApiError", "Client"]
