"""Issues one chunk of a run, and writes down what became of it.

    (1) nothing begins when the run is paused, cancelled or waits, or when this process is to end
    (2) the key opens; else the run pauses, and no row fails for it
    (3) what is left of the chunk is issued (`issuer.bulk.conducting`)
    (4) one transaction counts what is there by now, names who failed, and settles the chunk

Killed between (3) and (4), the chunk is given out again: (3) finds what was issued and finishes the rest, and (4)
counts certificates and not what somebody remembers having done. So the counts of a run are those of the store.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from issuer.bulk import feeding
from issuer.bulk.conducting import Conductor, Done
from issuer.bulk.items import Items, count, items_of, recount
from issuer.errors import BulkRunState, IssuerError, StoreFull, StoreMoved, StoreOutdated, StoreUnavailable
from issuer.services import Services
from issuer.signing import Signing
from issuer.store import bulk_chunks, bulk_runs
from issuer.store.bulk_chunks import Chunk, Settled
from issuer.store.bulk_runs import BulkRun
from issuer.store.database import Transaction

_log = logging.getLogger("issuer")

_STAYS = (StoreFull, StoreMoved, StoreOutdated)


@dataclass(frozen=True)
class Working:
    """`worker`: its name; `ending`: whether this process is to end; `wait`: for so many seconds, or until it is."""

    services: Services
    conductor: Conductor
    worker: str
    ending: Callable[[], bool]
    wait: Callable[[float], None]

    def chunk(self, number: int, chunk_number: int) -> str:
        """What became of it: `done`, `left`, or `paused`. Never raises for what is about the chunk or the store's
        health: then the run says why it is paused."""
        tries = self.services.config.limits.bulk_tries.value
        for attempt in range(tries):
            try:
                return self._chunk(number, chunk_number)
            except StoreUnavailable as error:
                # A server that is started anew is back in a moment; room on a disk somebody has to make.
                if attempt + 1 == tries or isinstance(error, _STAYS):
                    return self._pause(number, chunk_number, str(error))
                self.wait(2.0**attempt)
            except IssuerError as error:  # a key that does not open, a cohort that was undone meanwhile
                return self._pause(number, chunk_number, str(error))
            except Exception:
                identifier = secrets.token_hex(4)
                _log.exception("bulk run %d, chunk %d: unexpected error %s", number, chunk_number, identifier)
                why = f"Something unexpected happened; the log has it as {identifier}."
                return self._pause(number, chunk_number, why)
        return "left"

    def _chunk(self, number: int, chunk_number: int) -> str:
        services = self.services
        # (1) whether to begin
        with services.database.write() as tx:
            run, chunk = bulk_runs.find(tx, number), bulk_chunks.find(tx, number, chunk_number)
            if chunk.state == "done":
                return "done"
            if run.state != "running" or self.ending():
                bulk_chunks.put_back(tx, number, (chunk_number,))
                return "left"
            if chunk.begun >= services.config.limits.bulk_tries.value:
                raise BulkRunState(
                    "Chunk {chunk} was begun {count} times, and each time its worker ended in the middle of it.",
                    hint="Look at the machine's memory and its log, or make bulk_chunk smaller.",
                    chunk=chunk_number,
                    count=chunk.begun,
                )
            bulk_chunks.begin(tx, number, chunk_number, worker=self.worker)
        items = items_of(run, chunk)
        with services.database.read() as tx:
            organizations = items.load(tx, services.now())
        # (2) the keys
        for organization in sorted(organizations):
            Signing(services.config, services.keyring).ready(organization)
        # (3) issue
        done = items.issue(self.conductor)
        # (4) settle
        with services.database.write() as tx:
            return self._settle(tx, run, chunk, items, done)

    def _settle(self, tx: Transaction, run: BulkRun, chunk: Chunk, items: Items, done: Done) -> str:
        at = self.services.now()
        became = count(tx, run, chunk, items, done.failed, over=done.limit is None)
        limited = done.limit if became.issued + len(became.failures) < chunk.size else None
        # What is due has Course Certificates, which have no limit, in the other chunks; a cohort has little else.
        state: Settled = "done" if limited is None else "open" if run.kind == "cohort" else "limited"
        bulk_chunks.settle(tx, run.number, chunk.number, state, at=at)
        if limited is not None:
            feeding.limited(tx, run.number, limited, at_once=run.kind == "cohort")
        feeding.end_if_over(tx, run.number, at=at)
        return "done" if limited is None else "left"

    def _pause(self, number: int, chunk_number: int, why: str) -> str:
        """Written down as soon as it can be: a full disk takes nothing, not even that it is full."""
        for attempt in range(self.services.config.limits.bulk_tries.value):
            try:
                with self.services.database.write() as tx:
                    bulk_chunks.put_back(tx, number, (chunk_number,))
                    run = bulk_runs.find(tx, number)
                    recount(tx, run, self.services.now())
                    if run.state in ("running", "waiting"):
                        bulk_runs.change(tx, number, "paused", reason=why)
                return "paused"
            except StoreUnavailable:
                if self.ending():
                    break
                self.wait(2.0**attempt)
        return "paused"  # the chunk is still given out; whoever feeds the run finds it (`issuer.bulk.feeding.mend`)
