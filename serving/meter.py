"""Requests in numbers, and where Prometheus finds them (its text format, version 0.0.4).

    registry = CollectorRegistry()
    meter = Meter(registry)
    meter.answered("GET", "/credentials/{name}", 200, 0.004)
    stop = expose(registry, "127.0.0.1", 9100)

Labels have few values, whatever strangers send: methods and statuses from a table, routes as templates. What was not
answered by a route of ours is `(none)`.
"""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, start_http_server

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE = "(none)"
SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 1.0, 2.5, 5.0, 10.0, 40.0)  # a file is promised within 0.4


class Meter:
    """Of one service in one process. Safe between threads."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._answers = Counter(
            "testamur_http_requests", "Answers by route.", ("method", "route", "status"), registry=registry
        )
        self._seconds = Histogram(
            "testamur_http_request_seconds",
            "From a request's head to the end of its answer.",
            ("route",),
            buckets=SECONDS,
            registry=registry,
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """`status`: 0 when there was no answer, because whoever asked was gone."""
        self._answers.labels(method if method in METHODS else "(other)", route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)


def expose(registry: CollectorRegistry, host: str, port: int) -> Callable[[], None]:
    """Serves the numbers on a port of their own; what is returned ends that. Raises `OSError`."""
    disable_created_metrics()  # type: ignore[no-untyped-call]  # theirs; when each number began: as many lines again, and nobody reads them
    server, thread = start_http_server(port, addr=host, registry=registry)

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return stop
