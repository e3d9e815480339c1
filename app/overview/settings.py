"""Every setting: its value, the source of the value, and the line that sets it."""

import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, SecretStr

from indexer.environment import PREFIX, SUFFIX
from indexer.network import without_user
from indexer.settings import SETTINGS_FILE, Settings

Source = Literal["default", "reelfind.toml", "environment", "command line"]

HIDDEN = frozenset({"qdrant_api_key"})
"""Secrets that are plain text in the settings."""


@dataclass(frozen=True)
class SettingRow:
    """One setting. ``line`` sets it in reelfind.toml, ``variable`` in the environment."""

    name: str
    value: str
    source: Source
    line: str
    variable: str


def setting_rows(data: Path, settings: Settings) -> list[SettingRow]:
    """Return every setting of a data directory, in the order of the settings."""
    file = data / SETTINGS_FILE
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    except (OSError, tomllib.TOMLDecodeError):
        # The server uses the settings that it read at its start.
        said = {}
    given = {name.upper().removesuffix(SUFFIX) for name in os.environ}
    return list(_rows(settings, Settings.model_construct(), (), said, given))


def _rows(
    settings: BaseModel,
    defaults: BaseModel,
    above: tuple[str, ...],
    said: Mapping[str, Any],
    given: set[str],
) -> Iterator[SettingRow]:
    for name in type(settings).model_fields:
        value, default = getattr(settings, name), getattr(defaults, name)
        path, own = (*above, name), said.get(name)
        if isinstance(value, BaseModel):
            inner = own if isinstance(own, Mapping) else {}
            yield from _rows(value, default, path, inner, given)
            continue
        variables = [PREFIX + "__".join(path[: depth + 1]).upper() for depth in range(len(path))]
        source: Source = "default"
        entry = f"{variables[-1]}__"
        if any(each in variables or each.startswith(entry) for each in given):
            source = "environment"
        elif own is not None:
            source = "reelfind.toml"
        elif value != default:
            source = "command line"
        told = _displayed(name, value)
        section = f"[{'.'.join(above)}]  " if above else ""
        line = f"{section}{name} = {_toml(name, value)}"
        yield SettingRow(".".join(path), told, source, line, variables[-1])


def _displayed(name: str, value: object) -> str:
    """Return a value as text, without secrets."""
    if isinstance(value, SecretStr) or (name in HIDDEN and value is not None):
        return "set, not shown"
    if value is None:
        return "not set"
    if name == "qdrant_url":
        return without_user(str(value))
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_short(each)}" for key, each in value.items()) or "none"
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value)) or "none"
    return str(value)


def _toml(name: str, value: object) -> str:
    """Return a value in TOML; an ellipsis replaces a secret."""
    if value is None or isinstance(value, SecretStr | Mapping) or name in HIDDEN:
        return "…"
    if isinstance(value, tuple | list):
        return json.dumps([str(each) for each in value], ensure_ascii=False)
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    told = without_user(str(value)) if name == "qdrant_url" else str(value)
    return json.dumps(told, ensure_ascii=False)


def _short(value: object) -> str:
    return "" if isinstance(value, BaseModel | Mapping) else str(value)
