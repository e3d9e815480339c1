"""The scopes of keys."""

from typing import Literal, get_args

Scope = Literal["read", "write", "admin"]
"""The scopes of keys; each includes those before it."""
SCOPES: tuple[Scope, ...] = get_args(Scope)


def allows(scope: Scope, needed: Scope) -> bool:
    """Return whether ``scope`` includes the scope ``needed``."""
    return SCOPES.index(scope) >= SCOPES.index(needed)
