"""A process that moves the records of an issuer to PostgreSQL, and dies where it is told to.

    python -m tests.reliability.moving_away HOME ADDRESS NOW

Like `tests.reliability.doomed` it reads a line `{"point": STEP}` for each death, or `{"point": null}` for none, and
answers `{"died": true, "code": -9}`. STEP is what `moving.move` tells as reached, or `copying`: in the middle of it.
"""

import json
import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from issuer import config, moving


def move(home: Path, address: str, now: datetime, point: str | None) -> None:
    def die(reached: str) -> None:
        if reached == point:
            os.kill(os.getpid(), signal.SIGKILL)

    def advance(done: int, total: int) -> None:
        die("copying")

    moving.move(config.load(home), address, actor="Ada", now=now, advance=advance, reached=die)


def main() -> None:
    home, address, now = Path(sys.argv[1]), sys.argv[2], datetime.fromisoformat(sys.argv[3])
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            move(home, address, now, json.loads(line)["point"])
            os._exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(json.dumps({"died": code < 0, "code": code}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
