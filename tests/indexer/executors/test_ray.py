"""A cluster of three nodes on this machine makes what one process makes, whoever is killed."""

import importlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import imageio_ffmpeg  # type: ignore[import-untyped]
import pytest

from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.indexing import Indexer
from indexer.listener import StoppedError
from indexer.opening import open_index
from indexer.report import IndexReport
from indexer.request import Request
from indexer.settings import load_settings
from indexer.store.base import pair
from tests.conftest import REPOSITORY, artefacts
from tests.indexer.executors.stub_backbones import MARKS, POISON, VICTIM
from tests.indexer.store.standin import standing_in
from tests.indexer.test_indexing import Heard

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
    """A running cluster: its address, and the folder where a process waits to be killed."""

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

    marks = tmp_path_factory.mktemp("marks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(stubs), str(REPOSITORY)]))
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv(MARKS, str(marks))
        made = Cluster(shutdown_at_exit=False)
        try:
            # Ray would take the outer address of the machine in place of 127.0.0.1.
            for number, cpus in enumerate((0, 1, 1), start=2):
                made.add_node(
                    num_cpus=cpus,
                    node_ip_address=f"127.0.0.{number}",
                    object_store_memory=80 * 2**20,
                    include_dashboard=False,
                )
            patch.delenv(MARKS)  # Nobody kills this process.
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
    indexer = Indexer(Catalogue(data), load_settings(data), heard, debug=True)
    return indexer.run(Request((films,), refit=refit, cluster=address))


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


@pytest.mark.timeout(240)
def test_a_process_is_killed_and_the_index_is_that_of_one_machine(
    cluster: Place, films: Path, tmp_path: Path
) -> None:
    alone, heard, data = Heard(), Heard(), tmp_path / "cluster"
    assert not index(films, tmp_path / "local", None, alone).failed
    thread = kill_the_victim(cluster.marks)
    report = index(films, data, cluster.address, heard)
    thread.join()
    assert not report.failed, [title.error for title in report.titles]
    assert artefacts(data) == artefacts(tmp_path / "local")
    # Nothing that was finished was done again: one title's stages in hand alone began twice.
    again = Counter(heard.stages) - Counter(alone.stages)
    assert ("victim", "video") in again
    assert {title for title, _ in again} == {"victim"}
    assert sum(again.values()) <= 2
    assert [line for line in heard.messages if line.startswith("victim: its process died")]
    # What is done needs no cluster, and no stage of it runs again.
    again_local = index(films, data, "127.0.0.9:1", Heard())
    assert all(title.unchanged for title in again_local.titles)


@pytest.mark.slow
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


@pytest.fixture
def qdrant() -> Iterator[str]:
    """The address of a stand-in for a Qdrant server that other processes reach."""
    with standing_in() as server:

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                asked = httpx.Request(self.command, f"http://x{self.path}", content=content)
                answer = server.handle_request(asked)
                self.send_response(answer.status_code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            do_GET = do_PUT = do_POST = do_DELETE = do_PATCH = answer  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()
        listening.server_close()


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
