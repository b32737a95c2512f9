"""What status costs in a large store: a list built and signed, a list looked up, a certificate revoked.

    python -m benchmarks.status [--certificates 1000000] [--database URL] [--revocations 1000]

A store is made up of that many certificates, by SQL and with next to nothing in each, in lists that are half full as
ours are. Then, on one processor:

* a list is built and signed with none, one in a hundred, one in ten and half of its certificates revoked;
* the signed list is looked up again, by whoever asks;
* one certificate is revoked, here and in a store of a thousand: statements, time, and how the database goes about each;
* a thousand are revoked while others ask for the lists all the time, and after each its bit is looked at.
"""

import argparse
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, text

from issuer import revocation, store_address
from issuer.app import wire
from issuer.catalogue import Catalogue, Organization
from issuer.services import Services
from issuer.setup import initialize
from issuer.store import catalogues, status_indices
from issuer.store.database import Transaction
from vc.status.bitstring import ENTRIES, Bitstring

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HALF = ENTRIES // 2
SMALL = 1_000  # certificates of the store that the large one is compared with
MOST = 20_000_000  # certificates; a mistake in a number must not fill the disk
_AT_ONCE = 500_000  # rows of one transaction
_PARTS = (0, 100, 10, 2)  # one in so many is revoked

# A certificate is a row; its index is its number times an odd one, so that none comes twice in its list.
_ROWS = """
INSERT INTO credential (share_id, kind, organization, learner, subject, version, subject_key, edition, fact,
    list_number, list_index, unsecured, intended_at, secured, digest, released_at, status)
SELECT 'share' || n, 'course', 'school', 'learner' || n, 'toolbox', 1, 'toolbox/1', 1, 'f',
    :first + n / 65536, (n % 65536) * 40503 % 131072, :content, :at, :content, :digest, :at, 'valid'
FROM {series}
"""
_SERIES = {
    "sqlite": "(WITH RECURSIVE s(n) AS (SELECT :low UNION ALL SELECT n + 1 FROM s WHERE n < :high) SELECT n FROM s) t",
    "postgresql": "generate_series(CAST(:low AS bigint), CAST(:high AS bigint)) AS t(n)",
}


def made_up(folder: Path, certificates: int, database_url: str | None) -> Services:
    environ = {} if database_url is None else {store_address.VARIABLE: database_url}
    addresses = {"url": "http://localhost:8000", "verifier_url": "http://localhost:8001"}
    initialize(folder, organization="School", **addresses, environ=environ, now=NOW)
    services = wire(folder, environ=environ, now=lambda: NOW)
    organization = Organization("school", "School", "https://school.example/")
    with services.database.write() as tx:
        catalogues.save(tx, Catalogue({"school": organization}, {}, {}), at=NOW)
        tx.execute(
            text(
                "INSERT INTO fact (id, kind, learner, name, email, subject, fee_paid, source, recorded_at) "
                "VALUES ('f', 'completion', 'l', 'n', 'e@example.org', 'toolbox', :paid, 's', '2026')"
            ),
            {"paid": True},
        )
        # As many lists as there will be, each given out as it is filled below.
        lists = (certificates + HALF - 1) // HALF
        places = status_indices.reserve(tx, "school", lists, length=ENTRIES, filled=1)
    first = min(place.list_number for place in places)
    for low in range(0, certificates, _AT_ONCE):
        with services.database.write() as tx:
            values = {"low": low, "high": min(low + _AT_ONCE, certificates) - 1, "first": first}
            values |= {"content": b"{}", "digest": bytes(32), "at": "2026-06-01T12:00:00.000000Z"}
            tx.execute(text(_ROWS.format(series=_SERIES[tx.dialect.name])), values)
    return services


def names(services: Services) -> list[str]:
    with services.database.read() as tx:
        return list(tx.scalars(text("SELECT name FROM status_list ORDER BY number")))


def revoke_part(services: Services, number: int, part: int) -> None:
    """One in `part` of the list's certificates, by SQL: of those that have even numbers. A number is one more than what
    the share id ends with, and the others end with a multiple of four, or two more."""
    if part:
        with services.database.write() as tx:
            tx.execute(
                text("UPDATE credential SET status = 'revoked' WHERE list_number = :list AND number % :part = 0"),
                {"list": number, "part": part},
            )


@dataclass(frozen=True)
class Times:
    """Milliseconds of processor time: the median and the least of several."""

    median: float
    least: float

    @classmethod
    def of(cls, work: Callable[[], object], times: int) -> "Times":
        spent = []
        for _ in range(times):
            began = time.process_time()
            work()
            spent.append((time.process_time() - began) * 1_000)
        return cls(statistics.median(spent), min(spent))

    def __str__(self) -> str:
        return f"{self.median:>10.2f} {self.least:>10.2f}"


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    said: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        said.append((statement, values))

    event.listen(Engine, "before_cursor_execute", hear)  # whichever way into the database they go
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


def plans(tx: Transaction, said: list[tuple[str, Any]]) -> Iterator[str]:
    """How the database goes about each of them that looks anything up."""
    word = "EXPLAIN QUERY PLAN" if tx.dialect.name == "sqlite" else "EXPLAIN"
    for statement, values in said:
        if statement.startswith(("SELECT", "UPDATE")) and " FROM " in f"{statement} FROM ".replace("\n", " "):
            if "set_config" in statement:
                continue
            for step in tx.exec_driver_sql(f"{word} {statement}", values):
                line = str(step[-1]).strip()
                if "SCAN" in line or "SEARCH" in line or "Scan" in line:
                    yield line


def revoke(services: Services, number: int) -> None:
    revocation.change(
        services.database,
        f"share{number}",
        "revoke",
        config=services.config,
        reason="an example",
        now=NOW,
        actor="Benchmark",
    )


def while_serving(services: Services, count: int, certificates: int) -> dict[str, float]:
    """Each bit is looked at in the list that is served once its revocation is told. Raises `RuntimeError` when one is
    not set."""
    served, over = [0], threading.Event()
    every = names(services)

    def ask() -> None:
        while not over.is_set():
            for name in every[:4]:
                services.status_lists.current(name)
                served[0] += 1

    readers = [threading.Thread(target=ask) for _ in range(2)]
    for one in readers:
        one.start()
    began, step = time.monotonic(), certificates // count // 4 * 4
    try:
        for number in range(count):
            n = number * step + 2
            revoke(services, n)
            body = json.loads(services.status_lists.current(every[n // HALF]).body)
            if not Bitstring.decode(body["credentialSubject"]["encodedList"]).get(n % HALF * 40_503 % ENTRIES):
                raise RuntimeError(f"The bit of share{n} is not set.")
    finally:
        over.set()
        for one in readers:
            one.join()
    return {"seconds": time.monotonic() - began, "served": served[0]}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--certificates", type=int, default=1_000_000)
    parser.add_argument("--revocations", type=int, default=1_000)
    parser.add_argument("--database", metavar="URL", help="an empty PostgreSQL database, in place of a file")
    asked = parser.parse_args()
    if not HALF * 4 <= asked.certificates <= MOST or not 0 < asked.revocations <= asked.certificates // 4:
        parser.error(f"Between {HALF * 4} and {MOST} certificates, and not a fourth of them is revoked.")
    with tempfile.TemporaryDirectory() as made:
        _table(Path(made), asked)


def _table(folder: Path, asked: argparse.Namespace) -> None:
    began = time.monotonic()
    small = made_up(folder / "small", SMALL, None)
    large = made_up(folder / "large", asked.certificates, asked.database)
    print(f"{asked.certificates} certificates, made up in {time.monotonic() - began:.0f} s")
    print(f"\n{'ms of processor time':<44} {'median':>10} {'least':>10}")
    for number, (name, part) in enumerate(zip(names(large), _PARTS, strict=False), 1):
        revoke_part(large, number, part)

        def sign(name: str = name) -> None:
            large.status_lists._signed.clear()
            large.status_lists.current(name)

        sign()
        said = f"one in {part} revoked" if part else "none revoked"
        print(f"{'a list built and signed, ' + said:<44} {Times.of(sign, 15)}")
    name = names(large)[0]
    print(f"{'a list looked up that is signed':<44} {Times.of(lambda: large.status_lists.current(name), 300)}")
    left = iter(range(0, SMALL, 4))
    print(f"{'one of a thousand revoked':<44} {Times.of(lambda: revoke(small, next(left)), 50)}")
    left = iter(range(0, asked.certificates, asked.certificates // 60 // 4 * 4))
    print(f"{f'one of {asked.certificates} revoked':<44} {Times.of(lambda: revoke(large, next(left)), 50)}")
    with statements() as said:
        revoke(large, 8)
    deeds = [one for one in said if one[0].startswith(("SELECT", "INSERT", "UPDATE"))]
    print(f"\nTo revoke one takes {len(deeds)} statements:")
    with large.database.read() as tx:
        for line in dict.fromkeys(plans(tx, said)):
            print(f"  {line}")
    done = while_serving(large, asked.revocations, asked.certificates)
    print(
        f"\n{asked.revocations} revocations in {done['seconds']:.1f} s, each seen in the list at once, while "
        f"{done['served']} lists were asked for"
    )


if __name__ == "__main__":
    main()
