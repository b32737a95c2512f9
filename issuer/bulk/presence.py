"""Which workers are alive: each says so every few seconds, and one that was silent for too long is dead.

A worker has a name, which stays the same when it is started again, so that it goes on with what it had begun. One name
is one process: `claim` holds a lock on a file, which the kernel gives up with the process, however it ended. So on its
own machine a dead worker is known as one at once, and on others when its lease is over.
"""

import fcntl
import os
import platform
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

    def versions(self, tx: Transaction) -> frozenset[str]:
        """Of the workflows that somebody who is alive knows."""
        known = {one.version for one in bulk_workers.listed(tx, at_work=True) if self._alive(one, self.now())}
        return frozenset(known | {self.version})

    def buried(self, tx: Transaction, worker: Worker) -> None:
        """What it had begun was taken over."""
        bulk_workers.ended(tx, worker.name, worker.token, at=self.now())

    def _alive(self, worker: Worker, now: datetime) -> bool:
        if worker.host == self.host and worker.name != self.name and _is_free(_lock_file(self.home, worker.name)):
            return False
        return now - worker.seen_at < timedelta(seconds=self.limits.worker_lease.value)


@contextmanager
def claim(
    home: Path, database: Database, name: str, *, version: str, limits: Limits, now: Callable[[], datetime]
) -> Iterator[Presence]:
    """This process is the worker of that name, until the block ends. Raises `InputRefused`, `WorkerRefused`."""
    _check(name)
    make_private_folder(_lock_file(home, name).parent)
    descriptor = os.open(_lock_file(home, name), os.O_CREAT | os.O_RDWR, PRIVATE_FILE)
    try:
        _lock(descriptor, name)
        presence = Presence(home, database, name, secrets.token_hex(8), platform.node(), version, limits, now)
        with database.write() as tx:
            before = bulk_workers.find(tx, name)
            lease = timedelta(seconds=limits.worker_lease.value)
            elsewhere = before is not None and before.ended_at is None and before.host != presence.host
            if before is not None and elsewhere and now() - before.seen_at < lease:
                raise _taken(name)
            bulk_workers.put(tx, name, token=presence.token, host=presence.host, version=version, at=now())
        yield presence
        with database.write() as tx:
            bulk_workers.ended(tx, name, presence.token, at=now())
    finally:
        os.close(descriptor)


def default_name(number: int = 1) -> str:
    """Of the `number`-th worker of this machine: the same whenever it is started."""
    return f"{platform.node().partition('.')[0][: _MOST - 4] or 'worker'}-{number}"


def is_at_work(home: Path, name: str) -> bool:
    """Whether a process of this machine has the name."""
    return not _is_free(_lock_file(home, name))


def _check(name: str) -> None:
    if not 0 < len(name) <= _MOST or not all(one.isascii() and (one.isalnum() or one in "-_.") for one in name):
        raise InputRefused("A worker's name has 1 to {most} letters, digits, hyphens, dots.", most=_MOST)


def _taken(name: str) -> WorkerRefused:
    return WorkerRefused("A worker of the name {name} is at work.", hint="Give this one another --name.", name=name)


def _lock_file(home: Path, name: str) -> Path:
    return home / "workers" / f"{name}.lock"


def _lock(descriptor: int, name: str) -> None:
    for _ in range(_LOOKS):
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            threading.Event().wait(0.05)
    raise _taken(name)


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
