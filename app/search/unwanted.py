"""What a search is to be without: shots nearer to the unwanted words than to the wanted ones."""

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from app.search.fusion import Found
from app.search.routes import Route, Scope, run_route
from indexer.store.base import Store


def unwanted(
    store: Store, pair_name: str, route: Route, scope: Scope, depth: int, margin: float
) -> frozenset[str]:
    """Return the shots among the route's best that show or say what it is to be without.

    A shot's nearness to words is how far its score lies on the way from the middle score of what
    they find to the best: scores themselves mean nothing beside those of other words. It is
    unwanted when it is by more than ``margin`` nearer to the unwanted words than to the others.
    """
    if route.away is None:
        return frozenset()
    by_shot = replace(scope, by_shot=True)
    wanted = _nearness(run_route(store, pair_name, route, by_shot, depth), route.least)
    other = replace(route, vector=route.away, away=None)
    away = _nearness(run_route(store, pair_name, other, by_shot, depth), route.least)
    return frozenset(each for each in wanted.keys() & away if away[each] > wanted[each] + margin)


def _nearness(found: Sequence[Found], least: float | None) -> dict[str, float]:
    """Return 1 for the best, 0 for the middle (or for ``least``), by shot."""
    if not found:
        return {}
    scores = [each.score for each in found]
    middle = median(scores) if least is None else least
    width = max(scores) - middle
    return {each.id: (each.score - middle) / width if width > 0 else 0.0 for each in found}
