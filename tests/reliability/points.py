"""The named points at which a process that issues in bulk can be made to die, and how it learns that it is there.

`Watch` listens to what the process does anyway: the steps that the cycle tells, signatures, statements, commits. The
product knows nothing of it.
"""

import os
import re
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, event

from vc.keys import PublicKey, Signer

# What a transaction is, by what it wrote: the first that fits.
_TRANSACTIONS = (
    ("release", re.compile(r"UPDATE credential SET secured")),
    ("intents", re.compile(r"INSERT INTO credential ")),
    ("indices", re.compile(r"(UPDATE|INSERT INTO) given_out")),
    ("counting", re.compile(r"UPDATE bulk_chunk SET .*done_at")),
    ("begin", re.compile(r"UPDATE bulk_chunk SET .*begun")),
    ("settling", re.compile(r"UPDATE cohort_row SET state")),
)
_STATEMENTS = (
    ("awards written", re.compile(r"INSERT INTO award ")),
    ("intents written", re.compile(r"INSERT INTO credential ")),
    ("log written", re.compile(r"INSERT INTO audit ")),
    ("rows bound", re.compile(r"UPDATE cohort_row SET credential")),
    ("signed bytes written", re.compile(r"UPDATE credential SET secured")),
    ("mail written", re.compile(r"INSERT INTO mail ")),
)

POINTS: tuple[tuple[str, int], ...] = (
    ("committed: begin", 1),
    ("before COMMIT: indices", 1),
    ("committed: indices", 1),
    ("drafted", 1),
    ("linted", 1),
    ("intents written", 1),
    ("log written", 1),
    ("before COMMIT: intents", 1),
    ("inside COMMIT: intents", 1),
    ("recorded", 1),
    ("signature", 2),
    ("signed", 1),
    ("checked", 1),
    ("signed bytes written", 1),
    ("mail written", 1),
    ("before COMMIT: release", 1),
    ("inside COMMIT: release", 1),
    ("released", 1),
    ("awards written", 1),
    ("rows bound", 1),
    ("recorded", 2),
    ("signed", 2),
    ("inside COMMIT: release", 2),
    ("released", 2),
    ("before COMMIT: settling", 1),
    ("committed: settling", 1),
    ("before COMMIT: counting", 1),
    ("inside COMMIT: counting", 1),
    ("committed: counting", 1),
)
"""(name, which time it is reached in one process). The second time is that of the programs' certificates."""


class Watch:
    """Dies at the `nth` time that `point` is reached, or does what it is given in the place of dying."""

    def __init__(self, point: str, nth: int, die: Callable[[], None] | None = None) -> None:
        self._point = point
        self._left = nth
        self._die = die or kill_me
        self._heard = {"begin": self._began, "after_cursor_execute": self._executed, "commit": self._commits}
        for what, hears in self._heard.items():
            event.listen(Engine, what, hears)

    def end(self) -> None:
        """It listens no more; for those who live on."""
        for what, hears in self._heard.items():
            event.remove(Engine, what, hears)

    def reached(self, name: str) -> None:
        if self._is_it(name):
            self._die()

    def _is_it(self, name: str) -> bool:
        self._left -= name == self._point
        return name == self._point and self._left == 0

    def _began(self, connection: Connection) -> None:
        connection.info["wrote"] = []

    def _executed(self, connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        connection.info.setdefault("wrote", []).append(statement)
        for name, form in _STATEMENTS:
            if form.match(statement):
                self.reached(name)

    def _commits(self, connection: Connection) -> None:
        """Told before the driver commits."""
        wrote = connection.info.pop("wrote", [])
        kind = next((name for name, form in _TRANSACTIONS if any(map(form.match, wrote))), None)
        if kind is None:
            return
        self.reached(f"before COMMIT: {kind}")
        if self._is_it(f"inside COMMIT: {kind}"):
            _commit_and_die(connection, self._die)
        driver = connection.connection.driver_connection
        if self._is_it(f"committed: {kind}"):
            driver.execute("COMMIT") if not isinstance(driver, psycopg.Connection) else driver.commit()
            self._die()


def _commit_and_die(connection: Connection, die: Callable[[], None]) -> None:
    """PostgreSQL has the word and its answer is never read; SQLite is writing."""
    driver = connection.connection.driver_connection
    if isinstance(driver, psycopg.Connection):
        driver.pgconn.send_query(b"COMMIT")
        driver.pgconn.flush()
        die()
    threading.Thread(target=lambda: (time.sleep(0.0005), die()), daemon=True).start()


def kill_me() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Watched:
    """A signer, told of."""

    def __init__(self, signer: Signer, watch: Watch) -> None:
        self._signer = signer
        self._watch = watch

    @property
    def public_key(self) -> PublicKey:
        return self._signer.public_key

    def sign(self, message: bytes) -> bytes:
        signature = self._signer.sign(message)
        self._watch.reached("signature")
        return signature
