"""Trains a task's probe on labelled data, and chooses probes to use."""

from datetime import date
from pathlib import Path

from app.labelling.data import ProbeData
from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.trained import TrainedProbes
from probes.recording import train_and_record
from probes.saved import ProbeError, SavedProbe, load_probe
from probes.tasks import Task


def train(data: ProbeData, task: Task, made: date) -> SavedProbe:
    """Train a task's probe on blocks of labelled clips, or of whole titles.

    Raises:
        ReelfindError: there are too few labels.
    """
    labelled = data.labelled(task)
    if not labelled.items:
        raise ReelfindError(
            f"{data.source}: no labels of task {task.name} that mean a shot; "
            "`reelfind labels summary` counts them"
        )
    try:
        return train_and_record(
            task,
            labelled,
            data.represent(labelled.items).choice(task.level),
            data.prompted(task, labelled.items),
            profile=data.profile,
            encoder=data.encoder_id,
            made=made,
            settings=data.settings,
        )
    except ValueError as error:
        raise ReelfindError(f"{data.source}: {error}") from error


def choose(
    catalogue: Catalogue, wanted: str, every_class: bool
) -> tuple[str, SavedProbe, tuple[str, ...]]:
    """Choose the probe to use, and the classes that it should score.

    Args:
        catalogue: to score.
        wanted: a task (its newest probe), a probe's id, or a probe's folder.
        every_class: include classes that measured no better than their prompts.

    Returns:
        The id, the probe, and the classes it will score.

    Raises:
        ReelfindError: there is no such probe, it reads another encoder or profile, or it is
        better than the prompts for no class.
    """
    probes = TrainedProbes(catalogue.probes_path)
    folder = Path(wanted)
    if folder.is_dir():
        try:
            saved = load_probe(folder)
        except ProbeError as error:
            raise ReelfindError(str(error)) from error
        identity = saved.probe_id
    else:
        identity, saved = probes.find(wanted)
    record = saved.record
    expected = (catalogue.profile, catalogue.current_encoder)
    if (record.profile, record.encoder) != expected:
        raise ReelfindError(
            f"probe {identity[:8]} ({record.task}) reads profile {record.profile!r} by encoder "
            f"{record.encoder}, and this catalogue is embedded with {expected[0]!r} by "
            f"{expected[1]}; train it again with `reelfind probes train {record.task}`"
        )
    classes = tuple(each.name for each in record.classes if every_class or each.better)
    if not classes:
        raise ReelfindError(
            f"probe {identity[:8]} ({record.task}): no class measured better than its prompts and "
            "than chance, so it would make search worse; label more, or insist with --every-class"
        )
    if folder.is_dir():
        probes.add(saved)
    return identity, saved, classes
