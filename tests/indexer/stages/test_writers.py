"""Several writers of one stage at once: in whatever order they act, no result is a mixture."""

import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.stages.base import SAME_AS, TitleFolder

NAME, KEY, EARLIER = "shots", "k", "j"
FILES = ("a", "deep/b", "c")
STEPS = {
    *("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.scandir", "os.listdir"),
    "shutil.rmtree",
}
"""Python's audit events before each access to the file system, where a writer has to wait."""

_thread = threading.local()


class KilledError(BaseException):
    """Ends a writer as a kill does: nothing that it would still do happens."""


class Actor(threading.Thread):
    """Acts on a folder, one step at a time; ``kill_at`` counts the steps before it is killed."""

    def __init__(self, act: Callable[[], object], kill_at: int | None) -> None:
        super().__init__(daemon=True)
        self.error: BaseException | None = None
        self.is_over = self.was_killed = False
        self._act, self._left = act, kill_at
        self._go, self._waits = threading.Semaphore(0), threading.Semaphore(0)

    def run(self) -> None:
        _thread.actor = self
        try:
            self.pause()
            self._act()
        except BaseException as error:
            self.error = error
        del _thread.actor
        self.is_over = True
        self._waits.release()

    def pause(self) -> None:
        """Wait for the next turn."""
        if not self.was_killed:
            self._waits.release()
            self._go.acquire()
            if self._left is not None:
                self.was_killed = self._left == 0
                self._left -= 1
        if self.was_killed:
            raise KilledError

    def begin(self) -> None:
        """Start the thread, and return when it waits."""
        self.start()
        self._waits.acquire()

    def step(self) -> None:
        """Let it act until its next step."""
        self._go.release()
        self._waits.acquire()


def pause_before(event: str, _: object) -> None:
    actor = getattr(_thread, "actor", None)
    if actor is not None and event in STEPS:
        actor.pause()


sys.addaudithook(pause_before)


def fill(folder: Path, content: str) -> None:
    (folder / "deep").mkdir()
    for name in FILES:
        with (folder / name).open("w") as file:
            file.write(content)
            file.flush()
            if actor := getattr(_thread, "actor", None):
                actor.pause()
            file.write(content)


def content_of(result: Path) -> set[str]:
    """The contents of a result, one for each writer; a file that is missing counts as one."""
    found = {
        path.relative_to(result).as_posix(): path.read_text()
        for path in result.rglob("*")
        if path.is_file() and path.name != SAME_AS
    }
    return {found.get(name, "missing") for name in FILES}


@dataclass(frozen=True)
class Scene:
    """What acts on a title's folder, and what is there before."""

    writers: list[int | None]
    """For each the number of steps after which it is killed; None: never."""
    prunes: bool
    made_before: bool
    earlier: bool
    turns: list[int]


SCENES = st.builds(
    Scene,
    st.lists(st.none() | st.integers(0, 30), min_size=2, max_size=3),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.lists(st.integers(0, 3), max_size=120),
)


@settings(max_examples=60, deadline=None)
@given(SCENES)
def test_no_order_of_steps_and_no_kill_commits_a_mixture(scene: Scene) -> None:
    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / "title"
        path.mkdir()
        folder, final = TitleFolder(path), path / f"{NAME}-{KEY}"
        for key in [KEY] * scene.made_before + [EARLIER] * scene.earlier:
            folder.commit(NAME, key, lambda out: fill(out, "0"))

        def writer(number: int) -> Callable[[], object]:
            return lambda: TitleFolder(path).commit(NAME, KEY, lambda out: fill(out, str(number)))

        writers = [Actor(writer(number), kill) for number, kill in enumerate(scene.writers)]
        actors = list(writers)
        if scene.prunes:
            actors.append(Actor(lambda: TitleFolder(path).prune({NAME: KEY}), None))
        for actor in actors:
            actor.begin()
        turns = iter(scene.turns)
        while acting := [actor for actor in actors if not actor.is_over]:
            acting[next(turns, 0) % len(acting)].step()
            if final.exists():
                (one,) = content_of(final)
                assert one in {"00", "11", "22"}
        lives = [actor for actor in actors if not actor.was_killed]
        errors = [actor.error for actor in lives if actor.error is not None]
        # Whoever deletes unfinished folders ends their writers.
        assert not errors or scene.prunes, errors
        assert all(isinstance(error, FileNotFoundError) for error in errors)
        # A kill between taking an earlier result away and putting the new one there leaves none.
        if len(lives) == len(actors) and any(actor.error is None for actor in writers):
            assert final.exists()
        folder.prune({NAME: KEY})
        assert set(path.iterdir()) <= {final}


WRITER = """
import sys
from pathlib import Path
from indexer.stages.base import TitleFolder

def fill(out):
    for name in "abc":
        (out / name).write_text(sys.argv[2] * 10_000)

print("ready", flush=True)
sys.stdin.readline()
for key in range(60):
    TitleFolder(Path(sys.argv[1])).commit("shots", str(key), fill)
    print(key, flush=True)
"""


def test_processes_that_write_the_same_stages_leave_whole_results(tmp_path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, tmp_path, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in "012"
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
    killed = processes[0]
    assert killed.stdout is not None
    while killed.stdout.readline() not in ("20\n", ""):
        pass
    killed.kill()
    killed.communicate()
    assert [process.communicate()[1] for process in processes[1:]] == [None, None]
    assert [process.returncode for process in processes[1:]] == [0, 0]
    results = TitleFolder(tmp_path).results("shots")
    # A kill between taking an earlier result away and putting the new one there leaves none.
    assert len(results) >= 59
    for result in results:
        (content,) = {(result / name).read_text() for name in "abc"}
        assert content in {name * 10_000 for name in "012"}
