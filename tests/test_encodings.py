"""Text is UTF-8 on every system: Windows reads and writes another encoding unless it is told."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BEFORE = {"read_text": 0, "write_text": 1}
"""Arguments of a path's methods before the encoding."""


@pytest.mark.parametrize("package", ["app", "indexer", "probes", "encoder"])
def test_files_and_processes_are_read_as_utf_8(package: str) -> None:
    """Ruff (PLW1514) sees this where it knows that a value is a path."""
    for file in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            where = f"{file.relative_to(ROOT)}:{node.lineno}"
            named = {each.arg: ast.unparse(each.value) for each in node.keywords}
            if isinstance(node.func, ast.Attribute) and node.func.attr in BEFORE:
                told = "encoding" in named or len(node.args) > BEFORE[node.func.attr]
                assert told, f"{where}: name the encoding"
            assert named.get("text") != "True", f"{where}: name the encoding of the output instead"
