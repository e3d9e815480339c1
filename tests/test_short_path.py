"""From a film to an export by the command line alone: what must work on every Python."""

import json
import subprocess
import sys
from pathlib import Path


def reelfind(data: Path, *arguments: str) -> str:
    """Run the command line in a process of its own and return what it printed."""
    command = [sys.executable, "-m", "app.cli.main", *arguments, "--data", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_film_is_indexed_found_by_a_clip_and_exported(films: Path, tmp_path: Path) -> None:
    film = films / "bigbuckbunny.mp4"
    data = tmp_path / "data"
    reelfind(data, "index", str(film))

    hits = json.loads(reelfind(data, "search", "a rabbit", "--json"))["hits"]
    by_clip = json.loads(reelfind(data, "search", "--clip", str(film), "--json"))["hits"]
    reelfind(data, "shortlist", "new", "First cut")
    reelfind(data, "shortlist", "add", "First cut", hits[0]["id"])
    reelfind(data, "shortlist", "export", "First cut", str(tmp_path / "cut.edl"))

    assert hits[0]["title"] == by_clip[0]["title"]
    assert f"* FROM FILE: {film}" in (tmp_path / "cut.edl").read_text(encoding="utf-8")
