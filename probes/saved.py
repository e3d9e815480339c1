"""Trained probes on disk: one folder each, written atomically."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import safetensors.numpy
from pydantic import TypeAdapter, ValidationError
from safetensors import SafetensorError

from encoder.atomic import write_folder
from probes.blocks import IN_CONTEXT
from probes.likeness import Likeness
from probes.probe import Matrix, Probe, Read
from probes.reading import BlockRecord
from probes.tasks import TaskKind

WEIGHTS = "probe.safetensors"
RECORD = "probe.json"
ID_LENGTH = 16


class ProbeError(ValueError):
    """A probe cannot be used; the message names it, the cause and the next step in one line."""


@dataclass(frozen=True)
class ClassRecord:
    """The measurements of a class on titles that its head had not seen.

    ``quality`` is the average precision, or tau-b for a ranking; ``zero_shot`` is that of the
    prompts' scores on the same items, None where there are none. ``threshold`` is the probability
    from which a clip has the class, None for a ranking.
    """

    name: str
    positives: int
    negatives: int
    titles: int
    quality: float
    chance: float
    zero_shot: float | None
    threshold: float | None

    @property
    def better(self) -> bool:
        """Whether it ranks items better than the prompts and than chance do."""
        return self.quality > max(self.chance, self.zero_shot or 0.0)


@dataclass(frozen=True)
class MeasureRecord:
    """A metric over all classes, with its 95 % interval over titles and the level of chance."""

    name: str
    value: float
    low: float
    high: float
    chance: float


@dataclass(frozen=True)
class ProbeRecord:
    """The record that is saved with a trained probe.

    ``encoder`` is the id of the checkpoint that its titles are embedded with, ``labels`` the
    digest of the labels it was trained on, ``made`` a date (ISO 8601), ``left_out`` the classes
    with too few labels, and what each lacks.
    """

    task: str
    kind: TaskKind
    profile: str
    encoder: str
    labels: str
    items: int
    titles: int
    made: str
    head: str
    strength: float
    expected_error: tuple[float, ...]
    """Of the calibration, by class; empty for a ranking."""
    classes: tuple[ClassRecord, ...]
    measures: tuple[MeasureRecord, ...]
    left_out: Mapping[str, str]
    blocks: tuple[BlockRecord, ...] = ()
    """Those that the probe reads, then those that were tried and left out; none in a probe that
    was saved before there were blocks, which reads in-context embeddings."""

    @property
    def reads(self) -> tuple[str, ...]:
        """The blocks that the probe reads."""
        return tuple(each.name for each in self.blocks if each.is_read) or (IN_CONTEXT,)


_RECORD = TypeAdapter(ProbeRecord)


@dataclass(frozen=True, eq=False)
class SavedProbe:
    """A trained probe and its record."""

    probe: Probe
    record: ProbeRecord

    @property
    def probe_id(self) -> str:
        """16 hexadecimal digits that identify the weights and the record."""
        return _identify(_weights(self.probe), self.record)


def save_probe(saved: SavedProbe, folder: Path) -> None:
    """Write a probe's weights and record.

    Raises:
        FileExistsError: ``folder`` is there already; a probe is never changed.
    """
    text = json.dumps({"probe_id": saved.probe_id, **_facts(saved.record)}, indent=2)
    write_folder(folder, {WEIGHTS: _weights(saved.probe), RECORD: text.encode()})


def load_probe(folder: Path) -> SavedProbe:
    """Read and verify what ``save_probe`` wrote.

    Raises:
        ProbeError: the folder is not there, not whole, or changed since it was written.
    """
    try:
        weights = (folder / WEIGHTS).read_bytes()
        facts: dict[str, Any] = json.loads((folder / RECORD).read_bytes())
        identity = facts.pop("probe_id")
        record = _RECORD.validate_python(facts)
        arrays = safetensors.numpy.load(weights)
        probe = Probe(
            task=record.task,
            kind="trained",
            classes=tuple(each.name for each in record.classes),
            weight=arrays["weight"],
            bias=arrays["bias"],
            exclusive=False,
            reads=_reads(record, arrays),
        )
    except (OSError, ValueError, KeyError, TypeError, ValidationError, SafetensorError) as error:
        cause = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ProbeError(
            f"{folder}: not a probe of this version ({cause}); train it with "
            "`reelfind probes train`"
        ) from error
    if _identify(weights, record) != identity:
        raise ProbeError(
            f"{folder}: damaged or changed since it was written; train it again with "
            f"`reelfind probes train {record.task}`"
        )
    return SavedProbe(probe, record)


def _weights(probe: Probe) -> bytes:
    arrays = {"weight": probe.weight, "bias": probe.bias}
    for likeness in (each.likeness for each in probe.reads if each.likeness is not None):
        arrays |= {"centre": likeness.centre, "known": likeness.known}
    return safetensors.numpy.save(arrays)


def _reads(record: ProbeRecord, arrays: Mapping[str, Matrix]) -> tuple[Read, ...]:
    """Return how the heads see each block; one at most is seen by likeness."""
    likeness = Likeness(arrays["centre"], arrays["known"]) if "known" in arrays else None
    if not record.blocks:
        width = arrays["weight" if likeness is None else "known"].shape[1]
        return tuple(Read(name, width, likeness) for name in record.reads)
    return tuple(
        Read(each.name, each.width, likeness if each.known_titles else None)
        for each in record.blocks
        if each.is_read
    )


def _facts(record: ProbeRecord) -> dict[str, Any]:
    """Return a record as JSON values: one that says nothing of blocks, as it was without them."""
    facts = asdict(record)
    if not record.blocks:
        del facts["blocks"]
    return facts


def _identify(weights: bytes, record: ProbeRecord) -> str:
    facts = json.dumps(_facts(record), sort_keys=True).encode()
    return hashlib.sha256(facts + b"\0" + weights).hexdigest()[:ID_LENGTH]
