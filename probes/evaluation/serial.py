"""Evaluations as versioned JSON, with null for NaN."""

import json
import math
from dataclasses import MISSING, asdict, fields, is_dataclass
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from probes.evaluation.records import Evaluation

VERSION = 1
FORMAT = "reelfind evaluation"


def to_json(evaluation: Evaluation) -> str:
    """Return an evaluation as JSON text."""
    kept = {"format": FORMAT, "version": VERSION, **asdict(evaluation)}
    return json.dumps(_nulled(kept), indent=1, allow_nan=False, ensure_ascii=False) + "\n"


def from_json(text: str) -> Evaluation:
    """Read what ``to_json`` wrote.

    Raises:
        ValueError: it is no evaluation, or of another version.
    """
    raw = json.loads(text)
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise ValueError(f"this JSON is no {FORMAT}: give a file that an evaluation wrote")
    if raw.get("version") != VERSION:
        raise ValueError(
            f"this evaluation is of version {raw.get('version')}, known is {VERSION}: "
            "evaluate again"
        )
    try:
        evaluation: Evaluation = _read(Evaluation, raw)
    except (KeyError, TypeError) as error:
        raise ValueError(f"this evaluation is not complete ({error}): evaluate again") from error
    return evaluation


def _nulled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _nulled(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_nulled(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _read(kind: Any, raw: Any) -> Any:
    """Make a value of a field's type from JSON."""
    if kind is float:
        return math.nan if raw is None else float(raw)
    if get_origin(kind) is UnionType:
        return None if raw is None else _read(get_args(kind)[0], raw)
    if get_origin(kind) is tuple:
        return tuple(_read(get_args(kind)[0], each) for each in raw)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        # A field with a default is one that files of earlier versions lack.
        own = [each for each in fields(kind) if each.name in raw or each.default is MISSING]
        return kind(**{each.name: _read(hints[each.name], raw[each.name]) for each in own})
    return raw
