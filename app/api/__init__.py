"""The HTTP API: the same search as the browser and the command line."""

from app.api.factory import api_routes, create_api

__all__ = ["api_routes", "create_api"]
