"""Kills workers of bulk runs at random for as long as one likes, and says what was lost and what is twice.

    python -m tests.reliability --rounds 10 --seed 1 --database postgresql

Each round is a run of its own, on a store of its own (`tests.reliability.campaign`). Fails when something is wrong.
"""

import argparse
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.timing import Table, printed
from tests import databases
from tests.reliability.campaign import Campaign, Round

_WRONG = ("lost", "twice", "reused", "unfinished", "unsound", "unmarked", "mailed_twice", "log_broken")


def main() -> int:
    given = _given()
    rounds: list[Round] = []
    try:
        for number in range(given.rounds):
            # Each round by a chance of its own, so that any of them can be had again: --seed SEED+NUMBER --rounds 1.
            campaign = Campaign(random.Random(given.seed + number), workers=given.workers, kills=given.kills)
            with databases.used(given.database), tempfile.TemporaryDirectory() as folder:
                rounds.append(campaign.round(Path(folder), learners=given.learners))
            _tell(given.seed + number, rounds[-1])
    finally:
        databases.stop()
    list(printed([_table(given, rounds), _where(rounds)]))
    return 0 if all(_is_right(one, given.learners) for one in rounds) else 1


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.reliability", description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3, help="runs, each on a store of its own")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=databases.KINDS, default="sqlite")
    parser.add_argument("--workers", type=int, default=2, help="at once")
    parser.add_argument("--kills", type=int, default=12, help="of one run, at most")
    parser.add_argument("--learners", type=int, default=60, help="of one run; each earns three certificates")
    return parser.parse_args()


def _is_right(one: Round, learners: int) -> bool:
    return one.accounts is not None and not one.accounts.wrong() and one.counts == (learners, 0, 0, 0)


def _tell(seed: int, one: Round) -> None:
    wrong = {} if one.accounts is None else one.accounts.wrong()
    sys.stdout.write(
        f"seed {seed}: {one.kills} killed, {one.ended} told to end, {one.taken_over} chunks taken over, "
        f"{one.seconds:.0f} s, {wrong or 'nothing wrong'}\n"
    )
    sys.stdout.flush()


def _table(given: argparse.Namespace, rounds: list[Round]) -> Table:
    found: Counter[str] = Counter()
    for one in rounds:
        if one.accounts is not None:
            found.update(vars(one.accounts))
    counted = [
        ("bulk runs", len(rounds)),
        ("killed by kill -9", sum(one.kills for one in rounds)),
        ("told to end by SIGTERM", sum(one.ended for one in rounds)),
        ("chunks taken over by another worker", sum(one.taken_over for one in rounds)),
        ("certificates", found["certificates"]),
        *((name.replace("_", " "), found[name]) for name in _WRONG),
    ]
    title = f"Killed at random: {given.database}, {given.workers} at once"
    return Table(title, ("what", "count"), [(name, f"{count:,}") for name, count in counted])


def _where(rounds: list[Round]) -> Table:
    fell = sum((one.fell for one in rounds), Counter[str]())
    return Table("Where the kills fell", ("where", "kills"), [(name, str(count)) for name, count in fell.most_common()])


if __name__ == "__main__":
    sys.exit(main())
