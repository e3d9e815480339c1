"""A cluster of three nodes on this machine makes what one process makes, whoever is killed."""

import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import imageio_ffmpeg  # type: ignore[import-untyped]
import pytest
import torch

from app.cli.cluster_training import run_on_cluster
from app.cli.training import Plan, open_source, run_training
from encoder.batches import mean_direction
from encoder.checkpoints import Checkpoint, save_checkpoint
from encoder.config import TrainingConfig, catalogue
from encoder.evaluation import evaluate
from encoder.runs import checkpoint_of
from encoder.training import fit
from indexer.catalogue import Catalogue
from indexer.encoder_in_use import modalities_of
from indexer.encoding import read_sequences
from indexer.errors import ReelfindError
from indexer.indexing import Indexer
from indexer.listener import StoppedError
from indexer.models import Models
from indexer.opening import open_index
from indexer.preparation import Preparation
from indexer.report import IndexReport
from indexer.request import Request
from indexer.settings import load_settings
from indexer.store.names import pair
from indexer.trained import TrainedProbes
from tests.conftest import REPOSITORY, artefacts
from tests.indexer.executors.stub_backbones import MARKS, POISON, VICTIM
from tests.indexer.store.standin import listening
from tests.indexer.test_indexing import Heard
from tests.object_store import Store
from tests.probes.test_saved import make_probe

ray: Any = pytest.importorskip(
    "ray", reason="Ray is not installed: pip install 'reelfind[cluster]'"
)
members_of = importlib.import_module("indexer.executors.ray_pool").members_of
pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux has 127.0.0.2 and further on"),
    # Ray's own threads and sockets are closed when the process ends.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

SETTINGS = """
profile = "stub"
profiles.stub = {video = "stub-video", audio = "stub-audio", text = "stub-text"}
shots.refine = false
text.transcribe = false
cluster.attempts = 2
"""


@dataclass(frozen=True)
class Place:
    """A running cluster.

    Each node begins in a folder of its own below ``marks``, where a process waits to be killed, and
    ``aws`` may say how an object store is reached.
    """

    address: str
    marks: Path


@pytest.fixture(scope="module")
def stubs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the stub backbones, as pip would install them."""
    folder = tmp_path_factory.mktemp("stubs")
    source = Path(__file__).with_name("stub_backbones.py")
    shutil.copy(source, folder / "reelfind_stubs.py")
    about = folder / "reelfind_stubs-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: reelfind-stubs\nVersion: 1.0\n")
    points = [f"stub-{name} = reelfind_stubs:{name.upper()}" for name in ("video", "audio", "text")]
    (about / "entry_points.txt").write_text("\n".join(["[reelfind.backbones]", *points]))
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        yield folder


@pytest.fixture(scope="module")
def cluster(stubs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    from ray.cluster_utils import Cluster

    from bench.cluster import RAY  # Linux alone.

    marks = tmp_path_factory.mktemp("marks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(stubs), str(REPOSITORY)]))
        for name, value in RAY.items():
            patch.setenv(name, value)
        patch.setenv(MARKS, str(marks))
        patch.setenv("AWS_CONFIG_FILE", str(marks / "aws"))
        made = Cluster(shutdown_at_exit=False)
        try:
            # Ray would take the outer address of the machine in place of 127.0.0.1.
            for number, cpus in enumerate((0, 1, 1), start=2):
                own = marks / f"node-{number}"
                own.mkdir()
                with chdir(own):
                    made.add_node(
                        num_cpus=cpus,
                        node_ip_address=f"127.0.0.{number}",
                        object_store_memory=80 * 2**20,
                        include_dashboard=False,
                    )
            patch.delenv(MARKS)  # Nobody kills this process.
            patch.delenv("AWS_CONFIG_FILE")
            here = {"_node_ip_address": "127.0.0.2", "log_to_driver": False}
            ray.init(made.address, logging_level="ERROR", **here)
            yield Place(made.address, marks)
        finally:
            ray.shutdown()
            made.shutdown()  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def films(stubs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four films of two shots, one of which is the victim's."""
    folder = tmp_path_factory.mktemp("films")
    colours = {"one": "red", "two": "gray", "three": "white", "victim": hexed(VICTIM)}
    for number, (name, colour) in enumerate(colours.items()):
        make_film(folder / f"{name}.mp4", colour, 200 + 100 * number)
    return folder


def hexed(colour: tuple[int, int, int]) -> str:
    return "#" + "".join(f"{level:02x}" for level in colour)


def make_film(path: Path, colour: str, pitch: int) -> None:
    picture = f"color={colour}:s=320x240:r=12:d=1[a];testsrc2=s=320x240:r=12:d=1[b]"
    graph = f"{picture};[a][b]concat=n=2[v];sine={pitch}:d=2[s]"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-filter_complex", graph]
    command += ["-map", "[v]", "-map", "[s]", "-pix_fmt", "yuv444p", str(path)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def index(
    films: Path,
    data: Path,
    address: str | None,
    heard: Heard,
    settings: str = "",
    refit: bool = False,
) -> IndexReport:
    data.mkdir(exist_ok=True)
    (data / "reelfind.toml").write_text(settings + SETTINGS)
    return run(Request((films,), refit=refit, cluster=address), data, heard)


def run(request: Request, data: Path, heard: Heard) -> IndexReport:
    return Indexer(Catalogue(data), load_settings(data), heard, debug=True).run(request)


def kill_the_victim(marks: Path) -> threading.Thread:
    """Kill the process that waits for it, as soon as there is one."""

    def kill() -> None:
        victim = marks / "victim"
        while not victim.is_file() or not victim.read_text().endswith("\n"):
            time.sleep(0.02)
        os.kill(int(victim.read_text()), signal.SIGKILL)

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    return thread


class Stops(Heard):
    """A listener that stops the run when a film is decoded."""

    def doing(self, title: str, stage: str) -> None:
        super().doing(title, stage)
        if stage == "shots":
            raise StoppedError


def test_without_a_cluster_the_run_says_so(films: Path, tmp_path: Path) -> None:
    with pytest.raises(ReelfindError, match=r"127\.0\.0\.9:1.*ray start --head"):
        index(films, tmp_path / "data", "127.0.0.9:1", Heard())


def test_members_follow_gpus_where_there_are_some() -> None:
    nodes = {"head": {"memory": 1.0}, "a": {"CPU": 8.0}, "b": {"CPU": 4.0}}
    assert members_of(nodes, 1.0) == {"a": 1, "b": 1}
    nodes |= {"c": {"CPU": 8.0, "GPU": 2.0}}
    assert members_of(nodes, 1.0) == {"c": 2}
    assert members_of(nodes, 0.333333) == {"c": 6}


@dataclass(frozen=True)
class Indexed:
    """The same films, indexed by one process and on a cluster; what was heard of each."""

    local: Path
    clustered: Path
    heard_local: Heard
    heard_clustered: Heard
    report: IndexReport


@pytest.fixture(scope="module")
def indexed(cluster: Place, films: Path, tmp_path_factory: pytest.TempPathFactory) -> Indexed:
    """On the cluster one process is killed while it works."""
    folder = tmp_path_factory.mktemp("indexed")
    local, clustered, alone, heard = folder / "local", folder / "cluster", Heard(), Heard()
    assert not index(films, local, None, alone).failed
    thread = kill_the_victim(cluster.marks)
    report = index(films, clustered, cluster.address, heard)
    thread.join()
    return Indexed(local, clustered, alone, heard, report)


@pytest.mark.timeout(240)
def test_a_process_is_killed_and_the_index_is_that_of_one_machine(
    indexed: Indexed, films: Path
) -> None:
    heard = indexed.heard_clustered
    assert not indexed.report.failed, [title.error for title in indexed.report.titles]
    assert artefacts(indexed.clustered) == artefacts(indexed.local)
    # Nothing that was finished was done again: one title's stages in hand alone began twice.
    again = Counter(heard.stages) - Counter(indexed.heard_local.stages)
    assert ("victim", "video") in again
    assert {title for title, _ in again} == {"victim"}
    assert sum(again.values()) <= 2
    assert [line for line in heard.messages if line.startswith("victim: its process died")]
    # What is done needs no cluster, and no stage of it runs again.
    again_local = index(films, indexed.clustered, "127.0.0.9:1", Heard())
    assert all(title.unchanged for title in again_local.titles)


@pytest.mark.timeout(240)
def test_another_encoder_and_a_probe_are_put_to_use_on_the_cluster(
    cluster: Place, indexed: Indexed, tmp_path: Path
) -> None:
    another = train_another(indexed.local, tmp_path / "another")
    probe = make_probe("tone", another.checkpoint_id, another.encoder.config.width)
    # The encoder's own stages first, then those that read the probe.
    stages: list[set[str]] = []
    for data, address in ((indexed.local, None), (indexed.clustered, cluster.address)):
        probes, heard = TrainedProbes(Catalogue(data).probes_path), [Heard(), Heard()]
        use = Request(encoder=tmp_path / "another", cluster=address)
        assert run(use, data, heard[0]).encoder == another.checkpoint_id
        probes.use("tone", probes.add(probe), probe.probe.classes)
        assert not run(Request(rescore=True, cluster=address), data, heard[1]).failed
        stages += [{stage for _, stage in each.stages} for each in heard]
        assert all(len({title for title, _ in each.stages}) == 4 for each in heard)
    assert stages == 2 * [{"context", "clips", "scores", "points"}, {"scores", "points"}]
    assert artefacts(indexed.clustered) == artefacts(indexed.local)


def train_another(data: Path, folder: Path) -> Checkpoint:
    """Train an encoder of another shape on a catalogue and save it."""
    models = Models(load_settings(data))
    titles = read_sequences(Preparation(Catalogue(data), load_settings(data), models).others([]))
    shape = catalogue(modalities_of(models.description), len(titles[0].metadata))
    config, training = replace(shape, width=16, depth=1, heads=2), TrainingConfig(steps=2)
    encoder = fit(titles, config, training)
    report = evaluate(encoder, titles, mean_direction(titles), training)
    checkpoint = Checkpoint(encoder, training, report, "stub")
    save_checkpoint(checkpoint, folder)
    return checkpoint


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.filterwarnings(
    "ignore::DeprecationWarning"
)  # Ray Train imports Ray Data, which warns of itself.
def test_an_encoder_is_trained_by_processes_that_ray_train_starts(
    cluster: Place, indexed: Indexed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    local, clustered = tmp_path / "local", tmp_path / "cluster"
    source = open_source(None, indexed.local)
    shape = catalogue(source.modalities, source.metadata_dim)
    config = replace(shape, width=16, depth=1, heads=2)
    training, data = TrainingConfig(steps=6, validate_every=3), source.training_data(0.3)
    plan = Plan(local, None, indexed.local, 0.3, config, training)
    run_training(plan, data, resume=False, as_json=True)
    capsys.readouterr()
    run_on_cluster(cluster.address, 2, replace(plan, folder=clustered), data, False, True)
    told = capsys.readouterr()
    assert "on 2 processes of the cluster (cpu)" in told.err
    assert "step 6: validation loss" in told.err
    assert json.loads(told.out)["checkpoint"] == str(clustered / "checkpoint")
    one, two = (checkpoint_of(each).encoder.state_dict() for each in (local, clustered))
    for name, tensor in one.items():
        torch.testing.assert_close(two[name], tensor, rtol=0, atol=2e-3)
    with pytest.raises(ReelfindError, match="holds a training run already"):
        run_on_cluster(cluster.address, 2, replace(plan, folder=clustered), data, False, True)
    with pytest.raises(ReelfindError, match="this run has ended"):
        run_on_cluster(cluster.address, 2, replace(plan, folder=clustered), data, True, True)


@pytest.mark.timeout(240)
def test_a_run_that_was_stopped_goes_on(cluster: Place, films: Path, tmp_path: Path) -> None:
    few, data, heard = tmp_path / "films", tmp_path / "data", Heard()
    few.mkdir()
    for name in ("one.mp4", "two.mp4", "three.mp4"):
        shutil.copy(films / name, few)
    with pytest.raises(StoppedError):
        index(few, data, cluster.address, Stops())
    assert not index(few, data, cluster.address, heard).failed
    assert len([title for title, stage in heard.stages if stage == "decode"]) < 3


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_nodes_without_a_common_folder_share_by_an_object_store(
    cluster: Place, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (cluster.marks / "aws").write_text(
        "[default]\nregion = us-east-1\naws_access_key_id = editor\n"
        f"aws_secret_access_key = secret\nendpoint_url = {os.environ['AWS_ENDPOINT_URL']}\n"
    )
    films = tmp_path / "films"
    films.mkdir()
    for colour, pitch in (("red", 200), ("gray", 300)):
        make_film(films / f"{colour}.mp4", colour, pitch)
    settings = 'storage.artefacts = "s3://studio/reelfind"\n'
    data, heard = Path("/proc/self/cwd/data"), Heard()  # Another folder for each process.
    monkeypatch.chdir(tmp_path)
    assert not index(films, data, cluster.address, heard, settings).failed
    assert {stage for _, stage in heard.stages} >= {"decode", "fused", "context", "points"}
    assert list(data.glob("titles/*/decode-*")) == [], "the command reads little of what is large"
    assert len({*cluster.marks.glob("node-*/data/titles/*/decode-*")}) >= 2
    for place, cluster_address, expected in (
        (data, cluster.address, set()),
        (tmp_path / "alone", None, {"points"}),  # Into an embedded index of its own.
    ):
        heard = Heard()
        assert not index(films, place, cluster_address, heard, settings).failed
        assert {stage for _, stage in heard.stages} == expected


@pytest.fixture
def qdrant() -> Iterator[str]:
    """The address of a stand-in for a Qdrant server that other processes reach."""
    with listening() as address:
        yield address


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_title_that_kills_its_processes_is_skipped_and_others_go_to_the_server(
    cluster: Place, qdrant: str, tmp_path: Path
) -> None:
    films, data, heard = tmp_path / "films", tmp_path / "data", Heard()
    films.mkdir()
    make_film(films / "first.mp4", "red", 300)
    make_film(films / "poison.mp4", hexed(POISON), 200)
    server = f'qdrant_url = "{qdrant}"\n'
    report = index(films, data, cluster.address, heard, server)
    first, poison = sorted(report.titles, key=lambda title: title.path)
    assert first.error is None
    assert "poison.mp4: skipped, since each of 2 processes" in str(poison.error)
    (manifest,) = Catalogue(data).manifests()
    assert manifest.shots > 1
    # With another film there is another encoder, for the first one too, which is not decoded again.
    (films / "poison.mp4").unlink()
    make_film(films / "late.mp4", "white", 400)
    heard = Heard()
    assert not index(films, data, cluster.address, heard, server, refit=True).failed
    again = {stage for title, stage in heard.stages if title == "first"}
    assert again == {"context", "clips", "scores", "points"}
    with open_index(Catalogue(data), load_settings(data)) as store:
        current = store.current()
        assert current is not None
        shots, clips = (store.count(each) for each in pair(current))
    manifests = Catalogue(data).manifests()
    assert (shots, clips) == (
        sum(each.shots for each in manifests),
        sum(each.clips for each in manifests),
    )
