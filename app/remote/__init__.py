"""A client of the HTTP API; answers have the same models as on the server."""

from app.remote.client import Client
from app.remote.connection import ApiError

__all__ = ["ApiError", "Client"]
