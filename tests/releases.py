"""Say how the packages that are installed here differ from a lock file: ``releases.py LOCK``."""

import sys
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def locked(path: Path, python: str | None = None) -> dict[str, str]:
    """Return the releases of a lock file by package, on this Python or another such as ``3.12``."""
    other = {"python_version": python, "python_full_version": f"{python}.0"} if python else None
    lines = (line.rstrip(" \\") for line in path.read_text(encoding="utf-8").splitlines())
    pinned = [Requirement(line) for line in lines if line and line[0] not in " #"]
    return {
        str(canonicalize_name(each.name)): next(iter(each.specifier)).version
        for each in pinned
        if each.marker is None or each.marker.evaluate(other)
    }


def main(path: Path) -> None:
    """Print one line for each package whose release differs."""
    before = locked(path)
    here = {str(canonicalize_name(each.name)): each.version for each in distributions()}
    changed = [name for name in sorted(before) if here.get(name) != before[name]]
    for name in changed:
        print(f"{name}: {before[name]} -> {here.get(name, 'not installed')}")
    print(f"{len(changed)} of {len(before)} locked releases differ")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
