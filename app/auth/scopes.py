"""The scopes of keys."""

from typing import Literal, get_args

Scope = Literal["read", "write", "admin"]
"""What a key allows; each allows what those before it do."""
SCOPES: tuple[Scope, ...] = get_args(Scope)


def allows(scope: Scope, needed: Scope) -> bool:
    """Return whether ``scope`` includes the scope ``needed``."""
    return SCOPES.index(scope) >= SCOPES.index(needed)
