"""The Pythons that are claimed, and the locked set of packages."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.releases import locked

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PYTHONS = [
    line.rpartition(" ")[2] for line in PROJECT["classifiers"] if line.startswith("Programming")
]
LOCKS = ("requirements.lock", "requirements-cluster.lock", "requirements-dev.lock")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_mention_of_the_pythons_is_the_same() -> None:
    first, last = PYTHONS[0], PYTHONS[-1]
    after = f"3.{int(last.partition('.')[2]) + 1}"
    dockerfile = re.search(
        r"^ARG PYTHON_IMAGE=python:([\d.]+)-slim-bookworm@sha256:[0-9a-f]{64}$",
        read("Dockerfile"),
        re.M,
    )
    makefile = re.search(r"^PYTHONS := (.+)$", read("Makefile"), re.M)

    assert PROJECT["requires-python"] == f">={first},<{after}"
    assert makefile is not None
    assert makefile[1].split() == PYTHONS
    assert dockerfile is not None
    assert dockerfile[1] in PYTHONS
    assert f"Python {', '.join(PYTHONS[:-1])} or {last}" in read("README.md")


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_holds_every_requirement_but_torch(lock: str, python: str) -> None:
    extras = PROJECT["optional-dependencies"]
    wanted = [*PROJECT["dependencies"], *extras["mcp"], *extras["postgres"], *extras["build"]]
    if lock != "requirements.lock":
        wanted += extras["cluster"]
    if lock == "requirements-dev.lock":
        wanted += [*extras["demo"], *extras["who"], *extras["dev"]]
    pinned = locked(ROOT / lock, python)
    for requirement in map(Requirement, wanted):
        if requirement.name in {"torch", "reelfind"}:
            continue
        version = pinned.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement}: not in {lock}; run make lock"
        assert requirement.specifier.contains(version), f"{requirement}: {lock} has {version}"


def test_the_locks_agree_and_only_that_of_a_cluster_has_ray() -> None:
    for python in PYTHONS:
        image, cluster, tests = (locked(ROOT / lock, python) for lock in LOCKS)
        assert image.items() <= cluster.items() <= tests.items()
        assert cluster.keys() - image.keys() == {"ray", "msgpack"}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_hashes_and_no_addresses_and_leaves_the_build_of_torch_free(lock: str) -> None:
    text = read(lock)
    pinned = re.findall(r"^(\S+)==.*$", text, re.M)

    assert "://" not in text
    assert len(re.findall(r"^\S+==.* \\\n    --hash=sha256:", text, re.M)) == len(pinned)
    assert not [name for name in pinned if re.match(r"torch$|triton|nvidia-|cuda-", name)]
