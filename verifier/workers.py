"""Verification in processes that can be ended: whatever a stranger's file does, the service goes on.

    workers = Workers(settings)
    report = workers.verify(data, "domain", now)       # raises Busy when it is not even begun
    workers.close()

A submission is verified as a whole in one worker (`verifier.worker`), and the worker's end is that one submission's
report, never the service's error:

1. a place is taken (`verifier.places`), and a worker that is idle, or a new one;
2. what is not done after `MOMENT` goes on in a long place, behind all others; large files, PDFs and photos begin there;
3. it may take `HANDS` seconds, and `NETWORK` more once it waits for other servers; the kernel ends what works longer
   than `worker.WORK`;
4. the answer is read as data of one type and believed to be no more; anything else ends the worker, too;
5. what the full path had to read of an accepted one is learnt beside the work, for the workers to come
   (`verifier.lessons`);
6. a worker is replaced after `JOBS` jobs, when it has grown, when anything was odd, and when it may have read anything
   but JSON: libraries in C have read that, and nothing of one submission may colour the next.
"""

import logging
import os
import signal
import threading
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from vc.errors import TooLarge, Unavailable, VcError
from verifier.case import Asked
from verifier.channel import Closed
from verifier.codec import NotOurs, decoded, encoded
from verifier.config import Settings
from verifier.fetch import Limits
from verifier.nursery import NoWorker, Nursery, Worker
from verifier.places import Busy, Place, Places
from verifier.refusal import refused
from verifier.report import Report, Verdict
from verifier.teaching import Teaching
from verifier.trust import Trust
from verifier.watch import Cause, Watch
from verifier.worker import FAILED, LAST_REPORT, NO_MEMORY, REPORT, WAITS, Done, Job

log = logging.getLogger("verifier")

MOMENT = 0.12  # seconds; a certificate takes 0.02 to 0.1, and most hostile files more
SMALL = 128 * 1024  # bytes; a certificate has 3 to 30 KB, a badge picture 20 to 100
HANDS = 5.0  # seconds of one submission on this machine
NETWORK = Limits().total_seconds + HANDS  # seconds more for one that waits for other servers
JOBS = 500  # of one worker; what little may leak in a job never adds up
MAX_ANSWER = 8 * 1024 * 1024  # bytes; a credential has at most 4 MB

QUICK = min(os.cpu_count() or 2, 6)  # places; a larger machine runs several services
LONG = 6  # places; waiting for other servers costs only memory, 30 MB each
WAITING = max(12, 2 * QUICK)  # places of each kind; whoever waited behind more would wait too long

_SEND_SECONDS = 5.0


class Workers:
    """Safe between threads. Nothing runs before the first verification or `start`."""

    def __init__(
        self,
        settings: Settings,
        *,
        nursery: Nursery | None = None,
        quick: int = QUICK,
        long: int = LONG,
        waiting: int = WAITING,
        watch: Watch | None = None,
    ) -> None:
        self._nursery = nursery or Nursery(settings)
        self.places = Places(quick=quick, long=long, waiting=waiting)
        self._quick = quick
        self._watch = watch or Watch()
        self._teaching = Teaching(self._nursery, self._watch)
        self._idle: deque[Worker] = deque()
        self._busy: set[Worker] = set()
        self._lock = threading.Lock()
        self._closed = False

    def start(self) -> None:
        """Makes the first workers before they are asked for. Raises `NoWorker`."""
        for _ in range(self._quick):
            self._release(self._nursery.hatch())

    def ready(self) -> bool:
        """Whether a submission would find a worker. A lost nursery is started anew, as by the next submission."""
        if self._closed:
            return False
        if not self._nursery.lives:
            try:
                self._release(self._nursery.hatch())
            except NoWorker:
                return False
        return True

    def abandon(self) -> None:
        """Ends also those that work; whoever waits for them is told that the service stops."""
        self._teaching.close()
        with self._lock:
            self._closed = True
            busy = list(self._busy)
        for worker in busy:
            self._nursery.kill(worker)

    def close(self) -> None:
        """Ends all of them. What is still being verified becomes undetermined."""
        self.abandon()
        with self._lock:
            idle, self._idle = list(self._idle), deque()
        for worker in idle:
            self._nursery.end(worker)
        self._nursery.close()

    def full(self, size: int) -> bool:
        """Whether a submission of so many bytes would be sent away now."""
        return self.places.full(long=size > SMALL)

    def verify(
        self, data: bytes, trust: Trust, now: datetime, *, asked: Asked | None = None, yields: int = 0
    ) -> Report:
        """Never raises for what `data` holds. Raises `Busy` when there is no place for it; `yields`: see `Places`."""
        with self.places.taken(long=_is_long(data), yields=yields) as place:
            try:
                return self._verified(place, Job(trust, now, asked or Asked()), data)
            except VcError as error:
                return refused(error, now)

    def _verified(self, place: Place, job: Job, data: bytes) -> Report:
        """(1) to (6) of the head of this module. The worker is given back only when all went well."""
        worker = self._sent(encoded(job), data)
        if place.long:
            worker.yield_to_others()
        cause: Cause | None = "error"
        try:
            kind, said = self._answer(worker, place)
            if kind in (REPORT, LAST_REPORT):
                done = decoded(Done, said)
                self._watch.done(done.tally.believed())
                if done.notes and done.report.verdict is Verdict.ACCEPTED:
                    self._teaching.offer(done.notes)
                cause = _used_up(kind, place, data)
                return done.report
            cause = "memory" if kind == NO_MEMORY else "error" if kind == FAILED else "odd"
            raise _REFUSALS.get(kind, _failed)(said)
        except Closed:
            how = self._nursery.end(worker)
            cause = "stopped" if self._closed else "work" if how == -signal.SIGPROF else "died"
            raise (_stopped() if self._closed else _why(how)) from None
        except NotOurs as error:
            cause = "odd"
            raise _failed(b"an answer that is no report") from error
        except Unavailable:
            cause = "time" if cause == "error" else cause
            raise
        except Busy:
            cause = "busy"
            raise
        finally:
            with self._lock:
                self._busy.discard(worker)
            if cause is None:
                self._release(worker)
            else:
                self._end(worker, cause)

    def _sent(self, head: bytes, data: bytes) -> Worker:
        """A worker that has the job. An idle one may have died since: then it is the next one's."""
        for _ in range(len(self._idle) + 2):
            with self._lock:
                worker = self._idle.pop() if self._idle else None
            try:
                worker = worker or self._nursery.hatch()
                if not worker.channel.quiet:
                    raise Closed
                worker.channel.send(head, data, seconds=_SEND_SECONDS)
            except NoWorker as error:
                raise Busy from error
            except Closed:
                if worker is not None:
                    self._end(worker, "idle")
            else:
                worker.jobs += 1
                with self._lock:
                    self._busy.add(worker)
                return worker
        raise Busy

    def _answer(self, worker: Worker, place: Place) -> tuple[bytes, bytes]:
        """The answer's kind and rest. Raises `Closed`, `Busy`, and `Unavailable` when the time is over."""
        seconds, waited = HANDS if place.long else MOMENT, False
        while True:
            frame = worker.channel.receive(limit=MAX_ANSWER, seconds=seconds)
            if frame == WAITS and not waited:
                waited = True
                seconds = NETWORK if place.long else MOMENT
            elif frame is not None:
                return frame[:1], frame[1:]
            elif place.long:
                raise Unavailable("The check could not be finished in time. Try again in a minute.")
            else:
                place.lengthen()
                worker.yield_to_others()
                seconds = NETWORK if waited else HANDS

    def _release(self, worker: Worker) -> None:
        with self._lock:
            cause: Cause | None = "stopped" if self._closed else "jobs" if worker.jobs >= JOBS else None
            if worker.taught < self._nursery.taught:
                cause = cause or "taught"
            if cause is None:
                self._idle.append(worker)
        if cause is not None:
            self._end(worker, cause)

    def _end(self, worker: Worker, cause: Cause) -> None:
        self._watch.ended(cause)
        self._nursery.drop(worker)


def _used_up(kind: bytes, place: Place, data: bytes) -> Cause | None:
    """Why a worker that answered well is not used again; None: it is."""
    if place.long:
        return "long"
    if data.lstrip()[:1] != b"{":
        return "not json"
    return "grown" if kind == LAST_REPORT else None


def _is_long(data: bytes) -> bool:
    """Whether it is likely to take longer than a moment: PDFs and photos, which are read in processes of their own,
    and whatever is larger than a certificate."""
    return len(data) > SMALL or data.startswith((b"%PDF", b"\xff\xd8\xff", b"RIFF"))


def _why(ended: int) -> VcError:
    """Of a worker that ended before it answered. What others ended, or what crashed, says nothing of the file."""
    if ended == -signal.SIGPROF:
        return TooLarge("The check was stopped: it takes more work than a certificate needs.")
    return _failed(f"a worker ended: {ended}".encode())


def _stopped() -> VcError:
    return Unavailable("The service is being restarted, so the check was not finished. Try again in a minute.")


def _no_memory(_: bytes) -> VcError:
    return TooLarge("The check was stopped: it takes more memory than a certificate needs.")


def _failed(said: bytes) -> VcError:
    """Our fault. The number finds it in the log, which holds nothing of the submission."""
    identifier = uuid.uuid4().hex[:12]
    log.error("verification failed %s: %s", identifier, said[:10_000].decode("ascii", "replace"))
    return Unavailable(
        "Something went wrong here while it was checked, which says nothing about the certificate. If you report it, "
        "name the number {id}.",
        id=identifier,
    )


_REFUSALS: Mapping[bytes, Callable[[bytes], VcError]] = MappingProxyType({NO_MEMORY: _no_memory, FAILED: _failed})
