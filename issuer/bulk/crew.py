"""Further worker processes of this machine, which end with the one that started them.

Each holds the reading end of a pipe whose writing end is here: when this process ends, also by a kill -9, the pipe
ends, and the worker ends as when it is told to (`issuer worker --with-parent`).

    with Crew(home, 2) as crew:
        …
        crew.tell()      # before this process waits for a chunk of its own: else each waits for the one before it
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

_PATIENCE = 70  # seconds for the chunk that it is at, and a little


class Crew:
    """`count` processes that work on the runs of `home`; `run`: until that one has ended or pauses."""

    def __init__(self, home: Path, count: int, *, run: int | None = None) -> None:
        self._words = [sys.executable, "-m", "issuer", "--home", str(home), "worker", "--with-parent"]
        self._words += [] if run is None else ["--until-run", str(run)]
        self._count = count
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> "Crew":
        for _ in range(self._count):
            # A session of its own: who presses Ctrl-C tells the parent, which tells it.
            process = subprocess.Popen(self._words, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603 (ours)
            self._processes.append(process)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.tell()
        for process in self._processes:
            try:
                process.wait(timeout=_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def tell(self) -> None:
        """To end, each after the chunk that it is at. Does not wait for them."""
        for process in self._processes:
            if process.stdin is not None:
                process.stdin.close()

    @property
    def pids(self) -> Sequence[int]:
        return [one.pid for one in self._processes if one.poll() is None]
