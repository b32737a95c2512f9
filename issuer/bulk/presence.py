"""Which workers are alive: each says so every few seconds, and one that was silent for too long is dead.

A worker has a name, which stays the same when it is started again, so that it goes on with what it had begun. One name
is one process: `claim` holds a lock on a file, which the kernel gives up with the process, however it ended. So on its
own machine a dead worker is known as one at once, and on others when its lease is over.
"""

import fcntl
import os
import platform
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from issuer.errors import InputRefused, WorkerRefused
from issuer.files import PRIVATE_FILE, make_private_folder
from issuer.limits import Limits
from issuer.store import bulk_workers
from issuer.store.bulk_workers import Worker
from issuer.store.database import Database, Transaction

_MOST = 60  # characters of a name
_NAME = re.compile(rf"[A-Za-z0-9.-]{{1,{_MOST}}}")
_MOST_HERE = 99  # workers of one machine that have no name of their own
_LOOKS = 5  # at a lock: somebody may hold it for the moment in which he looks whether it is held


@dataclass(frozen=True)
class Presence:
    """One worker's own. `version`: of the workflows that it knows."""

    home: Path
    database: Database
    name: str
    token: str
    host: str
    version: str
    limits: Limits
    now: Callable[[], datetime]

    def seen(self) -> None:
        """A sign of life. Raises `WorkerRefused` when another declared this worker dead, as it does when this machine
        was asleep: its chunks are another's by now."""
        with self.database.write() as tx:
            if not bulk_workers.seen(tx, self.name, self.token, at=self.now()):
                raise WorkerRefused(
                    "Worker {name} was silent for too long, and others took over what it had begun.",
                    hint="Start it again.",
                    name=self.name,
                )

    def dead(self, tx: Transaction) -> tuple[Worker, ...]:
        """Those who did not end and are not alive."""
        return tuple(
            one
            for one in bulk_workers.listed(tx, at_work=True)
            if one.name != self.name and not self._alive(one, self.now())
        )

    def alive(self, tx: Transaction) -> tuple[Worker, ...]:
        """This one, and the others."""
        found = bulk_workers.listed(tx, at_work=True)
        return tuple(one for one in found if one.name == self.name or self._alive(one, self.now()))

    def buried(self, tx: Transaction, worker: Worker) -> None:
        """What it had begun was taken over."""
        bulk_workers.ended(tx, worker.name, worker.token, at=self.now())

    def _alive(self, worker: Worker, now: datetime) -> bool:
        if worker.host == self.host and worker.name != self.name and _is_free(_lock_file(self.home, worker.name)):
            return False
        return _is_lately(worker, now, self.limits)


@contextmanager
def claim(
    home: Path, database: Database, name: str | None, *, version: str, limits: Limits, now: Callable[[], datetime]
) -> Iterator[Presence]:
    """This process is the worker of that name, until the block ends; None: of the first that is free on this machine.
    Raises `InputRefused`, `WorkerRefused`."""
    make_private_folder(home / "workers")
    name, descriptor = _first_free(home) if name is None else (_checked(name), _lock(home, name))
    if descriptor is None:
        raise _taken(name)
    try:
        presence = Presence(home, database, name, secrets.token_hex(8), platform.node(), version, limits, now)
        with database.write() as tx:
            before = bulk_workers.find(tx, name)
            elsewhere = before is not None and before.ended_at is None and before.host != presence.host
            if before is not None and elsewhere and _is_lately(before, now(), limits):
                raise _taken(name)
            bulk_workers.put(tx, name, token=presence.token, host=presence.host, version=version, at=now())
        yield presence
        with database.write() as tx:
            bulk_workers.ended(tx, name, presence.token, at=now())
    finally:
        os.close(descriptor)


def _is_lately(worker: Worker, now: datetime, limits: Limits) -> bool:
    """Who was seen in the future is as dead as who was seen long ago: the clock has gone back since, and who is alive
    says so anew."""
    return abs(now - worker.seen_at) < timedelta(seconds=limits.worker_lease.value)


def is_at_work(home: Path, name: str) -> bool:
    """Whether a process of this machine has the name."""
    return not _is_free(_lock_file(home, name))


def _first_free(home: Path) -> tuple[str, int | None]:
    """The same one after a restart, unless others took it."""
    host = re.sub("[^A-Za-z0-9.-]", "-", platform.node().partition(".")[0])[: _MOST - 4] or "worker"
    for number in range(1, _MOST_HERE + 1):
        if (descriptor := _lock(home, f"{host}-{number}")) is not None:
            return f"{host}-{number}", descriptor
    return f"{host}-{_MOST_HERE}", None


def _lock(home: Path, name: str) -> int | None:
    """An open file that is this process's alone; None: it is another's."""
    descriptor = os.open(_lock_file(home, name), os.O_CREAT | os.O_RDWR, PRIVATE_FILE)
    for _ in range(_LOOKS):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        except OSError:
            threading.Event().wait(0.05)
    os.close(descriptor)
    return None


def _is_free(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise InputRefused("A worker's name has 1 to {most} letters, digits, hyphens and dots.", most=_MOST)
    return name


def _taken(name: str) -> WorkerRefused:
    return WorkerRefused("A worker of the name {name} is at work.", hint="Give this one another --name.", name=name)


def _lock_file(home: Path, name: str) -> Path:
    return home / "workers" / f"{name}.lock"
