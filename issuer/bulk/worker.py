"""One process that works on bulk runs until it is told to end.

    with working(services, conductor, name="office-1", ending=ending) as worker:
        worker.run()

Each moment it (1) says that it is alive, (2) wakes runs whose time has come, (3) hands out what is open, and now and
then (4) takes over what dead workers had begun, and what it had begun itself and is not at, and (5) hands out anew what
the engine lost. The engine's threads issue meanwhile. Told to end, it begins no further chunk and lets the one that
runs end.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from issuer.bulk import feeding, presence
from issuer.bulk.conducting import Conductor
from issuer.bulk.presence import Presence
from issuer.bulk.versions import VERSION
from issuer.bulk.working import Working
from issuer.errors import StoreUnavailable
from issuer.services import Services
from issuer.store import bulk_chunks, bulk_runs
from issuer.store.database import Transaction

if TYPE_CHECKING:
    from issuer.bulk.engine import Engine, Living

_PACE = 0.5  # seconds between two rounds
_ROUNDS = 10  # between two looks for the dead and the lost


@dataclass
class Worker:
    services: Services
    engine: "Engine"
    presence: Presence
    ending: threading.Event
    _since_seen: float = field(default=1e9)

    def run(self, until: Callable[[], bool] = lambda: False) -> None:
        """Until it is told to end, or `until` says so. Raises `WorkerRefused`."""
        number = 0
        while not self.ending.is_set() and not until():
            with suppress(StoreUnavailable):  # it may be back in a moment; chunks that suffer from it say so themselves
                self.round(thorough=number % _ROUNDS == 0)
            number += 1
            self.ending.wait(_PACE)

    def round(self, *, thorough: bool) -> None:
        services, limits = self.services, self.services.config.limits
        # (1) alive
        self._since_seen += _PACE
        if self._since_seen >= limits.worker_seen.value:
            self.presence.seen()
            self._since_seen = 0
        # (4) and (5)
        if thorough:
            self._take_over()
            self.engine.pick_up()
            self._mend()
        # (2) wake
        feeding.wake(services.database, now=services.now())
        # (3) hand out
        with services.database.read() as tx:
            legs, living = feeding.next_legs(tx, limits), self._living(tx)
        for leg in legs:
            if not self.engine.begin(leg, living):
                feeding.skip(services.database, leg)

    def _living(self, tx: Transaction) -> "Living":
        from issuer.bulk.engine import Living  # loaded by now

        alive = self.presence.alive(tx)
        return Living({one.name for one in alive}, {one.version for one in alive})

    def _take_over(self) -> None:
        """In one transaction, so that of two workers one does it, and does it whole."""
        with self.services.database.read() as tx:
            if not self.presence.dead(tx):
                return
        with self.services.database.write() as tx:
            for one in self.presence.dead(tx):
                self.engine.take_over(one.name)
                self.presence.buried(tx, one)

    def _mend(self) -> None:
        with self.services.database.read() as tx:
            runs = bulk_runs.in_states(tx, *bulk_runs.GOING_ON)
            given = {run.number: bulk_chunks.handed_out(tx, run.number) for run in runs}
            living = self._living(tx)
        for run, chunks in given.items():
            lost = self.engine.lost(run, chunks, living)
            if lost:
                feeding.mend(self.services.database, run, lost)


@contextmanager
def working(
    services: Services, conductor: Conductor, *, name: str | None = None, ending: threading.Event
) -> Iterator[Worker]:
    """A worker of that name; None: of the first that is free on this machine. At the end it waits for the chunk that
    runs, and hands back what it had only taken. Raises `WorkerRefused`."""
    from issuer.bulk.engine import Engine, Work  # here, because it takes seconds to load

    limits = services.config.limits
    with presence.claim(
        services.config.home, services.database, name, version=VERSION, limits=limits, now=services.now
    ) as own:

        def wait(seconds: float) -> None:
            ending.wait(seconds)

        chunks = Working(services, conductor, own.name, ending.is_set, wait)
        work = Work(
            take=lambda leg: feeding.take(services.database, leg, limits=limits, now=services.now()),
            chunk=chunks.chunk,
        )
        engine = Engine(services.config, worker=own.name, work=work)
        try:
            yield Worker(services, engine, own, ending)
        finally:
            ending.set()
            engine.end(own.name, limits.worker_end.value)
