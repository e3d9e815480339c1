"""The tree is the architecture: imports go app → indexer → probes → encoder, never back."""

import ast
from pathlib import Path

import pytest

ORDER = ["encoder", "probes", "indexer", "app"]
ROOT = Path(__file__).parent.parent


def imported(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found.add((node.module or "").split(".")[0])
    return found


@pytest.mark.parametrize("package", ORDER)
def test_a_package_imports_only_what_lies_before_it(package: str) -> None:
    files = sorted((ROOT / package).rglob("*.py"))
    assert files
    forbidden = set(ORDER[ORDER.index(package) + 1 :]) | {"tests", "bench"}
    for file in files:
        wrong = imported(ast.parse(file.read_text(encoding="utf-8"))) & forbidden
        assert not wrong, f"{file.relative_to(ROOT)} imports {sorted(wrong)}"


def test_only_the_store_knows_the_engine() -> None:
    for package in ORDER:
        for file in (ROOT / package).rglob("*.py"):
            if "store" not in file.parts:
                names = imported(ast.parse(file.read_text(encoding="utf-8")))
                assert "qdrant_edge" not in names, file.relative_to(ROOT)


def test_only_stages_and_the_library_build_paths_of_artefacts() -> None:
    for package in ORDER:
        for file in (ROOT / package).rglob("*.py"):
            name = file.relative_to(ROOT).as_posix()
            if name.startswith("indexer/stages/") or name == "indexer/library.py":
                continue
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                called = node.func if isinstance(node, ast.Call) else None
                built = isinstance(called, ast.Attribute) and called.attr == "stage"
                assert not built, f"{name} builds the path of an artefact; use IndexedTitle"


def test_files_are_renamed_into_place_by_the_helper_alone() -> None:
    helpers = {"encoder/atomic.py", "indexer/store/folders.py", "app/exports/reel.py"}
    for package in ORDER:
        for file in (ROOT / package).rglob("*.py"):
            name = file.relative_to(ROOT).as_posix()
            if name in helpers:
                continue
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                # A string's ``replace`` takes two arguments, a path's one.
                match node:
                    case ast.Call(ast.Attribute(attr="replace"), [_], []):
                        raise AssertionError(f"{name} renames a file; use encoder.atomic")


def modules_at_import(module: str) -> set[str]:
    """Return what importing one of our modules imports, by the statements at the top of files."""
    found, left = set(), [module]
    while left:
        name = left.pop()
        if name in found:
            continue
        found.add(name)
        base = ROOT.joinpath(*name.split("."))
        files = [path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()]
        for file in files:
            for node in ast.parse(file.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.Import):
                    left += [each.name for each in node.names]
                elif isinstance(node, ast.ImportFrom):
                    assert node.module is not None
                    left += [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
    return found


def test_a_process_of_a_cluster_that_writes_no_points_does_not_import_the_client_of_a_server() -> (
    None
):
    found = {each.split(".")[0] for each in modules_at_import("indexer.executors.worker")}
    assert {"numpy", "polars"} <= found
    assert "qdrant_client" not in found


MAY_READ_ALL_TITLES = {
    "indexer/catalogue.py": "finds a title by its name, for commands",
    "indexer/library.py": "goes through all titles, for commands",
    "indexer/preparation.py": "an index run",
    "indexer/opening.py": "adopts the index of an earlier version on a server",
    "indexer/integrity.py": "counts titles where there is no index of them",
    "indexer/features/export.py": "an export of features",
    "app/cli/index.py": "an index run",
    "app/cli/store.py": "moves an index",
    "app/cli/titles.py": "lists titles while a server holds their index",
    "app/saved/arrivals.py": "runs saved searches while a server holds the index",
    "app/labelling/titles.py": "trains and measures probes",
}
"""Files that may read the manifests of all titles, and what for: no request is among them."""

MAY_GO_THROUGH_TITLES = {
    "app/labelling/titles.py": "finds the clips that a table of labels names",
    "app/api/titles.py": "answers with all titles where a request names no limit",
    "app/runtime.py": "the same",
    "app/people/taking_in.py": "at the end of a run, where recognising people is on",
    "app/titles/moved.py": "looks for films in a thread of its own",
}
"""Files that may go through all titles one by one."""


def test_no_request_reads_every_title() -> None:
    reading, going = set(), set()
    for package in ORDER:
        for file in (ROOT / package).rglob("*.py"):
            name = file.relative_to(ROOT).as_posix()
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                called = node.func if isinstance(node, ast.Call) and not node.args else None
                method = called.attr if isinstance(called, ast.Attribute) else ""
                if method == "manifests":
                    reading.add(name)
                elif method in ("every", "films", "titles"):
                    going.add(name)
    assert reading == MAY_READ_ALL_TITLES.keys()
    assert going == MAY_GO_THROUGH_TITLES.keys()
