"""A long campaign: `python -m tests.exactness --hits 1000000 --processes 2`, or `make exactness HITS=1000000`.

Every answer of the fast path is compared with pyoxigraph, and a share of them, of mutants all, with the full path too.
What was done is kept in `build/exactness`, so a campaign that was ended goes on where it was.

    --share 0.05    of the hits on members so many are compared with the full path too; 1 is far slower

    --seconds N     ends after that time, wherever it is
    --seed TEXT     another seed is another campaign
    --replay PLACE  one batch again, such as 1/37: prints what differs in it, with the documents
"""

import argparse
import difflib
import json
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from pathlib import Path
from typing import Any

from tests.exactness.campaign import Tally, batch
from tests.exactness.references import Query, full, peer

FOLDER = Path("build/exactness")
STEP = 2  # batches for one line of the record
LENGTH = 500  # documents of a batch: what its shapes cost to learn is spread over them


def some(seed: str, number: int, share: float) -> Tally:
    """The batches of one line."""
    tally = Tally()
    for one in range(number * STEP, (number + 1) * STEP):
        tally.add(batch(f"{seed}/{one}", length=LENGTH, share=share))
    return tally


def campaign(
    seed: str, *, hits: int, seconds: float, processes: int, share: float, record: Path
) -> tuple[Tally, float]:
    """All that was done under this seed, now and before, and how many hits a second there were now."""
    tally, done = _before(record)
    began, first = time.monotonic(), tally.hits
    numbers = (number for number in _count() if number not in done)
    with ProcessPoolExecutor(processes) as pool, record.open("a", encoding="utf-8") as lines:
        running: dict[Future[Tally], int] = {}
        while tally.hits < hits and time.monotonic() - began < seconds:
            while len(running) < processes * 2:
                number = next(numbers)
                running[pool.submit(some, seed, number, share)] = number
            ready, _ = wait(running, timeout=5, return_when=FIRST_COMPLETED)
            for future in ready:
                number = running.pop(future)
                tally.add(future.result())
                lines.write(json.dumps({"number": number, **vars(future.result())}) + "\n")
                lines.flush()
            _progress(tally, hits, (tally.hits - first) / (time.monotonic() - began))
        pool.shutdown(cancel_futures=True)
    return tally, (tally.hits - first) / (time.monotonic() - began)


def _before(record: Path) -> tuple[Tally, set[int]]:
    tally, done = Tally(), set()
    for line in record.read_text("utf-8").splitlines() if record.exists() else ():
        values = json.loads(line)
        done.add(values.pop("number"))
        tally.add(Tally(**{name: Counter(one) if isinstance(one, dict) else one for name, one in values.items()}))
    return tally, done


def _count() -> Iterator[int]:
    number = 0
    while True:
        yield number
        number += 1


def _progress(tally: Tally, hits: int, rate: float) -> None:
    left = (hits - tally.hits) / rate / 60 if rate else 0
    sys.stderr.write(
        f"\r{tally.hits:,} of {hits:,} hits, {rate:,.0f} a second, {max(left, 0):,.0f} minutes left, "
        f"{len(tally.differences)} differences "
    )
    sys.stderr.flush()


def table(tally: Tally, seed: str, rate: float) -> str:
    rows = [
        ("documents", tally.documents),
        ("answered by the fast path (hits)", tally.hits),
        ("  of them mutants", tally.mutant_hits),
        ("  of them compared with pyoxigraph alone", tally.by_peer),
        ("silent (the full path decides)", tally.fallbacks),
        ("given to both references", tally.judged),
        ("  alike in both", tally.agreed),
        *((f"  differ by {cause}", count) for cause, count in tally.classes.most_common()),
        *((f"refused by the full path: {why}", count) for why, count in tally.refusals.most_common()),
        *((f"hits on: {name}", count) for name, count in tally.of_families.most_common()),
        ("differences", len(tally.differences)),
    ]
    lines = [f"{name:58} {count:12,}" for name, count in rows]
    share = tally.hits / max(1, tally.documents)
    return "\n".join([*lines, f"seed {seed}: {share:.0%} hits, {rate:,.0f} hits a second", *tally.differences[:50]])


def replay(place: str, **options: Any) -> int:
    """One batch again, telling everything about each difference."""

    def report(what: str, query: Query, answer: bytes | None) -> None:
        sys.stdout.write(f"{what}\n{json.dumps(query.document)}\n{query.options}\n")
        full_, peer_ = full(query), peer(query)
        given = {"fast path": answer, "full path": full_, "peer": peer_}
        texts = {name: value for name, value in given.items() if isinstance(value, bytes)}
        sys.stdout.writelines(f"{name}: {value}\n" for name, value in given.items() if name not in texts)
        names = list(texts)
        for name in names[1:]:
            one, other = (texts[key].decode().split("\n") for key in (names[0], name))
            sys.stdout.writelines(
                f"{line}\n" for line in difflib.unified_diff(one, other, names[0], name, "", "", 0, "")
            )

    return len(batch(place, report=report, **options).differences)


def main() -> int:
    parser = argparse.ArgumentParser(description="The fast path of canonicalization against two full implementations.")
    parser.add_argument("--hits", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--share", type=float, default=0.05)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--replay", metavar="PLACE")
    given = parser.parse_args()
    if given.replay:
        return min(1, replay(given.replay, length=LENGTH, share=given.share))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended; what was done is kept"))
    given.folder.mkdir(parents=True, exist_ok=True)
    tally, rate = campaign(
        given.seed,
        hits=given.hits,
        seconds=given.seconds,
        processes=given.processes,
        share=given.share,
        record=given.folder / f"{given.seed}.jsonl",
    )
    sys.stdout.write(f"\n{table(tally, given.seed, rate)}\n")
    return 1 if tally.differences else 0


if __name__ == "__main__":
    sys.exit(main())
