"""The issuer in numbers: what was issued, how long keys take, what waits, what could not be reached.

    measured = Measured(CollectorRegistry())
    services = wire(home, environ=os.environ, watch=measured)
    measured.look_at(services.database)

No number says for whom; a label has one of a few values (docs/adr/0042). What waits is asked of the records when
somebody looks, at most so often as `FRESH` allows.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from issuer.errors import IssuerError
from issuer.store import mail
from issuer.store.database import Database
from issuer.watch import Kind, Watch
from serving.meter import Meter

FRESH = 10.0  # seconds for which what waits is not counted again
SECONDS = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)  # a key in memory takes 0.0001, in a device 0.1


class Measured(Watch):
    """Of one service in one process. Safe between threads. `requests`: for `serving.requests`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.requests = Meter(registry)
        self._issued = Counter(
            "testamur_issuer_certificates", "Certificates that were released.", ("kind",), registry=registry
        )
        self._signing = Histogram(
            "testamur_issuer_signing_seconds", "One use of a private key.", buckets=SECONDS, registry=registry
        )
        self._lists = Counter("testamur_issuer_status_lists_signed", "Status lists made anew.", registry=registry)
        self._store = Counter(
            "testamur_issuer_store_errors", "Requests that did not reach the records.", ("code",), registry=registry
        )
        self._turned = Counter(
            "testamur_issuer_turned_away", "Who asked while too much was asked for.", ("why",), registry=registry
        )

    def issued(self, kinds: Mapping[Kind, int]) -> None:
        for kind, number in kinds.items():
            self._issued.labels(kind).inc(number)

    def signed(self, seconds: float) -> None:
        self._signing.observe(seconds)

    def list_signed(self) -> None:
        self._lists.inc()

    def store_failed(self, code: str) -> None:
        self._store.labels(code).inc()

    def turned_away(self, why: Literal["drawing", "pages"]) -> None:
        self._turned.labels(why).inc()

    def look_at(self, database: Database, *, clock: Callable[[], float]) -> None:
        self.registry.register(_Outbox(database, clock))


class _Outbox(Collector):
    """Looked at when somebody asks."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._counted: tuple[float, mail.Waiting] | None = None

    def collect(self) -> Iterator[Metric]:
        waiting = self._now()
        if waiting is None:
            return  # that the records cannot be reached, `/health/ready` says
        found = GaugeMetricFamily("testamur_issuer_outbox_waiting", "Messages that are not sent.", labels=["state"])
        found.add_metric(["due"], waiting.due)
        found.add_metric(["given up"], waiting.given_up)
        yield found

    def _now(self) -> mail.Waiting | None:
        with self._lock:
            at = self._clock()
            if self._counted is None or at - self._counted[0] >= FRESH:
                try:
                    with self._database.read() as tx:
                        self._counted = (at, mail.waiting(tx))
                except IssuerError:
                    return None
            return self._counted[1]
