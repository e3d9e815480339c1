"""How long editors wait for the search page when several of them search at once.

    python -m bench.editors DATA [--editors 20] [--seconds 30]
    python -m bench.editors DATA --address http://127.0.0.1:8501

Each editor has a page of their own over Streamlit's websocket, as a browser has, and presses Enter
every two seconds with other words. A wait is from Enter to the end of the redraw. DATA is copied
and served, or with ``--address`` a server that runs is asked. No browser draws anything, and no
still is fetched. The editors share the cores with the server; their part is printed. Linux only.
"""

import argparse
import asyncio
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from pathlib import Path

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from bench.latency_data import QUERIES
from bench.start import served

BOX, LEVELS = "Search", "Find"
"""Labels of the widgets that a search sends."""
PAUSE = 2.0
"""Seconds from one Enter to the next."""
PATIENCE = 60.0
WARM = 3
"""Searches of each editor that do not count."""


class Editor:
    """A page that somebody searches in; it sends with each redraw what a browser sends."""

    def __init__(self, connection: ClientConnection, draw: random.Random) -> None:
        self._connection = connection
        self._draw = draw
        self.query = self._page = ""
        self._box = WidgetState()
        self._levels = WidgetState()
        self.waits: list[float] = []

    async def open(self) -> None:
        """Draw the page for the first time."""
        await self._redraw()
        if not self._box.id:
            raise SystemExit("the page shows no search box: is something indexed?")

    async def search(self, until: float) -> None:
        """Press Enter every ``PAUSE`` seconds until the monotonic time ``until``."""
        await asyncio.sleep(self._draw.uniform(0, PAUSE))
        count = 0
        while (began := time.monotonic()) < until:
            self._box.string_value = f"{self._draw.choice(QUERIES)} {count}"
            await self._redraw(self._box, self._levels)
            count += 1
            if count > WARM:
                self.waits.append(time.monotonic() - began)
            await asyncio.sleep(max(0.0, began + PAUSE - time.monotonic()))

    async def _redraw(self, *widgets: WidgetState) -> None:
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_script_hash = self._page
        message.rerun_script.widget_states.widgets.extend(widgets)
        await self._connection.send(message.SerializeToString())
        async with asyncio.timeout(PATIENCE):
            while not self._read(ForwardMsg.FromString(await self._connection.recv(decode=False))):
                pass

    def _read(self, told: ForwardMsg) -> bool:
        """Take in what the server sends; return whether the redraw has ended."""
        match told.WhichOneof("type"):
            case "delta":
                self._see(told.delta.new_element)
            case "page_info_changed":
                self.query = told.page_info_changed.query_string
            case "new_session":
                self._page = told.new_session.page_script_hash
            case "script_finished":
                return True
        return False

    def _see(self, element: Element) -> None:
        match element.WhichOneof("type"):
            case "text_input" if element.text_input.label == BOX:
                self._box.id = element.text_input.id
            case "button_group" if element.button_group.label == LEVELS:
                self._levels.id = element.button_group.id
                if element.button_group.set_value:
                    self._levels.string_array_value.data[:] = element.button_group.raw_values
            case "exception":
                raise SystemExit(f"the page failed: {element.exception.message}")


async def work(address: str, count: int, seconds: float) -> list[Editor]:
    """Let editors search a server's catalogue for some seconds, and return them."""
    stream = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
    protocols = [Subprotocol("streamlit")]
    async with AsyncExitStack() as stack:
        editors = []
        for number in range(count):
            page = connect(stream, subprotocols=protocols, max_size=None, proxy=None)
            connection = await stack.enter_async_context(page)
            editors.append(Editor(connection, random.Random(number)))
            await editors[-1].open()
        until = time.monotonic() + seconds + WARM * PAUSE
        async with asyncio.TaskGroup() as group:
            for editor in editors:
                group.create_task(editor.search(until))
    return editors


@contextmanager
def copied(data: Path) -> Iterator[str]:
    """Serve a copy of a data directory; yield the address."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="reelfind-")))
        copy = shutil.copytree(data, folder / "data")
        client, _ = stack.enter_context(served(copy))
        while not client.get("/readyz").is_success:
            time.sleep(0.1)
        yield str(client.base_url).removesuffix("/api/")


def report(waits: list[float], editors: int) -> str:
    """Return what was measured as a line."""
    milliseconds = sorted(1000 * wait for wait in waits)
    last = milliseconds[int(0.95 * len(milliseconds))]
    middle = statistics.median(milliseconds)
    return (
        f"{editors} editors, {len(waits)} searches: median {middle:.0f} ms, "
        f"95th percentile {last:.0f} ms"
    )


def main() -> None:
    """Measure, and print the lines."""
    from bench.processes import computed_by_all  # Linux alone, unlike the rest.

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path)
    parser.add_argument("--editors", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--address", help="of a server that runs; nothing is copied then")
    given = parser.parse_args()
    with ExitStack() as stack:
        address = given.address or stack.enter_context(copied(given.data))
        httpx.get(f"{address}/api/healthz", trust_env=False).raise_for_status()
        began, before = time.process_time(), computed_by_all()
        editors = asyncio.run(work(address, given.editors, given.seconds))
        own, served_in = time.process_time() - began, computed_by_all() - before
    waits = [wait for each in editors for wait in each.waits]
    print(report(waits, len(editors)))
    if not given.address:
        redraws = len(waits) + (1 + WARM) * len(editors)
        print(f"the server took {1000 * served_in / redraws:.0f} ms of processor time a redraw")
    print(f"the editors themselves took {own / (given.seconds + WARM * PAUSE):.0%} of a core")


if __name__ == "__main__":
    main()
