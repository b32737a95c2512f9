"""The durable engine: which workflows there are, on which queues, and how what a dead worker had begun is taken over.

This is the only module that knows DBOS. It takes seconds to import, so only a worker does. What is set here, and why:

    serializer            JSON in the open; the default is pickle, which runs code when it is read
    application_version   pinned: the default is a hash of the source, and each upgrade would strand what is queued
    executor_id           the worker's name, the same after a restart, so that it goes on with what it had begun
    worker_concurrency    2: one chunk is issued at a time, and the next is already here when it ends
    log_level             nothing; it would say what nobody asked, with addresses of its maker. We log what we catch
    environment           DBOS__VMID and DBOS__APPVERSION, which name executors and versions, are overruled

A chunk is one workflow without steps: it may be done again (`issuer.bulk.working`), so its only checkpoint is that it
is over. A leg (`issuer.bulk.feeding`) takes its chunks in one step and queues them; queued twice they are there once,
because a workflow's id says which it is.
"""

import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypedDict

from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID, WorkflowStatus, error
from sqlalchemy import Engine as Connections
from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from issuer.bulk.feeding import Leg
from issuer.bulk.versions import VERSION
from issuer.config import Config
from issuer.errors import StoreUnavailable
from issuer.files import make_private_file

LEGS, CHUNKS = "bulk-legs", "bulk-chunks"
_ONE_AND_THE_NEXT = 2
_CONNECTIONS = 5  # of a worker: its queues, its legs and its chunks rarely meet
_PACE = 0.2  # seconds between two looks at the queue of chunks; the next one is at hand meanwhile
_LEG_PACE = 0.5  # and at that of legs, of which there is always one in advance

_QUEUED = frozenset({"ENQUEUED", "DELAYED"})


class _Place(TypedDict, total=False):
    """Of the two one."""

    system_database_url: str
    system_database_engine: Connections


@dataclass(frozen=True)
class Work:
    """What the workflows do: `take` gives the chunks of a leg; `chunk` issues one, of (run, chunk)."""

    take: Callable[[Leg], tuple[int, ...]]
    chunk: Callable[[int, int], str]


@dataclass(frozen=True)
class Living:
    """The workers that are alive, and the versions of the workflows that they know."""

    workers: Collection[str]
    versions: Collection[str]

    def will_do(self, one: WorkflowStatus) -> bool:
        """Whether somebody does that workflow, or will."""
        known = one.app_version is None or one.app_version in self.versions
        return known and (one.status in _QUEUED or (one.status == "PENDING" and one.executor_id in self.workers))


class Engine:
    """One per process. Raises `StoreUnavailable` when its tables cannot be opened."""

    def __init__(self, config: Config, *, worker: str, work: Work) -> None:
        self._work = work
        self._worker = worker
        self._turn = threading.Lock()
        self._active = _Active()
        self._idle: frozenset[str] = frozenset()
        self._place, self._connections = _place(config)
        settings: DBOSConfig = {
            "name": "testamur",
            "system_database_url": self._place.get("system_database_url"),
            "system_database_engine": self._place.get("system_database_engine"),
            "sys_db_pool_size": _CONNECTIONS,
            "application_version": VERSION,
            "executor_id": worker,
            "serializer": DBOSPortableJSONSerializer(),
            "log_level": "CRITICAL",
            "enable_otlp": False,
            "use_listen_notify": False,
        }
        try:
            DBOS(config=settings)
            self._register()
            DBOS.launch()
            DBOS.register_queue(LEGS, worker_concurrency=1, polling_interval_sec=_LEG_PACE)
            DBOS.register_queue(CHUNKS, worker_concurrency=_ONE_AND_THE_NEXT, polling_interval_sec=_PACE)
        except (error.DBOSException, SQLAlchemyError) as refused:
            self._close()
            raise StoreUnavailable(
                "The tables of the durable engine cannot be opened ({why}).",
                hint="Its user may need: GRANT CREATE ON DATABASE",
                why=type(refused).__name__,
            ) from refused

    def begin(self, leg: Leg, living: Living) -> bool:
        """Queues the leg, once. False: it was, and is over or nobody's; its number is used up."""
        name = _leg_id(leg)
        with _our_errors():
            known = DBOS.get_workflow_status(name)
            if known is None:
                with SetWorkflowID(name):
                    DBOS.enqueue_workflow(LEGS, self._leg, leg.run, leg.number)
                return True
        return living.will_do(known)

    def lost(self, run: int, given: Collection[tuple[int, int]], living: Living) -> tuple[int, ...]:
        """Of these (chunk, leg) the chunks that nobody will ever do: neither their leg nor their workflow is anybody's
        any more, or they were never there."""
        legs = {leg: _leg_id(Leg(run, leg)) for _, leg in given}
        ids = {_chunk_id(run, leg, chunk): (chunk, leg) for chunk, leg in given}
        wanted = [*legs.values(), *ids]
        with _our_errors():
            found = DBOS.list_workflows(workflow_ids=wanted, load_input=False, load_output=False) if given else []
        alive = {one.workflow_id for one in found if living.will_do(one)}
        return tuple(chunk for name, (chunk, leg) in ids.items() if not {name, legs[leg]} & alive)

    def take_over(self, worker: str) -> int:
        """What that worker had begun is queued again, each where it was. How many."""
        with _our_errors():
            begun = DBOS.list_workflows(status="PENDING", executor_id=worker, load_input=False, load_output=False)
            for one in begun:
                DBOS.resume_workflow(one.workflow_id, queue_name=one.queue_name)
        return len(begun)

    def pick_up(self) -> int:
        """What this worker has begun by the engine's tables and is not at: a full disk took no note that it was over,
        and it would keep a place of its queue for ever. Queued again, when it is found so twice: the first time it may
        just begin, or end. How many."""
        with _our_errors():
            begun = DBOS.list_workflows(status="PENDING", executor_id=self._worker, load_input=False, load_output=False)
            idle = frozenset(one.workflow_id for one in begun) - self._active.now()
            left = [one for one in begun if one.workflow_id in idle & self._idle]
            self._idle = idle
            for one in left:
                DBOS.resume_workflow(one.workflow_id, queue_name=one.queue_name)
        return len(left)

    def end(self, worker: str, seconds: int) -> None:
        """Nothing new is begun; what is worked on may end within these seconds. What is left then, or was taken from a
        queue in the last moment, is handed back."""
        self._active.wait(seconds)
        DBOS.destroy(workflow_completion_timeout_sec=0, destroy_registry=True)
        client = DBOSClient(**self._place, serializer=DBOSPortableJSONSerializer())
        begun = client.list_workflows(status="PENDING", executor_id=worker, load_input=False, load_output=False)
        for one in begun:
            client.resume_workflow(one.workflow_id, queue_name=one.queue_name)
        client.destroy()
        self._close()

    def _close(self) -> None:
        DBOS.destroy(workflow_completion_timeout_sec=0, destroy_registry=True)
        if self._connections is not None:
            self._connections.dispose()

    def _register(self) -> None:
        work, turn, active = self._work, self._turn, self._active

        @DBOS.workflow(name="chunk")
        def chunk(run: int, leg: int, number: int) -> str:
            with active.at(_chunk_id(run, leg, number)), turn:
                return work.chunk(run, number)

        @DBOS.step(name="take", retries_allowed=True, max_attempts=5)
        def take(run: int, number: int) -> list[int]:
            return list(work.take(Leg(run, number)))

        @DBOS.workflow(name="leg")
        def leg(run: int, number: int) -> int:
            with active.at(_leg_id(Leg(run, number))):
                taken = take(run, number)
                for one in taken:
                    with SetWorkflowID(_chunk_id(run, number, one)):
                        DBOS.enqueue_workflow(CHUNKS, chunk, run, number, one)
                return len(taken)

        self._leg: Callable[..., Any] = leg


class _Active:
    """Knows what is worked on."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._ids: list[str] = []

    @contextmanager
    def at(self, id: str) -> Iterator[None]:
        with self._changed:
            self._ids.append(id)
        try:
            yield
        finally:
            with self._changed:
                self._ids.remove(id)
                self._changed.notify_all()

    def now(self) -> frozenset[str]:
        with self._changed:
            return frozenset(self._ids)

    def wait(self, seconds: float) -> bool:
        """Whether nothing is, within these seconds. The engine has a moment to write down that it is over."""
        with self._changed:
            ended = self._changed.wait_for(lambda: not self._ids, timeout=seconds)
        threading.Event().wait(_PACE)
        return ended


@contextmanager
def _our_errors() -> Iterator[None]:
    """What the engine says of its tables while a worker runs: they may be back in a moment."""
    try:
        yield
    except (error.DBOSException, SQLAlchemyError) as refused:
        why = type(refused).__name__
        raise StoreUnavailable("The tables of the durable engine cannot be used ({why}).", why=why) from refused


def _place(config: Config) -> tuple[_Place, Connections | None]:
    """Where its tables are: in a schema of their own of the store; SQLite has one writer for a file, so there they are
    in a file of their own. The connections are ours to close, where we make them."""
    if isinstance(config.database, str):
        url = make_url(config.database).set(drivername="postgresql+psycopg")
        connections = create_engine(url, hide_parameters=True, pool_pre_ping=True, pool_size=_CONNECTIONS)
        return {"system_database_engine": connections}, connections
    path = config.home / "engine.db"
    make_private_file(path)
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode=WAL")  # stays with the file
    finally:
        connection.close()
    return {"system_database_url": f"sqlite:///{path}"}, None


def _leg_id(leg: Leg) -> str:
    return f"run-{leg.run}-leg-{leg.number}"


def _chunk_id(run: int, leg: int, chunk: int) -> str:
    return f"run-{run}-leg-{leg}-chunk-{chunk}"
