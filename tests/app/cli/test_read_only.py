"""A data directory that may be read and not written: every command says so in one line."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="folders are closed otherwise there")

SCRIPT = """
import sys
from app.cli.main import main

data, commands = sys.argv[1], sys.argv[2:]
for command in commands:
    sys.argv = ["reelfind", *command.split(), "--data", data]
    try:
        main()
    except SystemExit:
        pass
    sys.stderr.flush()
    print("end of a command", flush=True)
"""


def run_without_rights(data: Path, *commands: str) -> list[str]:
    """Run commands where permissions hold, for root as well; return what each one told."""
    able = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    if os.geteuid() == 0 and shutil.which(able[0]) is None:
        pytest.skip("root may write everywhere, and there is no setpriv")
    done = subprocess.run(
        [*able * (os.geteuid() == 0), sys.executable, "-c", SCRIPT, str(data), *commands],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout
    assert "Traceback" not in done.stdout
    return done.stdout.split("end of a command\n")


@pytest.fixture
def unwritable(indexed: Path) -> Iterator[Path]:
    """An index whose folders, and not its files, are closed to writing."""
    folders = [indexed, *(path for path in indexed.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o500)
    yield indexed
    for folder in folders:
        folder.chmod(0o700)


def test_commands_that_write_name_the_folder(unwritable: Path, films: Path) -> None:
    """What only reads its tables goes on."""
    film = next(films.glob("*.mp4"))
    writing = [
        f"index {film} --force",
        "search music",  # The engine opens its files for writing, to search as well.
        "keys make me",
        "shortlist new mine",
        "serve --port 0",
    ]
    told = run_without_rights(unwritable, *writing, "titles --json")
    for command, lines in zip(writing, told, strict=False):
        last = lines.strip().splitlines()[-1]
        assert last.startswith(f"reelfind: {unwritable}"), (command, lines)
        assert "Permission denied" in last, (command, lines)
        assert "delete" not in last, (command, lines)
    assert film.name in told[len(writing)]


def test_a_title_that_cannot_be_written_is_that_titles_failure(
    unwritable: Path, films: Path
) -> None:
    """The run goes on to its end, and no thread of it aborts the process."""
    for folder in (unwritable, *unwritable.rglob("*")):
        if not folder.is_relative_to(unwritable / "titles"):
            folder.chmod(0o700)
    told = run_without_rights(unwritable, f"index {films} --force")[0]
    assert told.count("not indexed: ") == len(list(films.glob("*.mp4")))
    assert "check its permissions" in " ".join(told.split())
