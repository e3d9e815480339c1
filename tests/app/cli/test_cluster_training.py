"""Where the processes of a training on a cluster go, and what is refused before one is asked."""

from pathlib import Path

import pytest

from app.cli.cluster_training import places
from indexer.errors import ReelfindError
from tests.app.cli.conftest import Reelfind


def test_a_process_takes_a_gpu_or_where_there_are_none_a_cpu() -> None:
    nodes = {"head": {"memory": 1.0}, "a": {"CPU": 8.0}, "b": {"CPU": 4.0}}
    assert places(nodes, None) == (2, False)
    assert places(nodes, 12) == (12, False)
    nodes |= {"c": {"CPU": 8.0, "GPU": 4.0}}
    assert places(nodes, None) == (4, True)
    assert places(nodes, 3) == (3, True)
    with pytest.raises(ReelfindError, match="has 4 GPUs, and each process of 5 takes one"):
        places(nodes, 5)
    with pytest.raises(ReelfindError, match="has 0 CPUs"):
        places({"head": {"memory": 1.0}}, None)


def test_an_address_that_is_none_is_refused(reelfind: Reelfind, tmp_path: Path) -> None:
    train = ("encoder", "train", "--data", tmp_path / "data", "--out", tmp_path / "run")
    ran = reelfind(*train, "--cluster", "http://head")
    assert ran.code == 1
    assert "--cluster http://head: is neither `auto` nor host:port" in ran.err
    ran = reelfind(*train, "--processes", 2)
    assert ran.code == 1
    assert "--processes: is about a cluster; name it by --cluster" in ran.err
