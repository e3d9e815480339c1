"""What Prometheus reads: requests, latencies by route, searches, errors, state of the index."""

from collections.abc import Callable, Iterator

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from app.api.gates import gated
from app.records import SearchResponse
from app.runtime import Runtime

router = APIRouter(tags=["operations"], route_class=gated("media"))

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the histograms' buckets."""


class Metrics:
    """The counts of one API; two in a process do not mix."""

    def __init__(self, runtime: Callable[[], Runtime]) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "reelfind_http_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "reelfind_http_request_seconds",
            "Seconds from a request's first byte to its answer's last.",
            ["method", "route"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self._errors = Counter(
            "reelfind_unexpected_errors",
            "Requests that failed by a fault of this program.",
            ["route"],
            registry=self.registry,
        )
        self._searches = Histogram(
            "reelfind_search_seconds",
            "Seconds of searches themselves, without the time on the wire.",
            ["level"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self.registry.register(_CatalogueState(runtime))

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def failed(self, route: str) -> None:
        """Count a request that this program failed."""
        self._errors.labels(route).inc()

    def searched(self, response: SearchResponse) -> SearchResponse:
        """Count a search, and return it."""
        self._searches.labels(response.query.level).observe(response.took_ms / 1000)
        return response


class _CatalogueState(Collector):
    """The state of the index at the moment it is asked for."""

    def __init__(self, runtime: Callable[[], Runtime]) -> None:
        self._runtime = runtime

    def describe(self) -> list[GaugeMetricFamily]:
        """Name nothing ahead, so that registering asks nothing of the catalogue."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Ask for the state."""
        state = self._runtime().state()
        kinds = GaugeMetricFamily(
            "reelfind_catalogue_state", "1 for the state the catalogue is in.", labels=["state"]
        )
        for kind in ("empty", "indexing", "ready", "broken"):
            kinds.add_metric([kind], float(kind == state.kind))
        yield kinds
        yield GaugeMetricFamily("reelfind_titles", "Titles indexed whole.", state.titles)
        if state.progress is not None:
            yield GaugeMetricFamily(
                "reelfind_indexing_progress", "How far indexing is, 0 to 1.", state.progress
            )


@router.get(
    "/metrics",
    response_class=Response,
    responses={
        200: {
            "content": {"text/plain": {"schema": {"type": "string"}}},
            "description": "Prometheus' text format.",
        }
    },
)
def get_metrics(request: Request) -> Response:
    """Return the counts since the server was started, in Prometheus' text format."""
    own: Metrics = request.app.state.metrics
    return Response(generate_latest(own.registry), media_type=CONTENT_TYPE_LATEST)
