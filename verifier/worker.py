"""The processes that strangers' submissions are verified in: one that makes them, and the workers themselves.

The nursery imports everything once and then never sees a stranger's byte; it makes workers by forking, which takes
milliseconds, and tells how each ended. A worker has limits of memory and files for good and one of work for each job:

1. it gets a job and the data as two frames;
2. from then on it may work `WORK` seconds of a processor's time; the kernel ends it when they are over, whatever it
   is doing;
3. `WAITS` says, once, that it has begun to wait for the network, which costs nobody anything but patience;
4. it answers with one frame: `REPORT` or `LAST_REPORT`, `NO_MEMORY`, or `FAILED` and the places in our code.

    nursery(descriptor)                  # what `verifier.nursery` starts; returns when its channel closes
"""

import contextlib
import gc
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from serving.traces import described
from verifier import confined
from verifier.case import Asked
from verifier.channel import Channel, Closed
from verifier.codec import NotOurs, decoded, encoded
from verifier.config import Settings
from verifier.fetch import Fetched, HttpFetch, trusted_certificates
from verifier.lessons import MAX_NOTES, Lessons
from verifier.report import Report
from verifier.specimen import SPECIMEN
from verifier.trust import Trust
from verifier.verifying import Verify, in_this_process, network
from verifier.watch import Tally

AFTER = 5  # of 19: the service itself goes first, else it has no time to say no
WORK = 3.0  # seconds of a processor's time; the largest credential that is read takes one
MEMORY = 512 * 1024 * 1024  # bytes of address space, 70 MB of it the libraries'
FILE = 16 * 1024 * 1024  # bytes of a file that it writes: an answer of 4 MB in the cache takes 6
FILES = 128  # open at once; a fetch needs three
GROWN = 192 * 1024 * 1024  # bytes in use after which a worker is replaced; a usual one stays below 100 MB

_THEN = datetime(2026, 3, 2, 13, tzinfo=UTC)  # when the specimen was new

MAX_SETTINGS = 64 * 1024 * 1024  # bytes; lists of known issuers have some thousand lines
MAX_HEAD = 100_000  # bytes of a job without its data; what is asked about is limited where it comes in
MAX_DATA = 64 * 1024 * 1024  # bytes; what may be handed in is limited where it comes in

WAITS, REPORT, LAST_REPORT, NO_MEMORY, FAILED = b"w", b"r", b"l", b"m", b"f"


@dataclass(frozen=True)
class Done:
    """`notes`: what could be learnt from it (`verifier.lessons`)."""

    report: Report
    tally: Tally
    notes: bytes


@dataclass(frozen=True)
class Job:
    """What is to be done with the data that follow it."""

    trust: Trust
    now: datetime
    asked: Asked


class _Announced:
    """A network that says when it is first used."""

    def __init__(self, fetch: HttpFetch, say: Callable[[], None]) -> None:
        self._fetch = fetch
        self._say: Callable[[], None] | None = say

    @property
    def tally(self) -> Tally:
        return Tally(self._fetch.exchanges, self._fetch.kept)

    def get(self, url: str, accept: str | None = None) -> Fetched:
        if self._say is not None:
            self._say()
            self._say = None
        return self._fetch.get(url, accept=accept)


# --- the nursery -------------------------------------------------------------------------------------------


def nursery(descriptor: int) -> None:
    """Makes workers until its channel closes (`_serve`)."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # who stops a service stops all of it; what is begun is still finished
    os.nice(AFTER)
    control = Channel.of(descriptor)
    settings = decoded(Settings, control.receive(limit=MAX_SETTINGS) or b"")
    _warm()
    control.send(b"ready")
    _serve(control, settings, Lessons(), school=False)


def _serve(control: Channel, settings: Settings, lessons: Lessons, *, school: bool) -> None:
    """Answers until the channel closes: `hatch` with the process's number after taking the worker's end of a channel;
    `end N` with how that worker ended; `drop N` at once, for a process takes its time to end. The nursery alone makes a
    `school`, which serves as it does and learns, too: `learn`, and then what from."""
    living: set[int] = set()
    dropped: set[int] = set()
    with contextlib.suppress(Closed):
        while True:
            command, _, argument = (control.receive(limit=100) or b"").partition(b" ")
            dropped -= {number for number in dropped if os.waitpid(number, os.WNOHANG)[0]}
            if command == b"hatch":
                control.send(_forked(control, living, lambda theirs: _work(theirs, settings, lessons)))
            elif command == b"school" and not school:
                control.send(_forked(control, living, lambda theirs: _teach(theirs, settings, lessons)))
            elif command == b"learn" and school:
                control.send(b"%d" % _learnt(lessons, control.receive(limit=MAX_NOTES) or b""))
            elif not argument or int(argument) not in living:
                control.send(b"0")
            else:
                living.remove(int(argument))
                _kill(int(argument))
                if command == b"drop":
                    dropped.add(int(argument))
                    control.send(b"0")
                else:
                    _, status = os.waitpid(int(argument), 0)
                    control.send(b"%d" % os.waitstatus_to_exitcode(status))


def _forked(control: Channel, living: set[int], work: Callable[[Channel], None]) -> bytes:
    control.send(b"give")
    theirs = control.take()
    number = os.fork()
    if number == 0:
        control.close()
        try:
            work(theirs)
        finally:
            os._exit(0)
    theirs.close()
    living.add(number)
    return b"%d" % number


def _teach(channel: Channel, settings: Settings, lessons: Lessons) -> None:
    _stand_alone()
    _serve(channel, settings, lessons, school=True)


def _learnt(lessons: Lessons, notes: bytes) -> bool:
    """Within a time of its own; when it is over, the kernel ends the school, and there is a new one."""
    signal.setitimer(signal.ITIMER_PROF, WORK)
    try:
        return lessons.take(notes)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _kill(number: int) -> None:
    """Ends the worker and the process that reads a picture for it, if they still run. A number is free for others
    only after it was waited for, so no other process is hit."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(OSError):
            kill(number, signal.SIGKILL)


def _warm() -> None:
    """Whatever the first verification would read or build is there before the first fork, and is shared."""
    in_this_process(Settings())(SPECIMEN, "any", _THEN)
    trusted_certificates()
    gc.freeze()  # what is never collected is never copied


# --- a worker ----------------------------------------------------------------------------------------------


def _stand_alone() -> None:
    os.setpgid(0, 0)  # a group of its own, so that it is ended with what it started
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    _limit()


def _work(channel: Channel, settings: Settings, lessons: Lessons) -> None:
    _stand_alone()
    lessons.graduate()
    made = network(settings)
    used: list[_Announced] = []

    def announced() -> _Announced:
        used[:] = [_Announced(made(), lambda: channel.send(WAITS))]
        return used[0]

    def tally() -> Tally:
        asked = used[0].tally if used else Tally()
        known, unknown = lessons.hits, lessons.misses + lessons.fallbacks
        lessons.forget_counts()
        return replace(asked, known=known, unknown=unknown)

    verify = in_this_process(settings, announced, shapes=lessons)
    with contextlib.suppress(Closed):
        while True:
            head = channel.receive(limit=MAX_HEAD) or b""
            data = channel.receive(limit=MAX_DATA) or b""
            used.clear()
            channel.send(_done(verify, head, data, lambda report: Done(report, tally(), lessons.notes())))


def _done(verify: Verify, head: bytes, data: bytes, done: Callable[[Report], Done]) -> bytes:
    """The answer to one job, within its time."""
    signal.setitimer(signal.ITIMER_PROF, WORK)  # SIGPROF ends a process that does not catch it
    try:
        job = decoded(Job, head)
        report = verify(data, job.trust, job.now, asked=job.asked)
        answer = encoded(done(report))
        return (LAST_REPORT if _grown() else REPORT) + answer
    except MemoryError:
        return NO_MEMORY
    except (Exception, NotOurs) as error:
        return FAILED + described(error).encode("ascii", "backslashreplace")
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _limit() -> None:
    if sys.platform == "win32":
        return
    import resource

    for what, soft, hard in (
        (resource.RLIMIT_AS, MEMORY, max(MEMORY, confined.MEMORY)),  # a picture's process limits itself likewise
        (resource.RLIMIT_FSIZE, FILE, FILE),
        (resource.RLIMIT_NOFILE, FILES, FILES),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        resource.setrlimit(what, (soft, hard))


def _grown() -> bool:
    if sys.platform == "win32":
        return False
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used * (1 if sys.platform == "darwin" else 1024) > GROWN
