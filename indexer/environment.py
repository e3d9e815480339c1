"""Settings from the environment, and from files that it names."""

from collections.abc import Mapping
from pathlib import Path

from pydantic_settings import BaseSettings, EnvSettingsSource

from indexer.errors import ReelfindError

PREFIX = "REELFIND_"
SUFFIX = "_FILE"
"""Ends the name of a variable that names a file with the value, such as a container's secret."""


class Environment(EnvSettingsSource):
    """The environment: ``REELFIND_X`` is the setting ``X``, ``REELFIND_X_FILE`` a file with it.

    Other programs can read a process's environment, and it is shown by `docker inspect`.

    Raises:
        ReelfindError: a file cannot be read, or a setting has both.
    """

    def __init__(self, settings_cls: type[BaseSettings]) -> None:
        super().__init__(settings_cls)
        self.env_vars = _with_files(self.env_vars)


def _with_files(variables: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return variables (names in lower case) with the contents of the files they name."""
    prefix, suffix = PREFIX.lower(), SUFFIX.lower()
    values = dict(variables)
    for name, path in variables.items():
        if name.startswith(prefix) and name.endswith(suffix):
            del values[name]
            if not path:
                continue
            setting = name.removesuffix(suffix)
            if values.get(setting):
                raise ReelfindError(
                    f"{name.upper()} and {setting.upper()}: both are set; unset one of them"
                )
            values[setting] = _content(name.upper(), Path(path))
    return values


def _content(variable: str, path: Path) -> str:
    """Return what a file holds, without the line end that editors and `echo` add."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        cause = error.strerror if isinstance(error, OSError) else "not text"
        raise ReelfindError(
            f"{variable}: {path}: cannot be read ({cause}); name a file that this user may read"
        ) from error
