"""Loading weights without what the library would print."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging import ERROR
from typing import Any

from transformers.utils import logging


@contextmanager
def without_progress_bars() -> Iterator[None]:
    """Keep transformers from drawing bars: the command line shows its own progress."""

    def hidden(
        factory: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any]
    ) -> object:
        return factory(*args, **{**options, "disable": True})

    previous = logging.set_tqdm_hook(hidden)
    try:
        yield
    finally:
        logging.set_tqdm_hook(previous)


@contextmanager
def without_reports() -> Iterator[None]:
    """Keep transformers from listing weights that a part of a model leaves out."""
    previous = logging.get_verbosity()
    logging.set_verbosity(ERROR)
    try:
        yield
    finally:
        logging.set_verbosity(previous)
