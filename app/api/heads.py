"""HEAD where GET is: the same handler, whose body the server does not send."""

from copy import copy

from fastapi import APIRouter
from fastapi.routing import APIRoute


def heads_of(router: APIRouter) -> APIRouter:
    """Return a router that answers HEAD at every address where ``router`` answers GET."""
    return APIRouter(
        routes=[
            _head_of(route)
            for route in router.routes
            if isinstance(route, APIRoute) and "GET" in (route.methods or ())
        ]
    )


def _head_of(route: APIRoute) -> APIRoute:
    """Return its twin for HEAD, which the description leaves out."""
    head = copy(route)
    head.methods = {"HEAD"}
    head.include_in_schema = False
    return head
