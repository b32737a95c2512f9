"""A nursery whose workers do what strangers' files wish they did: `start` is what such a process is started with."""

import os
import signal
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from verifier import worker
from verifier.codec import encoded
from verifier.config import Settings
from verifier.report import Check, Outcome, Report
from verifier.trust import Trust
from verifier.verifying import Verify

START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[2]); "
    "from tests.verifier.odd_worker import nursery; nursery(int(sys.argv[1]))"
)


def _verify(settings: Settings, fetch: Callable[[], Any] | None = None, **more: Any) -> Verify:
    def verify(data: bytes, trust: Trust, now: datetime, **more: Any) -> Any:
        from templates.messages import Message

        word, _, rest = data.removeprefix(b"{").partition(b" ")
        match word:
            case b"spin":
                while True:
                    pass
            case b"spin-and-catch":
                while True:
                    try:
                        while True:
                            pass
                    except BaseException:  # what a stranger's own code might do
                        continue
            case b"eat":
                held = []
                while True:
                    held.append(bytearray(16 << 20))
            case b"grow":
                bytearray(250 << 20)
            case b"die":
                os.kill(os.getpid(), int(rest))
            case b"sleep":
                time.sleep(float(rest))
            case b"break":
                raise RuntimeError("the secret is 42")
            case b"bytes":
                return rest
            case b"long":
                return b"x" * (20 << 20)
            case b"fetch":
                if fetch is not None:
                    fetch().get("https://127.0.0.1/") if rest == b"for real" else fetch()._say()
                time.sleep(float(rest))
        said = Message("{pid} {data} {trust}", pid=os.getpid(), data=len(data), trust=str(trust))
        return Report((Check("structure", Outcome.PASSED, said),), checked_at=now)

    return verify


def nursery(descriptor: int) -> None:
    worker.in_this_process = _verify  # type: ignore[assignment]  # what is played here
    worker.encoded = lambda done: done.report if isinstance(done.report, bytes) else encoded(done)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    worker.nursery(descriptor)
