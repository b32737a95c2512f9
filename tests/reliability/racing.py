"""Several processes that issue the same at once: each the same certificates in an order of its own, a fifth of them
twice; beside them a bulk run, and `issuer issue`.

    python -m tests.reliability.racing HOME NOW PROCESSES
"""

import json
import os
import random
import sys
import time
from datetime import datetime
from pathlib import Path

from issuer.app import wire
from issuer.errors import StoreBusy
from issuer.services import Services
from tests.reliability import doomed

TOGETHER = 3  # items at once
TWICE = 0.2


def race(services: Services, number: int, start: float) -> None:
    time.sleep(max(0.0, start - time.time()))
    if number == 0:
        services.issuance().issue_due()
    elif number == 1:
        doomed.work(services)
    else:
        chance = random.Random(number)
        issuance = services.issuance()
        for _ in range(2):  # the Course Certificates, and then what binds them
            items = list(issuance.plan().items)
            items += chance.sample(items, int(len(items) * TWICE))
            chance.shuffle(items)
            for place in range(0, len(items), TOGETHER):
                issuance.batches.due(items[place : place + TOGETHER])


def main() -> None:
    home, now, processes = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), int(sys.argv[3])
    start = time.time() + 1.0
    children = []
    for number in range(processes):
        child = os.fork()
        if child == 0:
            services = wire(home, environ=os.environ, now=lambda: now)
            while True:
                try:
                    race(services, number, start)
                    break
                except StoreBusy:
                    continue
            os._exit(0)
        children.append(child)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    sys.stdout.write(json.dumps(codes))


if __name__ == "__main__":
    main()
