"""What a service writes down: one JSON object a line on standard error; for a terminal, one line of text.

    configure("json")
    logging.getLogger("issuer").warning("message %d: given up", 7)
    # {"event": "message 7: given up", "level": "warning", "logger": "issuer", "time": "2026-03-02T13:00:00Z", …}

Loggers are the standard library's; structlog gives their lines a form. Each line has the `request_id` of the request
during which it was written. Of an error only its type and the places in the code are kept: its text may quote what was
being read, which may be somebody's name. What a line may hold at all is decided where it is written; see
docs/adr/0042.
"""

import logging
import sys
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from serving.traces import described

Form = Literal["json", "text"]

OURS = ("issuer", "verifier", "serving", "requests")  # loggers
TOLD = ("method", "route", "status", "ms")  # what a line may have beside its words: `serving.requests`


def configure(form: Form | None = None, *, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Once, before the server starts. `form`: by default text for a terminal, and JSON for everything else."""
    out = stream or sys.stderr
    chosen = form or ("text" if out.isatty() else "json")
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(allow=TOLD), *_SHARED],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_RENDERED[chosen]],
        )
    )
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)  # libraries' small talk has never been looked through for names
    for name in OURS:
        logging.getLogger(name).setLevel(level)


def _without_its_text(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """An exception as `error`, described."""
    given: Any = event.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else given
    if given is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event["error"] = described(error)
    event.pop("stack_info", None)
    return event


_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    _without_its_text,
]

_RENDERED: dict[Form, list[Processor]] = {
    "json": [structlog.processors.JSONRenderer(ensure_ascii=True, sort_keys=True)],
    "text": [structlog.dev.ConsoleRenderer(colors=False, timestamp_key="time")],
}
