"""A process that issues what is left of the bulk runs, and dies where it is told to.

    python -m tests.reliability.doomed HOME NOW

It reads a line `{"point": NAME, "nth": N}` for each death, forks a child that works until it dies there or has nothing
left to do, and answers `{"died": true}`. Without an engine: what is left open is handed out as a worker does it.
"""

import json
import os
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import issuer.drafting  # everything that a child needs is here before it is forked
import issuer.signers.file
import vc.jsonld
from issuer.app import wire
from issuer.bulk import feeding
from issuer.bulk.together import Together
from issuer.bulk.working import Working
from issuer.issuance import Issuance
from issuer.keyring import Keyring
from issuer.services import Services
from issuer.store import bulk_chunks, bulk_runs
from tests.reliability.points import Watch, Watched

_LOADED = (issuer.drafting, issuer.signers.file, vc.jsonld)


def work(services: Services) -> list[str]:
    """What became of each chunk that was left."""
    limits, database = services.config.limits, services.database
    working = Working(services, Together(services), f"w-{os.getpid()}", lambda: False, lambda seconds: None)
    said: list[str] = []
    with database.read() as tx:
        runs = [one.number for one in bulk_runs.in_states(tx, "running")]
        given = {run: [number for number, *_ in bulk_chunks.handed_out(tx, run)] for run in runs}
    for run, lost in given.items():
        feeding.mend(database, run, lost)
    while True:
        with database.read() as tx:
            legs = feeding.next_legs(tx, limits)
        taken = [
            (leg.run, one) for leg in legs for one in feeding.take(database, leg, limits=limits, now=services.now())
        ]
        if not taken:
            return said
        said += [working.chunk(*one) for one in taken]


def doomed(services: Services, watch: Watch) -> Services:
    """The same, watched."""
    keyring = Keyring(
        services.config, services.database, environ=os.environ, timed=lambda signer: Watched(signer, watch)
    )

    def issuance() -> Issuance:
        return Issuance(services.config, services.database, keyring, now=services.now, reached=watch.reached)

    return replace(services, keyring=keyring, issuance=issuance)


def main() -> None:
    home, now = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
    for line in sys.stdin:
        told = json.loads(line)
        child = os.fork()
        if child == 0:
            watch = Watch(told["point"], told["nth"])
            work(doomed(wire(home, environ=os.environ, now=lambda: now), watch))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        sys.stdout.write(json.dumps({"died": code < 0, "code": code}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
