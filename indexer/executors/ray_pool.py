"""The processes of a Ray cluster that keep the networks loaded: one a node, or more on GPUs."""

import logging
import socket
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import ray
from ray.exceptions import RayActorError, RayError, RayTaskError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from indexer.errors import ReelfindError
from indexer.executors.decoder import decode
from indexer.executors.growth import Growth
from indexer.executors.orders import Order, Setup
from indexer.executors.worker import Worker
from indexer.listener import Listener
from indexer.pipeline import AT_ONCE
from indexer.sections import ClusterSettings

LOOK = 1.0
"""Seconds after which a run that hears nothing looks for new nodes, and whether it was stopped."""
ANSWER = 5.0
"""Seconds in which the head of a cluster has to take a connection."""


def connect(address: str) -> bool:
    """Connect this process to a cluster; return False if it is connected already.

    Raises:
        ReelfindError: there is no cluster at this address.
    """
    if ray.is_initialized():
        return False
    try:
        if address != "auto":  # Ray itself would try for minutes.
            host, _, port = address.rpartition(":")
            socket.create_connection((host, int(port)), ANSWER).close()
        ray.init(address, log_to_driver=False, logging_level=logging.ERROR)
    except (OSError, RuntimeError, ValueError) as error:
        raise ReelfindError(
            f"cluster {address}: no Ray cluster answers there; start one with `ray start --head` "
            "on this machine, or name the host and port of its head"
        ) from error
    return True


@dataclass(eq=False)
class Member:
    """A process with networks. ``greeting`` is ready when the process is."""

    handle: Any
    node: str
    greeting: Any
    began: float
    ready: bool = False
    titles: int = 0
    alone: bool = False

    def run(self, order: Order) -> Any:
        """Run stages there, and return the stream of their rows."""
        return self.handle.run.remote(order)

    def kill(self) -> None:
        """End the process."""
        with suppress(RayError):
            ray.kill(self.handle)


def members_of(nodes: Mapping[str, Mapping[str, float]], gpus: float) -> dict[str, int]:
    """Return how many members each node has.

    Args:
        nodes: their resources, by id. One without CPUs, such as a head that only leads, has none.
        gpus: the part of a GPU that a member takes. Where the cluster has GPUs, only nodes with
            GPUs have members; the others decode.
    """
    working = {node: has for node, has in nodes.items() if has.get("CPU")}
    if not any(has.get("GPU") for has in working.values()):
        return dict.fromkeys(working, 1)
    # A third of a GPU fits three times, though 1 / 0.333333 is a little more.
    return {node: int(has["GPU"] / gpus + 1e-3) for node, has in working.items() if has.get("GPU")}


class Pool:
    """The members of a run. They follow the nodes of the cluster, which may come and go."""

    def __init__(
        self, setup: Setup, settings: ClusterSettings, jobs: int, listener: Listener
    ) -> None:
        """Start the first member; each works on up to ``jobs`` titles at a time."""
        self._setup, self._settings, self._jobs = ray.put(setup), settings, jobs
        self._listener = listener
        self._growth = Growth(settings.patience)
        self._members: list[Member] = []
        self._cpus: dict[str, float] = {}
        self._looked = self._began = time.monotonic()
        self._said = False
        self._look()
        largest = max(self._cpus.values())
        self._decode_cpus = min(settings.decode_cpus, largest)
        self._decode = ray.remote(decode).options(
            num_cpus=self._decode_cpus, max_retries=0, scheduling_strategy="SPREAD"
        )

    @property
    def room(self) -> int:
        """How many titles can be in hand: decoded, or in a member."""
        decoding = sum(int(cpus // self._decode_cpus) for cpus in self._cpus.values())
        return max(1, decoding) + self._jobs * len(self._members)

    def decode(self, order: Order) -> Any:
        """Decode a film somewhere, and return the stream of rows."""
        return self._decode.remote(self._setup, order)

    def take(self, alone: bool) -> Member | None:
        """Return the member with the fewest titles that takes another; None if none does.

        Args:
            alone: for a title that is suspected of killing processes, take a member that works on
                no other, and keep it so.
        """
        most = 1 if alone else self._jobs
        free = [each for each in self._members if each.ready and each.titles < most]
        free = [each for each in free if not each.alone]
        if not free:
            return None
        member = min(free, key=lambda each: each.titles)
        member.titles, member.alone = member.titles + 1, alone
        return member

    def grow(self, waiting: int) -> None:
        """Start more members if so many titles have waited for one long enough."""
        if self._growth.look(waiting, not all(each.ready for each in self._members)):
            self._look()

    def give_back(self, member: Member) -> None:
        """Note that a member has one title fewer."""
        member.titles, member.alone = member.titles - 1, False

    def lost(self, member: Member) -> None:
        """Forget a member whose process died; another takes its place."""
        if member in self._members:
            self._members.remove(member)
            member.kill()
            self._look()

    def wait(self, streams: Iterable[Any]) -> list[Any]:
        """Wait for a moment, and return one of the streams if it has a row by then.

        Raises:
            ReelfindError: no node is left, or one cannot work on this catalogue.
        """
        if time.monotonic() - self._looked > LOOK:
            self._look()
        starting = {each.greeting: each for each in self._members if not each.ready}
        ready, _ = ray.wait([*starting, *streams], num_returns=1, timeout=LOOK)
        for each in ready:
            if each in starting:
                self._welcome(starting[each])
        self._say_that_it_waits()
        return [each for each in ready if each not in starting]

    def close(self) -> None:
        """End all members."""
        for member in self._members:
            member.kill()

    def _look(self) -> None:
        """Start members that are wanted and have room, each where there are fewest."""
        self._looked = time.monotonic()
        there = nodes()
        self._cpus = {node: has["CPU"] for node, has in there.items() if has.get("CPU")}
        room = members_of(there, self._settings.gpus)
        while len(self._members) < self._growth.wanted:
            held = Counter(each.node for each in self._members)
            free = [node for node, count in room.items() if held[node] < count]
            if not free:
                break
            node = min(free, key=lambda each: (held[each], -self._cpus[each]))
            self._start(node, room[node], bool(there[node].get("GPU")))
        if not self._members:
            raise ReelfindError(
                "the cluster has no node with CPUs; add one with `ray start --address=…`, and run "
                "the same command again"
            )

    def _start(self, node: str, count: int, on_gpu: bool) -> None:
        threads = int(self._cpus[node]) // count // (AT_ONCE * self._jobs)
        handle: Any = (
            ray.remote(Worker)
            .options(
                num_cpus=0,
                num_gpus=self._settings.gpus if on_gpu else 0,
                max_restarts=0,
                max_concurrency=self._jobs,
                scheduling_strategy=NodeAffinitySchedulingStrategy(node, soft=False),
            )
            .remote(self._setup, max(1, threads))
        )
        self._members.append(Member(handle, node, handle.greet.remote(), time.monotonic()))

    def _welcome(self, member: Member) -> None:
        try:
            ray.get(member.greeting)
        except RayTaskError as error:
            if isinstance(error.cause, ReelfindError):
                raise error.cause from None
            raise
        except RayActorError as error:
            if member.node in nodes():
                cause = str(error).strip().splitlines()[-1]
                if "out of memory" in cause:  # What Ray says then fills a page.
                    cause = "it ran out of memory"
                raise ReelfindError(
                    f"a process with the networks cannot start on a node of the cluster ({cause}); "
                    "install the same packages on every node, and look at its memory"
                ) from error
            self.lost(member)
        else:
            member.ready = True
            self._growth.started(time.monotonic() - member.began)

    def _say_that_it_waits(self) -> None:
        waits = not any(each.ready for each in self._members)
        if waits and not self._said and time.monotonic() - self._began > self._settings.patience:
            self._said = True
            self._listener.message(
                "the cluster has not started a process with the networks yet; other work may hold "
                "its GPUs (see `ray status`)"
            )


def nodes() -> dict[str, dict[str, float]]:
    """Return the resources of the nodes that are there, by id."""
    everything: list[dict[str, Any]] = ray.nodes()  # type: ignore[no-untyped-call]
    return {each["NodeID"]: each["Resources"] for each in everything if each["Alive"]}
