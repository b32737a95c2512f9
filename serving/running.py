"""One way to run a service, for both: logs, numbers, one process or several, and the end.

    run(Options(host="127.0.0.1", port=8001), build, command=sys.orig_argv, environ=os.environ, clock=time.monotonic)

`build` puts the application together. With several processes it is called in each of them, and never in the one that
supervises; their numbers are added up there (Prometheus' multi-process mode; gauges, which each has of its own, are
left out).
"""

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector

from serving import logs, processes
from serving.drain import Drain
from serving.meter import expose
from serving.server import serve

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # where processes leave their numbers: their library's name for it


@dataclass(frozen=True)
class Options:
    """`metrics_port`: None for no numbers; `log`: None for what suits standard error."""

    host: str
    port: int
    processes: int = 1
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = None
    log: logs.Form | None = None


@dataclass(frozen=True)
class Built:
    """`cut_short`: see `serving.server`. `around`: what goes on beside the server, as long as it runs."""

    app: Any
    cut_short: Callable[[], None] = lambda: None
    around: contextlib.AbstractContextManager[Any] = field(default_factory=contextlib.nullcontext)


Build = Callable[[CollectorRegistry, Drain], Built]


class PortTaken(OSError):
    """A port cannot be listened on. `option`: which one it is."""

    def __init__(self, option: str, error: OSError) -> None:
        super().__init__(error.errno, error.strerror)
        self.option = option


def run(
    options: Options,
    build: Build,
    *,
    command: Sequence[str],
    environ: Mapping[str, str],
    clock: Callable[[], float],
) -> int:
    """The exit code. `command`: what started this process, for more of its kind. Raises `PortTaken`."""
    logs.configure(options.log)
    if (handed := processes.handed(environ)) is not None:
        drain = Drain()
        handed.when_left(drain.begin)
        _served(options, build, CollectorRegistry(), drain, clock, handed)
        return 0
    if options.processes > 1:
        return _several(options, command, environ, clock)
    registry = CollectorRegistry()
    with _exposed(options, registry):
        _served(options, build, registry, Drain(), clock, None)
    return 0


def _served(
    options: Options,
    build: Build,
    registry: CollectorRegistry,
    drain: Drain,
    clock: Callable[[], float],
    handed: processes.Handed | None,
) -> None:
    built = build(registry, drain)
    with built.around:
        serve(
            built.app,
            host=options.host,
            port=options.port,
            drain=drain,
            clock=clock,
            cut_short=built.cut_short,
            listening=None if handed is None else handed.listening,
        )


def _several(options: Options, command: Sequence[str], environ: Mapping[str, str], clock: Callable[[], float]) -> int:
    with tempfile.TemporaryDirectory(prefix="testamur-numbers-") as folder:
        registry = CollectorRegistry()
        if options.metrics_port is not None:
            MultiProcessCollector(registry, path=str(Path(folder)))  # type: ignore[no-untyped-call]  # theirs
        with _exposed(options, registry):
            try:
                return processes.supervise(
                    command,
                    {**environ, _FOLDER: folder},
                    host=options.host,
                    port=options.port,
                    processes=options.processes,
                    clock=clock,
                )
            except OSError as error:
                raise PortTaken("--port", error) from error


@contextlib.contextmanager
def _exposed(options: Options, registry: CollectorRegistry) -> Iterator[None]:
    if options.metrics_port is None:
        yield
        return
    try:
        stop = expose(registry, options.metrics_host, options.metrics_port)
    except OSError as error:
        raise PortTaken("--metrics-port", error) from error
    try:
        yield
    finally:
        stop()
