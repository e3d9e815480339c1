"""Training an encoder on a Ray cluster: Ray Train starts the processes, in place of torchrun."""

import importlib
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rich.console import Console

from app.cli.training import Plan, TrainingListener, explained, open_source, print_end, say_what
from encoder.data import TrainingData
from encoder.distributed import launched
from encoder.evaluation import FitReport
from encoder.runs import Run, checkpoint_of
from encoder.training import Step
from indexer.errors import ReelfindError

EVERY = 1.0
"""Seconds between two steps that the first process tells of."""
RECORDS = "ray"
"""Folder of a run in which Ray Train keeps its own notes."""


class Told:
    """A listener of the first process that tells the command what it hears."""

    def __init__(self, queue: Any) -> None:
        self._queue = queue
        self._last = 0.0

    def stepped(self, step: Step, shots_per_second: float) -> None:
        """Tell of a step, once in a while and at the end."""
        now = time.monotonic()
        if now - self._last > EVERY or step.number == step.steps:
            self._last = now
            self._queue.put(("stepped", (step, shots_per_second)))

    def validated(self, step: int, report: FitReport, best: bool) -> None:
        """Tell of a validation."""
        self._queue.put(("validated", (step, report, best)))


def train_here(order: dict[str, Any]) -> None:
    """Train in one of the processes that Ray Train has started and joined."""
    from ray.train.torch import get_device

    plan: Plan = order["plan"]
    queue = order["queue"]
    device = get_device()
    try:
        data = open_source(plan.features, plan.data).training_data(plan.validation_share)
        with launched(device) as processes, explained(plan.folder):
            run = Run(
                plan.folder, data, plan.config, plan.training, device=device, processes=processes
            )
            if processes.is_first:
                where = f"{processes.count} processes of the cluster ({device})"
                queue.put(("begun", (run.step, where)))
            run.train(Told(queue))
    except ReelfindError as error:
        queue.put(("failed", (str(error),)))
        raise


class Progress:
    """Shows what the first process tells, in a thread, until the block ends."""

    def __init__(self, queue: Any, plan: Plan, data: TrainingData) -> None:
        self._queue, self._plan, self._data = queue, plan, data
        self._console = Console(stderr=True)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._show, daemon=True)
        self.error: str | None = None

    def __enter__(self) -> "Progress":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _show(self) -> None:
        with TrainingListener(self._console, 0, self._plan.training.steps) as listener:
            while True:
                over = self._over.is_set()
                for method, arguments in self._queue.get_nowait_batch(self._queue.qsize()):
                    self._tell(listener, method, arguments)
                if over:
                    return
                self._over.wait(EVERY / 2)

    def _tell(self, listener: TrainingListener, method: str, arguments: tuple[Any, ...]) -> None:
        if method == "failed":
            self.error = self.error or arguments[0]
        elif method == "begun":
            step, where = arguments
            say_what(self._console, step, self._data, where)
        else:
            getattr(listener, method)(*arguments)


def run_on_cluster(
    address: str,
    processes: int | None,
    plan: Plan,
    data: TrainingData,
    resume: bool,
    as_json: bool,
) -> None:
    """Train on the nodes of a cluster, which share the run's folder and the titles'.

    Args:
        address: see ``ClusterSettings.address``.
        processes: how many; by default one a GPU, or without GPUs one a node.
        plan: the run.
        data: its titles, as this machine has read them.
        resume: go on with the run in the folder.
        as_json: print one JSON object at the end.

    Raises:
        ReelfindError: there is no cluster or not enough of it, or the training cannot go on.
    """
    try:
        ray: Any = importlib.import_module("ray")
        pool = importlib.import_module("indexer.executors.ray_pool")
    except ModuleNotFoundError as error:
        raise ReelfindError(
            f"cluster {address}: Ray is not installed here; run: pip install 'reelfind[cluster]'"
        ) from error
    if not resume:
        plan.check_new()
    connected = pool.connect(address)
    try:
        _fit(_placed(plan), data, *places(pool.nodes(), processes))
    finally:
        if connected:
            ray.shutdown()
    print_end(plan.folder, checkpoint_of(plan.folder), as_json)


def _placed(plan: Plan) -> Plan:
    """Return a plan whose paths name the same folders in every working directory."""
    features = None if plan.features is None else plan.features.absolute()
    return replace(
        plan, folder=plan.folder.absolute(), features=features, data=plan.data.absolute()
    )


def places(nodes: Mapping[str, Mapping[str, float]], processes: int | None) -> tuple[int, bool]:
    """Return how many processes to start, and whether each takes a GPU rather than a CPU.

    Args:
        nodes: their resources, by id.
        processes: as asked for.

    Raises:
        ReelfindError: the cluster has not as many, so that Ray Train would wait for ever.
    """
    gpus, cpus = (int(sum(has.get(kind, 0) for has in nodes.values())) for kind in ("GPU", "CPU"))
    hosts = sum(1 for has in nodes.values() if has.get("CPU", 0) >= 1)
    count = processes or gpus or hosts
    if not 0 < count <= (gpus or cpus):
        there = f"{gpus} GPUs" if gpus else f"{cpus} CPUs"
        raise ReelfindError(
            f"the cluster has {there}, and each process of {max(count, 1)} takes one; choose fewer "
            "by --processes, or add nodes with `ray start --address=…`"
        )
    return count, gpus > 0


def _fit(plan: Plan, data: TrainingData, count: int, on_gpus: bool) -> None:
    from ray.train import RunConfig, ScalingConfig, TrainingFailedError
    from ray.train.torch import TorchTrainer
    from ray.util.queue import Queue

    queue = Queue(actor_options={"num_cpus": 0})
    trainer = TorchTrainer(
        train_here,
        train_loop_config={"plan": plan, "queue": queue},
        scaling_config=ScalingConfig(
            num_workers=count,
            use_gpu=on_gpus,
            placement_strategy="PACK" if on_gpus else "SPREAD",
        ),
        run_config=RunConfig(name=RECORDS, storage_path=str(plan.folder)),
    )
    progress = Progress(queue, plan, data)
    try:
        with progress:
            trainer.fit()
    except TrainingFailedError as error:
        raise ReelfindError(
            progress.error
            or f"{plan.folder}: a process of the training died "
            f"({str(error).strip().splitlines()[-1]}); the same command with --resume goes on "
            "from the last validation"
        ) from error
    finally:
        queue.shutdown()
