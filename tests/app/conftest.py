"""For all tests of the application: databases, an object store, and networks loaded once."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

import indexer.backbones.whisper
import indexer.whisper
from indexer.backbones import efficientnet, minilm
from indexer.backbones.base import Runtime
from indexer.shots import transnet
from tests.object_store import moto, store
from tests.postgres import database, postgres, postgres_server, where

__all__ = ["database", "moto", "postgres", "postgres_server", "store", "where"]


def _once_a_device(load: Callable[[Runtime], Any]) -> Callable[[Runtime], Any]:
    known: dict[str | None, Any] = {}

    def loaded(runtime: Runtime) -> Any:
        if runtime.device not in known:
            known[runtime.device] = load(runtime)
        return known[runtime.device]

    return loaded


LOAD_WHISPER = cache(indexer.whisper.load_network)

LOADED = (
    (efficientnet, "load_efficientnet", _once_a_device(efficientnet.load_efficientnet)),
    (minilm, "load_minilm", _once_a_device(minilm.load_minilm)),
    (transnet, "load_transnet", cache(transnet.load_transnet)),
    (indexer.whisper, "load_network", LOAD_WHISPER),
    (indexer.backbones.whisper, "load_network", LOAD_WHISPER),
)


@pytest.fixture(scope="module", autouse=True)
def networks_once() -> Iterator[None]:
    """Load each network of profile lite once: every command and Runtime of a test asks for it.

    Loading itself is tested in ``tests/indexer``.
    """
    with pytest.MonkeyPatch.context() as patch:
        for module, name, load in LOADED:
            patch.setattr(module, name, load)
        yield
