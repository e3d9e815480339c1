"""Run a make target on several Pythons, each set up in a folder of its own.

``python tests/pythons.py TARGET VERSION…`` runs it on every version that is found, the newest
first. ``--newest-other`` runs it on the newest one that is not this Python.
"""

import shutil
import subprocess
import sys
from pathlib import Path


def find(version: str) -> str | None:
    """Return the command of a Python such as ``3.12``: on the PATH, else one of pyenv's."""
    on_path = shutil.which(f"python{version}")
    # Pyenv puts a command on the PATH for every Python, also for those not switched on.
    if on_path and not subprocess.run([on_path, "-V"], capture_output=True, check=False).returncode:
        return on_path
    folders = (Path.home() / ".pyenv" / "versions").glob(f"{version}.*")
    return next((str(folder / "bin" / "python") for folder in sorted(folders)), None)


def main(target: str, versions: list[str], newest_other: bool) -> int:
    """Run the target; return 0 when it passed on every Python that was found."""
    found = {version: python for version in reversed(versions) if (python := find(version))}
    if newest_other:
        here = f"{sys.version_info.major}.{sys.version_info.minor}"
        found = dict([each for each in found.items() if each[0] != here][:1])
    results = {version: _make(target, version, python) for version, python in found.items()}
    for version in versions:
        print(f"Python {version}: {results.get(version, 'not run')}", flush=True)
    return 0 if set(results.values()) <= {"passed"} else 1


def _make(target: str, version: str, python: str) -> str:
    folder = f".venvs/{version}"
    command = ["make", target, f"VENV={folder}", f"PYTHON={python}"]
    return "passed" if subprocess.run(command, check=False).returncode == 0 else "failed"


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    sys.exit(main(words[0], words[1:], "--newest-other" in sys.argv))
