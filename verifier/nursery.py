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
    """`number`: that of its process; `jobs`: how many it has done; `ended`: how, or None while it may run."""

    channel: Channel
    number: int
    jobs: int = 0
    ended: int | None = None

    def yield_to_others(self) -> None:
        """From now on the machine serves others first. It cannot be taken back, so such a worker is not used again."""
        with contextlib.suppress(OSError, AttributeError):  # it has ended already; there is no such thing
            os.setpriority(os.PRIO_PGRP, self.number, BEHIND)  # with what it started


class Nursery:
    """Safe between threads. Started by its first use, and again when it was lost."""

    def __init__(self, settings: Settings) -> None:
        self._settings = encoded(settings)
        self._environment = dict(settings.certificates)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: Channel | None = None

    def hatch(self) -> Worker:
        """A new worker. Raises `NoWorker`."""
        with self._lock:
            for _ in range(2):  # the second time with a new nursery
                ours, theirs = pair()
                try:
                    return Worker(ours, self._asked_for(theirs))
                except (Closed, ValueError):
                    ours.close()
                    self._stop()
                finally:
                    theirs.close()
        raise NoWorker

    def end(self, worker: Worker) -> int:
        """Ends the worker and waits for it. 0 when the nursery that made it is lost and cannot tell."""
        with self._lock:
            worker.channel.close()
            if worker.ended is None:
                worker.ended = self._told(b"end %d" % worker.number)
            return worker.ended

    def drop(self, worker: Worker) -> None:
        """The same without waiting: a process takes its time to end, most of all one that yields to others."""
        with self._lock:
            worker.channel.close()
            if worker.ended is None:
                worker.ended = self._told(b"drop %d" % worker.number)

    def kill(self, worker: Worker) -> None:
        """Ends the process and leaves our end of the channel to the thread that waits at it, which notices."""
        with self._lock:
            if worker.ended is None:
                worker.ended = self._told(b"drop %d" % worker.number)

    @property
    def lives(self) -> bool:
        process = self._process
        return process is not None and process.poll() is None

    def close(self) -> None:
        with self._lock:
            self._stop()

    def _told(self, command: bytes) -> int:
        if self._control is None:
            return 0
        try:
            self._control.send(command)
            return int(self._control.receive(limit=_ANSWER, seconds=START_SECONDS) or b"0")
        except (Closed, ValueError):
            self._stop()
            return 0

    def _asked_for(self, theirs: Channel) -> int:
        control = self._control or self._started()
        control.send(b"hatch")
        if control.receive(limit=_ANSWER, seconds=START_SECONDS) != b"give":
            raise Closed
        control.give(theirs)
        return int(control.receive(limit=_ANSWER, seconds=START_SECONDS) or b"")

    def _started(self) -> Channel:
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
        self._control = ours
        ours.send(self._settings)
        if ours.receive(limit=_ANSWER, seconds=START_SECONDS) != b"ready":
            raise Closed
        return ours

    def _stop(self) -> None:
        """Its workers see their channels close, when the service has closed them, and end by themselves."""
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._control = self._process = None
