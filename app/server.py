"""The one server: the browser application and the API in one process, on one port."""

import asyncio
import errno
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import uvicorn
from anyio.to_thread import current_default_thread_limiter
from starlette.middleware import Middleware
from starlette.types import ASGIApp
from streamlit import App
from streamlit.web.bootstrap import load_config_options

from app.api import api_routes, create_api
from app.api.gates import threads
from app.api.logs import make_logger
from app.auth.authenticator import Authenticator, is_guarded, is_own_machine
from app.auth.guard import Guard
from app.auth.headers import SafeHeaders
from app.base_path import BasePath
from app.database.sharing import Turn
from app.database.turns import Taking
from app.garbage_collection import collect_now_and_then
from app.jobs.watching import Watcher
from app.reviews.page import review_route
from app.running import announce, owned, withdraw
from app.runtime import Runtime
from app.ui.shared import AUTHENTICATION, SECRETS, open_runtime, runtime_arguments
from app.ui.theme import theme_options
from app.uploads import upload_route
from indexer.errors import ReelfindError
from indexer.settings import Settings

MAIN_SCRIPT = Path(__file__).parent / "ui" / "main.py"
SHUTDOWN_SECONDS = 3
"""Seconds to wait for open connections: browsers never close theirs."""
MANY = 50
"""Titles whose index may take seconds to open."""


class AnnouncingServer(uvicorn.Server):
    """A server that prints its address once it answers."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self.address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say where when that succeeded."""
        await super().startup(sockets)
        if self.started:
            print(f"Reelfind answers at {self.address} (Ctrl-C stops it)", flush=True)


def serve(data: Path, settings: Settings, host: str = "127.0.0.1", port: int = 8501) -> None:
    """Serve the catalogue in the folder ``data`` until Ctrl-C or SIGTERM.

    Clients on other machines need a key, unless the settings say otherwise. Port 0
    takes a free one; the printed address names it.

    Raises:
        ReelfindError: the port or the address cannot be had, or another server has the folder.
    """
    with owned(data, settings.has_replicas):
        _serve(data, settings, host, port)


def _serve(data: Path, settings: Settings, host: str, port: int) -> None:
    listener = _listen(host, port)
    port = listener.getsockname()[1]
    where = runtime_arguments(data, settings)
    runtime = open_runtime(**where)
    runtime.load_ahead()
    authenticator = Authenticator(data, settings, guarded=is_guarded(host, settings))
    try:
        if authenticator.guarded and not authenticator.has_keys():
            print(
                "No key exists yet, and nobody comes in without one: "
                f"reelfind keys make NAME --scope write --data {data}",
                file=sys.stderr,
            )
        load_config_options(_streamlit_options(host, port))
        log = make_logger(settings.server.log)
        base_path = settings.server.base_path
        address = _address(host, port) + base_path
        api = create_api(
            lambda: runtime, authenticator, settings.api, log, settings.database, base_path
        )
        app = App(
            MAIN_SCRIPT,
            routes=[*api_routes(api), upload_route(lambda: runtime.inbox), review_route()],
            secrets={SECRETS: dict(where), AUTHENTICATION: {"own": is_own_machine(host, settings)}},
            middleware=[
                Middleware(Guard, authenticator=authenticator, seconds=settings.api.body_seconds)
            ],
            lifespan=partial(_running, runtime, authenticator, data, address),
        )
        config = _config(BasePath(SafeHeaders(app), base_path), settings)
        with suppress(KeyboardInterrupt):
            AnnouncingServer(config, address).run(sockets=[listener])
    finally:
        runtime.close()
        authenticator.close()
        listener.close()


@asynccontextmanager
async def _running(
    runtime: Runtime, authenticator: Authenticator, data: Path, address: str, _app: App
) -> AsyncIterator[None]:
    """Be known to other processes while the server runs, and close the store when it stops.

    After SIGTERM nothing below ``run`` is reached, so it is done here.
    """
    needed = threads(runtime.settings.api, runtime.settings.database.connections)
    limiter = current_default_thread_limiter()
    limiter.total_tokens = max(limiter.total_tokens, needed)
    if runtime.catalogue.count() >= MANY:
        print("Opening the index…", file=sys.stderr, flush=True)
    runtime.open_ahead()
    announce(data, address, authenticator.machine_key, runtime.settings.has_replicas)
    # Goes on with what an earlier process left for webhooks.
    runtime.notifier.wake()
    runtime.reels.look()
    if runtime.database.is_shared:
        # Jobs may wait that other servers took in.
        runtime.jobs.start()
    watcher = Watcher(
        runtime.settings.jobs.watch,
        lambda: runtime.listing,
        lambda: runtime.jobs,
        turn=Taking(runtime.database, Turn.WATCH_FOLDERS),
    )
    watcher.start()
    collecting = asyncio.create_task(collect_now_and_then())
    try:
        yield
    finally:
        collecting.cancel()
        watcher.close()
        withdraw(data, authenticator.machine_key)
        runtime.close()
        authenticator.close()


def _config(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """Return how uvicorn runs ``app``; without named proxies, nobody is believed to be one."""
    proxies = [str(network) for network in settings.server.proxies]
    return uvicorn.Config(
        app,
        ws="websockets-sansio",
        log_level="warning",
        access_log=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )


def _listen(host: str, port: int) -> socket.socket:
    """Bind the port before anything is loaded, so that a port in use is reported at once."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family)
        # Connections inherit it. asyncio sets it only where a socket names its protocol, which
        # this one does not, and without it each answer waits 40 ms for an acknowledgement.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listener
    except OSError as error:
        cause = "in use" if error.errno == errno.EADDRINUSE else (error.strerror or str(error))
        raise ReelfindError(
            f"{host} port {port}: {cause}; stop what runs there or choose another with --port"
        ) from error


def _address(host: str, port: int) -> str:
    """The address to type: a wildcard is not one."""
    name = {"0.0.0.0": "localhost", "::": "localhost"}.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _streamlit_options(host: str, port: int) -> dict[str, object]:
    """Streamlit's settings: nothing is sent anywhere, nothing is watched."""
    return {
        "server.address": host,
        "server.port": port,
        "server.headless": True,
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": False,
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        # A collection after each redraw keeps the interpreter from all other editors; this server
        # collects now and then (``garbage_collection``).
        "runner.postScriptGC": False,
        **theme_options(),
    }
