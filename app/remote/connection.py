"""Sends requests to one server: adds the key, uses the proxy, and parses answers and errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from app.problems import FieldProblem, Problem
from app.shortlists.bodies import AGENT
from indexer.network import may_use_proxy

T = TypeVar("T")


class ApiError(Exception):
    """The server refused or failed: its status, why, the fields it names, and the request's id."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        self.request_id = answer.headers.get("x-request-id", "")
        self.detail = f"answered {self.status}; see the server's own output"
        self.errors: list[FieldProblem] = []
        try:
            problem = Problem.model_validate_json(answer.content)
        except ValidationError:
            pass
        else:
            self.detail, self.errors = problem.detail, problem.errors
        super().__init__(f"{self.status}: {self.detail} (request {self.request_id})")


class Connection:
    """Sends requests to the API of one server.

    The environment's proxy (`HTTPS_PROXY`) is used for https alone: it would read a key otherwise.

    Args:
        address: such as ``http://127.0.0.1:8501``.
        key: sent with every request; None if the server needs none.
        patience: seconds to wait for an answer.
        agent: the program that acts for the caller, noted beside the author of changes.
        transport: sends the requests instead of the network.
    """

    def __init__(
        self,
        address: str,
        key: str | None,
        patience: float,
        agent: str = "",
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.Client(
            base_url=f"{address.rstrip('/')}/api",
            headers=headers | ({AGENT: agent} if agent else {}),
            timeout=patience,
            transport=transport,
            trust_env=may_use_proxy(address),
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def send(
        self, method: str, path: str, body: BaseModel | None = None, **more: Any
    ) -> httpx.Response:
        """Return the answer to a request; of ``body`` only the fields that were set are sent.

        Raises:
            ApiError: the server refuses or fails.
            httpx.HTTPError: there is no answer.
        """
        if body is not None:
            more["json"] = body.model_dump(mode="json", by_alias=True, exclude_unset=True)
        answer = self._http.request(method, path, **more)
        if not answer.is_success:
            raise ApiError(answer)
        return answer

    def get(self, model: type[T], path: str, **params: Any) -> T:
        """Get a path, and return the answer as ``model``; parameters that are None are left out."""
        given = {name: value for name, value in params.items() if value is not None}
        return read(model, self.send("GET", path, params=given))

    def post(self, model: type[T], path: str, body: BaseModel | None = None) -> T:
        """Send a body, and return the answer read as ``model``."""
        return read(model, self.send("POST", path, body))

    @contextmanager
    def stream(self, path: str) -> Iterator[Iterator[str]]:
        """Yield the lines of an answer as they arrive."""
        with self._http.stream("GET", path) as answer:
            if not answer.is_success:
                answer.read()
                raise ApiError(answer)
            yield answer.iter_lines()


def read(model: type[T], answer: httpx.Response) -> T:
    """Return the body of an answer as ``model``."""
    return TypeAdapter(model).validate_json(answer.content)
