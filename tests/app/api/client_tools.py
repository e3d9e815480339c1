"""The generators of clients: pinned, and installed once for all runs into ``build/clients``."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PINNED = Path(__file__).parent / "clients"
KEPT = Path(__file__).parents[3] / "build" / "clients"
PATIENCE = 180
"""Seconds that an installation may take."""


def run(*command: str | Path, folder: Path, tools: Path | None = None) -> str:
    """Run a command, with the programs of ``tools`` before others; return what it printed."""
    path = os.pathsep.join([*([str(tools)] if tools else []), os.environ["PATH"]])
    program = shutil.which(str(command[0]), path=path)
    assert program, f"{command[0]} is not in {path}"
    quiet = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    done = subprocess.run(
        [program, *map(str, command[1:])],
        cwd=folder,
        env={**os.environ, **quiet, "PATH": path, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def node_packages() -> Path:
    """Return the folder with Node's packages; skip the test where they cannot be had."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("Node.js is not installed, which TypeScript and redocly need")
    folder = _kept("node", "package-lock.json")
    if not (folder / "complete").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(PINNED / name, folder)
        brief = ("--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=20000")
        _install("npm", "ci", "--ignore-scripts", *brief, folder=folder)
    return folder


def python_packages() -> Path:
    """Return the folder of programs of an environment with the generator; skip as above."""
    folder = _kept("python", "requirements.lock")
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    if not (folder / "complete").exists():
        run(sys.executable, "-m", "venv", "--clear", folder, folder=PINNED)
        lock = PINNED / "requirements.lock"
        pip = ("python", "-m", "pip", "install", "--quiet", "--retries=1", "--timeout=20")
        exactly = ("--require-hashes", "--no-deps", "--requirement", lock)
        _install(*pip, *exactly, folder=folder, tools=programs)
    return programs


def _kept(kind: str, lock: str) -> Path:
    pinned = (PINNED / lock).read_bytes() + sys.version.encode()
    return KEPT / f"{kind}-{hashlib.sha256(pinned).hexdigest()[:12]}"


def _install(*command: str | Path, folder: Path, tools: Path | None = None) -> None:
    try:
        run(*command, folder=folder, tools=tools)
    except (AssertionError, subprocess.TimeoutExpired) as error:
        lines = [each for each in str(error).splitlines() if "error" in each.lower()]
        reason = lines[0] if lines else error
        pytest.skip(f"the generators of clients cannot be installed here: {reason}")
    (folder / "complete").touch()
