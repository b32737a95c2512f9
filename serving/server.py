"""Runs a service until it is told to stop, and then stops it as `serving.drain` says: exit code 0, nothing half done.

    serve(app, host="127.0.0.1", port=8001, drain=drain, cut_short=workers.abandon)

uvicorn speaks HTTP; this decides when it may close its sockets. SIGTERM begins to drain, however often it comes, for
whoever stops a service may send it to all its processes twice; Ctrl-C once more ends it at once, and is passed on, so
that a shell sees an interrupted command.
"""

import logging
import signal
import socket
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn

from serving.drain import LAST, LIMIT, Drain

log = logging.getLogger("serving")

IDLE = 5  # seconds for which a connection without a request stays open


def serve(
    app: Any,
    *,
    host: str,
    port: int,
    drain: Drain,
    clock: Callable[[], float],
    cut_short: Callable[[], None] = lambda: None,
    listening: socket.socket | None = None,
) -> None:
    """`cut_short`: ends what is still being worked on at the limit, so that whoever waits for it is told so.
    `listening`: a socket that listens already, in place of one at `host` and `port`."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,  # as `serving.logs` says
        access_log=False,  # it would hold addresses; `serving.requests` writes a line of its own
        server_header=False,
        timeout_keep_alive=IDLE,
        timeout_graceful_shutdown=int(LAST),
    )
    _Draining(config, drain, clock, cut_short).run(None if listening is None else [listening])


class _Draining(uvicorn.Server):
    def __init__(
        self, config: uvicorn.Config, drain: Drain, clock: Callable[[], float], cut_short: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._drain = drain
        self._clock = clock
        self._cut_short: Callable[[], None] | None = cut_short
        self._began: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if sig == signal.SIGINT:
            if self._drain.begun:
                self.should_exit = self.force_exit = True
            self._captured_signals.append(sig)
        self._drain.begin()

    async def on_tick(self, counter: int) -> bool:
        if self._drain.begun:
            if self._began is None:
                self._began = self._clock()
                log.info("stopping: %d requests are being answered", self._drain.under_way)
            elapsed = self._clock() - self._began
            if elapsed >= LIMIT and self._cut_short is not None:
                log.warning("%d requests are cut short after %d seconds", self._drain.under_way, int(LIMIT))
                threading.Thread(target=self._cut_short, daemon=True).start()
                self._cut_short = None
            self.should_exit = self.should_exit or self._drain.done(elapsed)
        return await super().on_tick(counter)
