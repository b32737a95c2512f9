"""Signed status lists: one made and signed, and one that is there already asked for.

    python -m benchmarks.lists

A store of 262,144 certificates in four lists that are half full, as ours are (`benchmarks.status` makes it up, and
measures revocations in large stores too).
"""

import random
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.status import HALF, made_up, names, revoke_part
from benchmarks.timing import Contender, InProcess, Table, interleaved, machine, printed
from issuer.services import Services
from vc.status.bitstring import ENTRIES, Bitstring

REVOKED = {"none revoked": 0, "1 % revoked": 100, "10 % revoked": 10, "half revoked": 2}


def tables() -> Iterator[Table]:
    with tempfile.TemporaryDirectory() as folder:
        services = made_up(Path(folder) / "home", len(REVOKED) * HALF, None)
        lists = dict(zip(REVOKED, names(services), strict=True))
        for number, part in enumerate(REVOKED.values(), 1):
            revoke_part(services, number, part)
        contest: dict[str, Contender] = {
            f"made and signed, {said}": InProcess(partial(_signed, services, name)) for said, name in lists.items()
        }
        contest["looked up, signed already"] = InProcess(partial(services.status_lists.current, lists["1 % revoked"]))
        bare = len(_signed(services, lists["none revoked"])) - len(Bitstring().encode())
        sizes = {f"made and signed, {said}": bare + _packed(part) for said, part in REVOKED.items()}
        rows = [
            (name, f"{spent.median * 1000:.2f}", f"{sizes[name] / 1024:.1f}" if name in sizes else "")
            for name, spent in interleaved(contest).items()
        ]
        services.database.close()
    note = f"{ENTRIES:,} places, {HALF:,} of them given out; the bits are read from the store each time."
    yield Table("A status list", ("", "ms of CPU", "KB"), rows, (note,))


def _packed(part: int) -> int:
    """Characters of a list in which one in `part` certificates is revoked, at random places as in a real one."""
    bits = Bitstring()
    for index in random.Random(7).sample(range(ENTRIES), HALF // part if part else 0):  # noqa: S311
        bits.set(index, True)
    return len(bits.encode())


def _signed(services: Services, name: str) -> bytes:
    services.status_lists._signed.clear()  # as after a change of its bits
    return services.status_lists.current(name).body


if __name__ == "__main__":
    print(machine())
    for _ in printed(tables()):
        pass
