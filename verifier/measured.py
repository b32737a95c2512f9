"""The verifier in numbers: verdicts, places, ends of workers, what was fetched and what was kept.

    measured = Measured(CollectorRegistry())
    workers = Workers(settings, watch=measured)
    measured.watch(workers.places)
    verify = measured.counting(workers.verify)

No number says whose certificate it was or who asked; a label has one of a few values (docs/adr/0042).
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from serving.meter import Meter
from verifier.case import Asked
from verifier.places import Busy, Places
from verifier.report import Report
from verifier.trust import Trust
from verifier.verifying import Verify
from verifier.watch import Cause, Tally, Taught, Watch

CONTAINERS = frozenset({"json", "jwt", "cose", "png", "svg", "pdf", "link", "photo"})


class Measured(Watch):
    """Of one service in one process. Safe between threads. `requests`: for `serving.requests`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.requests = Meter(registry)
        self._verdicts = Counter(
            "testamur_verifier_verdicts", "Verdicts by what was handed in.", ("verdict", "container"), registry=registry
        )
        self._refused = Counter(
            "testamur_verifier_refused", "Who found no place, at the door or inside.", ("where",), registry=registry
        )
        self._ends = Counter(
            "testamur_verifier_worker_ends", "Workers that ended, by cause.", ("cause",), registry=registry
        )
        self._fetches = Counter(
            "testamur_verifier_fetches", "Answers of other servers, asked or kept.", ("source",), registry=registry
        )

        self._shapes = Counter(
            "testamur_verifier_canonical_forms", "Known shapes and full runs.", ("path",), registry=registry
        )
        self._lessons = Counter(
            "testamur_verifier_lessons", "What was handed to the school.", ("outcome",), registry=registry
        )

    def watch(self, places: Places) -> None:
        self.registry.register(_Taken(places.counted))

    def turned_away(self) -> None:
        """At the door, before anything was read."""
        self._refused.labels("door").inc()

    def ended(self, cause: Cause) -> None:
        self._ends.labels(cause).inc()

    def done(self, tally: Tally) -> None:
        self._fetches.labels("network").inc(tally.fetched)
        self._fetches.labels("cache").inc(tally.kept)
        self._shapes.labels("shape").inc(tally.known)
        self._shapes.labels("full").inc(tally.unknown)

    def taught(self, outcome: Taught) -> None:
        self._lessons.labels(outcome).inc()

    def counting(self, verify: Verify) -> Verify:
        def counted(data: bytes, trust: Trust, now: datetime, *, asked: Asked | None = None, yields: int = 0) -> Report:
            try:
                report = verify(data, trust, now, asked=asked, yields=yields)
            except Busy:
                self._refused.labels("inside").inc()
                raise
            container = report.container if report.container in CONTAINERS else "(other)"
            self._verdicts.labels(report.verdict.value, container).inc()
            return report

        return counted


class _Taken(Collector):
    """Looked at when somebody asks."""

    def __init__(self, counted: Callable[[], Mapping[str, tuple[int, int]]]) -> None:
        self._counted = counted

    def collect(self) -> Iterator[Metric]:
        free = GaugeMetricFamily("testamur_verifier_places_free", "Places in which work could begin.", labels=["kind"])
        waiting = GaugeMetricFamily("testamur_verifier_places_waiting", "Who waits for a place.", labels=["kind"])
        for kind, (places, line) in self._counted().items():
            free.add_metric([kind], places)
            waiting.add_metric([kind], line)
        yield from (free, waiting)
