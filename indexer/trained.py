"""The trained probes of a catalogue, and which of them are in use.

probes/<task>/<id>/   one folder a probe, never changed
probes/in-use.json    by task: the id of the probe that scores, and the classes it scores
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import numpy as np

from encoder.atomic import write_text
from indexer.errors import ReelfindError
from probes.probe import Blocks, Matrix, joined
from probes.saved import ProbeError, ProbeRecord, SavedProbe, load_probe, save_probe

IN_USE = "in-use.json"


class Choice(TypedDict):
    """A task's entry in ``in-use.json``."""

    probe: str
    classes: list[str]


@dataclass(frozen=True, eq=False)
class ProbeInUse:
    """A trained probe in use, and the classes that it scores; the others stay zero-shot."""

    probe_id: str
    saved: SavedProbe
    classes: tuple[str, ...]

    @property
    def record(self) -> ProbeRecord:
        """The probe's own record."""
        return self.saved.record

    @property
    def choice(self) -> Choice:
        """Its entry in ``in-use.json``."""
        return Choice(probe=self.probe_id, classes=list(self.classes))

    @property
    def reads(self) -> tuple[str, ...]:
        """The blocks that it reads."""
        return self.record.reads

    def scores(self, blocks: Blocks) -> dict[str, Matrix]:
        """Return for each class it scores [n] float32 in 0..1, for blocks of n items."""
        probe = self.saved.probe
        found = probe.scores(joined(blocks, probe.reads))
        columns = {name: column for column, name in enumerate(self.saved.probe.classes)}
        return {name: np.ascontiguousarray(found[:, columns[name]]) for name in self.classes}

    def threshold(self, name: str) -> float:
        """Return the score from which a clip carries a class; 0.5 by default."""
        (own,) = (each for each in self.record.classes if each.name == name)
        return 0.5 if own.threshold is None else own.threshold


class TrainedProbes:
    """The folder ``probes`` of a data directory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, saved: SavedProbe) -> str:
        """Add a probe and return its id; an existing one is not changed."""
        identity = saved.probe_id
        folder = self._folder / saved.record.task / identity
        if not folder.exists():
            save_probe(saved, folder)
        return identity

    def all(self) -> list[tuple[str, SavedProbe]]:
        """Return the ids and probes of each task, the oldest first.

        Raises:
            ReelfindError: one of them is damaged.
        """
        folders = [each for each in self._folder.glob("*/*/") if not each.name.startswith(".")]
        found = [(each.name, self._load(each)) for each in folders]
        return sorted(found, key=lambda each: (each[1].record.task, each[1].record.made, each[0]))

    def find(self, wanted: str) -> tuple[str, SavedProbe]:
        """Return the probe whose id begins with ``wanted``, or the newest one of that task.

        Raises:
            ReelfindError: there is none, or several ids begin so.
        """
        everything = self.all()
        of_task = [each for each in everything if each[1].record.task == wanted]
        if of_task:
            return max(of_task, key=lambda each: self._made(each[0], each[1]))
        named = [each for each in everything if each[0].startswith(wanted)]
        if len(named) == 1:
            return named[0]
        what = "more than one probe begins so" if named else "no such task or probe"
        raise ReelfindError(f"{wanted}: {what}; `reelfind probes list` shows them")

    def use(self, task: str, identity: str | None, classes: Iterable[str] = ()) -> None:
        """Use a probe for some classes of a task from now on; None returns to zero-shot scores."""
        chosen = self._chosen()
        chosen.pop(task, None)
        if identity is not None:
            chosen[task] = Choice(probe=identity, classes=list(classes))
        write_text(self._folder / IN_USE, json.dumps(chosen, sort_keys=True, indent=1))

    def in_use(self) -> dict[str, ProbeInUse]:
        """Return the probes in use, by task.

        Raises:
            ReelfindError: one of them is damaged or missing.
        """
        return self.load(self._chosen())

    def load(self, chosen: Mapping[str, Choice]) -> dict[str, ProbeInUse]:
        """Return chosen probes, by task.

        Raises:
            ReelfindError: one of them is damaged or missing.
        """
        found = {}
        for task, choice in chosen.items():
            saved = self._load(self._folder / task / choice["probe"])
            found[task] = ProbeInUse(choice["probe"], saved, tuple(choice["classes"]))
        return found

    def _chosen(self) -> dict[str, Choice]:
        file = self._folder / IN_USE
        if not file.is_file():
            return {}
        try:
            chosen: dict[str, Choice] = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ReelfindError(
                f"{file}: cannot be read ({error}); remove it, and choose again with "
                "`reelfind probes use`"
            ) from error
        return chosen

    def _made(self, identity: str, saved: SavedProbe) -> tuple[str, int]:
        folder = self._folder / saved.record.task / identity
        return saved.record.made, folder.stat().st_mtime_ns

    @staticmethod
    def _load(folder: Path) -> SavedProbe:
        try:
            return load_probe(folder)
        except ProbeError as error:
            raise ReelfindError(str(error)) from error


def fitting(
    in_use: Mapping[str, ProbeInUse], encoder: str
) -> tuple[dict[str, ProbeInUse], list[str]]:
    """Return the probes in use that fit an encoder, and the tasks whose probes do not."""
    fit = {task: each for task, each in in_use.items() if each.record.encoder == encoder}
    return fit, sorted(set(in_use) - set(fit))
