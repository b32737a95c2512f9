"""The service's side of the processes that verify: starts the nursery, asks it for workers, has them ended.

    nursery = Nursery(settings)
    worker = nursery.hatch()             # milliseconds
    worker.channel.send(job, data)
    nursery.end(worker)                  # how it ended: 0, a code, or minus the number of a signal
    nursery.drop(worker)                 # when that does not matter
    nursery.close()

The process gets our interpreter, our own import path and an empty environment, but for where OpenSSL finds the
certificates that it trusts; nothing else of the service's is handed to it, and it has no keys, for the verifier has
none.
"""

import contextlib
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass

from verifier.channel import Channel, Closed, pair
from verifier.codec import encoded
from verifier.config import Settings

START_SECONDS = 60.0  # to import everything; a slow machine takes five
LESSON_SECONDS = 30.0  # for one; the kernel ends it after three of a processor's time
BEHIND = 15  # of 19: six such workers together get a third of what two others get, and are not starved
_ANSWER = 100  # bytes

# Isolated (-I): neither the environment nor the working directory decides what is imported, only our own path does.
_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[2]); "
    "from verifier.worker import nursery; nursery(int(sys.argv[1]))"
)


class NoWorker(Exception):
    """No worker could be made just now."""


@dataclass(eq=False)  # one is itself alone
class Worker:
    """`number`: that of its process; `maker`: who can end it; `taught`: in how many lessons (`verifier.lessons`);
    `jobs`: how many it has done; `ended`: how, or None while it may run."""

    channel: Channel
    number: int
    maker: "_Maker"
    taught: int = 0
    jobs: int = 0
    ended: int | None = None

    def yield_to_others(self) -> None:
        """From now on the machine serves others first. It cannot be taken back, so such a worker is not used again."""
        with contextlib.suppress(OSError, AttributeError):  # it has ended already; there is no such thing
            os.setpriority(os.PRIO_PGRP, self.number, BEHIND)  # with what it started


class _Maker:
    """A process that makes workers, at our end of its channel: the nursery, or the school. Safe between threads."""

    def __init__(self, control: Channel, number: int) -> None:
        self.number = number
        self.lock = threading.Lock()
        self._control = control
        self._lost = False
        self._left: list[int] = []  # numbers of workers that are to be dropped once it listens

    def made(self, command: bytes = b"hatch") -> tuple[Channel, int]:
        """Under the lock. Raises `Closed`."""
        ours, theirs = pair()
        try:
            self._control.send(command)
            if self._control.receive(limit=_ANSWER, seconds=START_SECONDS) != b"give":
                raise Closed
            self._control.give(theirs)
            return ours, int(self._control.receive(limit=_ANSWER, seconds=START_SECONDS) or b"")
        except (Closed, ValueError):
            ours.close()
            raise Closed from None
        finally:
            theirs.close()

    def end(self, number: int) -> int:
        """How it ended; 0 when the maker is lost and cannot tell."""
        with self.lock:
            return self._told(b"end %d" % number)

    def drop(self, number: int) -> None:
        """Without waiting, also when it is at a lesson."""
        if not self.lock.acquire(blocking=False):
            self._left.append(number)
            return
        try:
            self.drop_left()
            self._told(b"drop %d" % number)
        finally:
            self.lock.release()

    def drop_left(self) -> None:
        """Under the lock."""
        while self._left:
            self._told(b"drop %d" % self._left.pop())

    def learn(self, notes: bytes) -> bool:
        """Under the lock. Raises `Closed`."""
        self._control.send(b"learn", notes)
        return self._control.receive(limit=_ANSWER, seconds=LESSON_SECONDS) == b"1"

    def close(self) -> None:
        self._lost = True
        self._control.close()

    def _told(self, command: bytes) -> int:
        if self._lost:
            return 0
        try:
            self._control.send(command)
            return int(self._control.receive(limit=_ANSWER, seconds=START_SECONDS) or b"0")
        except (Closed, ValueError):
            self.close()
            return 0


class Nursery:
    """Safe between threads. Started by its first use, and again when it was lost. `taught`: after how many lessons
    more is known than before."""

    def __init__(self, settings: Settings) -> None:
        self._settings = encoded(settings)
        self._environment = dict(settings.certificates)
        self._lock = threading.Lock()  # of what follows; that of a maker is taken inside of it
        self._process: subprocess.Popen[bytes] | None = None
        self._first: _Maker | None = None
        self._school: _Maker | None = None
        self.taught = 0

    def hatch(self) -> Worker:
        """A new worker, from the school when it is not at a lesson. Raises `NoWorker`."""
        school = self._school
        if school is not None and school.lock.acquire(blocking=False):
            try:
                school.drop_left()
                return Worker(*school.made(), school, self.taught)
            except Closed:
                self._leave_school(school)
            finally:
                school.lock.release()
        with self._lock:
            for _ in range(2):  # the second time with a new nursery
                try:
                    maker = self._first or self._started()
                    with maker.lock:
                        return Worker(*maker.made(), maker)
                except Closed:
                    self._stop()
        raise NoWorker

    def teach(self, notes: bytes) -> bool:
        """Whether workers that are made from now on know more. Raises `NoWorker` when the lesson ended the school."""
        school = self._school or self._opened()
        try:
            with school.lock:
                if school.learn(notes):
                    self.taught += 1
                    return True
                school.drop_left()
        except Closed:
            self._leave_school(school)
            raise NoWorker from None
        return False

    def end(self, worker: Worker) -> int:
        """Ends the worker and waits for it. 0 when what made it is lost and cannot tell."""
        worker.channel.close()
        if worker.ended is None:
            worker.ended = worker.maker.end(worker.number)
        return worker.ended

    def drop(self, worker: Worker) -> None:
        """The same without waiting: a process takes its time to end, most of all one that yields to others."""
        worker.channel.close()
        self.kill(worker)

    def kill(self, worker: Worker) -> None:
        """Ends the process and leaves our end of the channel to the thread that waits at it, which notices."""
        if worker.ended is None:
            worker.ended = 0
            worker.maker.drop(worker.number)

    @property
    def lives(self) -> bool:
        process = self._process
        return process is not None and process.poll() is None

    def close(self) -> None:
        with self._lock:
            self._stop()

    def _opened(self) -> _Maker:
        """A school that knows nothing yet. Raises `NoWorker`."""
        with self._lock:
            try:
                maker = self._first or self._started()
                with maker.lock:
                    self._school = _Maker(*maker.made(b"school"))
            except Closed:
                self._stop()
                raise NoWorker from None
            return self._school

    def _leave_school(self, school: _Maker) -> None:
        """Its workers see their channels close, when the service has closed them, and end by themselves."""
        school.close()
        self._school = None
        if self._first is not None:
            self._first.drop(school.number)

    def _started(self) -> _Maker:
        ours, theirs = pair()
        try:
            self._process = subprocess.Popen(  # noqa: S603 -- our own interpreter and code
                [sys.executable, "-I", "-c", _START, str(theirs.fileno()), json.dumps(sys.path)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=self._environment,
                pass_fds=[theirs.fileno()],
                process_group=0,  # not of the terminal's; but of our session, within which alone priorities count
            )
        except OSError as error:
            ours.close()
            raise Closed from error
        finally:
            theirs.close()
        self._first = _Maker(ours, self._process.pid)
        ours.send(self._settings)
        if ours.receive(limit=_ANSWER, seconds=START_SECONDS) != b"ready":
            raise Closed
        return self._first

    def _stop(self) -> None:
        """Workers see their channels close, when the service has closed them, and end by themselves."""
        for maker in (self._school, self._first):
            if maker is not None:
                maker.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._first = self._school = self._process = None
