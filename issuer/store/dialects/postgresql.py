"""PostgreSQL, reached by psycopg: several processes on several machines have one store.

A write begins by taking one lock of the whole database, which is given back with the commit: so writers queue as they
do on SQLite, and numbers are committed in their order. The lock comes first and the transaction is READ COMMITTED:
under REPEATABLE READ its view would be from before the wait, and would not show what the writer before it wrote
(PostgreSQL, "Transaction Isolation"). A read is REPEATABLE READ, READ ONLY: one view, and nothing waits for it.

Passwords come with the URL of the environment or by libpq's own ways (PGPASSFILE, a service file).
"""

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import ArgumentError

from issuer.errors import ConfigInvalid, InputRefused, IssuerError, StoreBusy, StoreFull, StoreUnavailable
from issuer.limits import Limits
from issuer.store.copying import copies

WRITERS_LOCK = int.from_bytes(b"testamur", "big")
"""The number of the advisory lock that every writer takes: any number serves, if it is always the same."""

OLDEST = 14
"""The oldest major version that the project tends in 2026. Nothing that is used here is newer than 11."""

_LARGE = ("fact", "decision", "award", "credential")  # the tables that a million learners fill

_BUSY = frozenset({"55P03", "40001", "40P01", "53300"})  # lock timeout, serialization, deadlock, connections
_READ_ONLY = frozenset({"25006"})
_FULL = frozenset({"53100"})
_TOO_SLOW = frozenset({"57014"})
_FORBIDDEN = frozenset({"42501"})
# A constraint that fired, values and SQL that are wrong: facts about us (PostgreSQL, appendix A, these classes).
_OURS_TO_SEE = ("0A", "21", "22", "23", "42")


def engines(place: str, limits: Limits) -> tuple[Engine, Engine]:
    try:
        url = make_url(place).set(drivername="postgresql+psycopg")
    except ArgumentError as error:
        raise ConfigInvalid("The address of the database is none.", hint="postgresql://USER@HOST/DATABASE") from error
    engine = create_engine(
        url,
        hide_parameters=True,  # they are learners' data, and errors get into logs
        pool_pre_ping=True,  # after the server was started anew, the pool mends itself
        pool_size=limits.database_connections.value,
        max_overflow=0,
        pool_timeout=limits.busy_timeout.value / 1_000,
        connect_args={
            "connect_timeout": limits.database_connect_timeout.value,
            "client_encoding": "utf8",
            "fallback_application_name": "testamur",
            "keepalives_idle": 30,  # seconds: a machine that is gone is noticed, and not after two hours
        },
    )
    _settle_connections(engine, limits)
    _settle_writers(engine, limits)
    _keep_rows_out_of_errors(engine)
    copies(engine)
    reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return reader, engine.execution_options(isolation_level="READ COMMITTED", writes=True)


def require(connection: Connection) -> None:
    version = int(str(connection.exec_driver_sql("SHOW server_version_num").scalar()))
    if version // 10_000 < OLDEST:
        raise StoreUnavailable(
            "The database server is PostgreSQL {found}; version {oldest} or a later one is needed.",
            found=version // 10_000,
            oldest=OLDEST,
        )
    encoding = connection.exec_driver_sql("SELECT current_setting('server_encoding')").scalar()
    if encoding != "UTF8":
        raise StoreUnavailable(
            "The database keeps texts as {encoding}, in which not every name can be written.",
            hint="Make it anew: CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8'",
            encoding=encoding,
        )


def look_over(connection: Connection) -> None:
    """The server does so by itself within some minutes ("The Autovacuum Daemon"). Until then it takes tables that were
    just filled for small, and of two indexes the one that finds a whole program instead of a learner. A table that is
    being counted already is left out; who does not own the tables is warned, and nothing happens."""
    connection.exec_driver_sql(f"ANALYZE (SKIP_LOCKED) {', '.join(_LARGE)}")


def refusal(error: BaseException) -> IssuerError | None:
    state = str(getattr(error, "sqlstate", None) or "")
    if state in _BUSY:
        return StoreBusy("Another process is writing to the database.", hint="Try again in a moment.")
    if state in _TOO_SLOW:
        return StoreBusy("The database took too long to answer.", hint="Try again in a moment.")
    if state in _FULL:
        return StoreFull("The disk is full; nothing was written.", hint="Make room and run it again.")
    if state in _READ_ONLY:
        return StoreUnavailable(
            "The database is read-only; nothing was written.", hint="Is this address that of a standby server?"
        )
    if state in _FORBIDDEN:
        return StoreUnavailable(
            "The database refuses its user something ({why}).",
            hint="The user must own the database, or may create in its schema: GRANT CREATE, USAGE ON SCHEMA public",
            why=_first_line(error),
        )
    if state.startswith(_OURS_TO_SEE):
        return None
    if not state and type(error).__name__ == "DataError":  # the driver's own, before anything was sent
        return InputRefused("A text holds the character U+0000, which no record can keep.")
    if not state and getattr(error, "pgconn", None) is not None:  # no server ever answered with a code
        return _unreachable(error)
    if not state or state.startswith(("08", "57P", "25P")):  # 25P: the server gave up a writer that slept
        return StoreUnavailable(
            "The connection to the database was cut; what was under way was done whole or not at all ({why}).",
            hint="Try again in a moment.",
            why=_first_line(error),
        )
    return StoreUnavailable("The database cannot be used ({why}).", why=_first_line(error))


def _unreachable(error: Any) -> StoreUnavailable:
    """libpq gives no code for a connection that did not come about; its sentence names host, user and reason."""
    hint = "Is the server running, and is the address right?"
    if error.pgconn.needs_password:
        hint = "It wants a password: put it into PGPASSFILE, or give TESTAMUR_DATABASE_URL with it."
    elif error.pgconn.used_password:
        hint = "A password was given: is it the right one?"
    return StoreUnavailable("The database cannot be reached ({why}).", hint=hint, why=" ".join(str(error).split()))


def _settle_connections(engine: Engine, limits: Limits) -> None:
    """What holds for every transaction, in one exchange. A commit that returned outlives a power cut, whatever the
    server's default is; stronger settings stay."""
    from psycopg.types.array import ListBinaryDumper  # the driver is loaded where there is such a database

    settings = (
        f"SELECT set_config('statement_timeout', '{limits.statement_timeout.value}', false), "
        f"set_config('lock_timeout', '{limits.busy_timeout.value}', false), "
        "CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', false) END"
    )

    @event.listens_for(engine, "connect")
    def settle(connection: Any, _record: Any) -> None:
        # An array goes in bytes and not as text: a tenth of the work for us, and two thirds for the server.
        connection.adapters.register_dumper(list, ListBinaryDumper)
        connection.execute(settings)
        connection.commit()


def _settle_writers(engine: Engine, limits: Limits) -> None:
    """A writer that has died or sleeps, on a machine that is gone, must not hold back all the others."""
    enter = (
        f"SELECT set_config('idle_in_transaction_session_timeout', '{limits.writer_idle.value}', true), "
        f"pg_advisory_xact_lock({WRITERS_LOCK})"
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("writes", False):
            connection.exec_driver_sql(enter)


def _keep_rows_out_of_errors(engine: Engine) -> None:
    """Behind the first line of an error stands the row that was refused ("Failing row contains …"): learners' data."""

    @event.listens_for(engine, "handle_error")
    def shorten(context: ExceptionContext) -> None:
        for error in (context.original_exception, context.sqlalchemy_exception):
            if error is not None and getattr(context.original_exception, "sqlstate", None):
                error.args = (_first_line(error.args[0] if error.args else error),)


def _first_line(error: object) -> str:
    return str(error).partition("\n")[0].strip()
