"""From a wheel to an export, in an empty environment: what must work on every Python and system."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("app", "indexer", "probes", "encoder")

SCRIPT = """
import contextlib, io, json, os, signal, sys, threading, time, urllib.request
from pathlib import Path
import without_posix
from app.cli.main import main

def reelfind(*arguments):
    sys.argv = ["reelfind", *arguments]
    with contextlib.redirect_stdout(io.StringIO()) as said:
        try:
            main()
        except SystemExit as end:
            assert not end.code, arguments
    return said.getvalue()

film, cut = sys.argv[1:]
reelfind("index", film)
hits = json.loads(reelfind("search", "a rabbit", "--json"))["hits"]
by_clip = json.loads(reelfind("search", "--clip", film, "--json"))["hits"]
reelfind("shortlist", "new", "First cut")
reelfind("shortlist", "add", "First cut", hits[0]["id"])
reelfind("shortlist", "export", "First cut", cut)
assert hits[0]["title"] == by_clip[0]["title"]

from app.running import running_server

answers = []

def ask():
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        while (server := running_server(Path(os.environ["REELFIND_DATA"]))) is None:
            time.sleep(0.05)
        for path in ("/", "/api/v1/search?q=a+rabbit"):
            with opener.open(server.address + path, timeout=60) as answer:
                answers.append(answer.read().decode())
    finally:
        signal.raise_signal(signal.SIGINT)

threading.Thread(target=ask, daemon=True).start()
reelfind("serve", "--port", "0")
page, found = answers
assert "<html" in page
assert [hit["id"] for hit in json.loads(found)["hits"]] == [hit["id"] for hit in hits]
for package in ("app", "indexer", "probes", "encoder"):
    print(Path(sys.modules[package].__file__).parent)
"""
"""All commands in one process: to import torch takes longer than most of them."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "wheel"]
    build = ["--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(folder)]
    subprocess.run([*pip, *build, str(ROOT)], check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_all_files_of_the_packages_and_no_others(wheel: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", *PACKAGES], cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    if listed.returncode:
        pytest.skip("this is no git checkout, so nothing says which files are the packages'")
    ours = {each for each in listed.stdout.splitlines() if (ROOT / each).is_file()}
    with zipfile.ZipFile(wheel) as files:
        held = {name for name in files.namelist() if ".dist-info/" not in name}
    assert "app/database/migrations/env.py" in ours
    assert ours <= held, f"not in the wheel: {sorted(ours - held)}"
    assert not {name for name in held - ours if not (ROOT / name).is_file()}


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the wheel; its dependencies are those of this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=os.name != "nt")
    found = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "--python"]
    install = [str(found), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([*pip, *install], check=True, capture_output=True)
    packages = sysconfig.get_path("purelib", "venv", {"base": str(folder)})
    # A line of a .pth adds a folder, and not what the .pth files there add: no editable install.
    paths = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    Path(packages, "dependencies.pth").write_text("\n".join(sorted(paths)), encoding="utf-8")
    return found


@pytest.mark.slow  # `make short-path` and CI run it.
def test_a_film_is_indexed_found_by_a_clip_exported_and_served_without_posix(
    python: Path, films: Path, tmp_path: Path
) -> None:
    film, data, cut = films / "bigbuckbunny.mp4", tmp_path / "data", tmp_path / "cut.edl"
    for name, text in (
        ("run.py", SCRIPT),
        ("without_posix.py", (ROOT / "tests" / "without_posix.py").read_text(encoding="utf-8")),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [python, "run.py", film, cut],
        cwd=tmp_path,
        env=environment | {"REELFIND_DATA": str(data)},
        capture_output=True,
        encoding="utf-8",
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"* FROM FILE: {film}" in cut.read_text(encoding="utf-8")
    # All that ran is what the wheel brought.
    assert len(done.stdout.splitlines()) == len(PACKAGES)
    for line in done.stdout.splitlines():
        assert Path(line).is_relative_to(python.parent.parent)
