"""`@digitalbazaar/vc` on Node.js as a contender: a process beside ours that is asked for its own processor time.

with beside(cohort, secured) as node:
    node.contender("issue").measure(20)
"""

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.cohort_documents import CREATED, NOW, known
from benchmarks.peers_in_python import Step
from tests.peers import samples
from vc.dates import timestamp

NAME = "@digitalbazaar/vc 7.3"
HINT = "npm ci --prefix tests/peers"
_FOLDER = Path(__file__).parent.parent / "tests" / "peers"


@dataclass(frozen=True)
class _Timed:
    node: "Node"
    command: str

    def measure(self, calls: int) -> float:
        return float(self.node.ask(command=self.command, calls=calls)["seconds"])


class Node:
    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, **request: Any) -> dict[str, Any]:
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the peer was started without pipes")
        print(json.dumps(request), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the peer ended; what it said stands above")
        return dict(json.loads(line))

    def contender(self, command: str) -> _Timed:
        return _Timed(self, command)


@contextmanager
def beside(cohort: Sequence[dict[str, Any]], secured: Sequence[bytes]) -> Iterator[Node | None]:
    """None where Node.js or the library is not installed."""
    program = shutil.which("node")
    if program is None or not (_FOLDER / "node_modules" / "@digitalbazaar" / "vc").is_dir():
        yield None
        return
    command = [program, str(_FOLDER / "timed.mjs")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        node = Node(process)
        node.ask(
            credentials=list(cohort),
            secured=[json.loads(one) for one in secured],
            seed=samples.SEED.hex(),
            created=timestamp(CREATED),
            now=timestamp(NOW),
            documents=known(),
        )
        try:
            yield node
        finally:
            if process.stdin is not None:
                process.stdin.close()


def agree(node: Node, ours: Step) -> None:
    """Their signature is ours, and they verify ours. Raises `RuntimeError`."""
    (proof,) = json.loads(ours.secured[0])["proof"]
    if node.ask(command="show")["credential"]["proof"] != proof:
        raise RuntimeError(f"{NAME} signs the first document otherwise than we do")
    node.ask(command="verify", calls=len(ours.secured))  # it ends where one does not verify
