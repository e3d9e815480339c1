"""What keys allow."""

from typing import Literal, get_args

Scope = Literal["read", "write", "admin"]
"""What a key allows; each allows what those before it do."""
SCOPES: tuple[Scope, ...] = get_args(Scope)


def allows(scope: Scope, needed: Scope) -> bool:
    """Say whether who has ``scope`` may do what ``needed`` is needed for."""
    return SCOPES.index(scope) >= SCOPES.index(needed)
