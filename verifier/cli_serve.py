"""`verifier serve`: what it takes to run the service, put together. Imported by that command alone.

run(Settings(), Options(host="127.0.0.1", port=8001))
"""

import os
import sys
import time

import typer
from prometheus_client import CollectorRegistry

from serving import running
from serving.drain import Drain
from serving.running import Built, Options, PortTaken
from verifier.app import create_app
from verifier.config import Settings
from verifier.measured import Measured
from verifier.workers import QUICK, Workers


def run(settings: Settings, options: Options) -> int:
    """The exit code. Raises `typer.BadParameter` for a port that cannot be listened on."""

    def build(registry: CollectorRegistry, drain: Drain) -> Built:
        measured = Measured(registry)
        if sys.platform == "win32":
            return Built(create_app(settings, measured=measured, drain=drain))
        # All processes together have as many quick places as one would have: the machine has no more processors.
        workers = Workers(settings, quick=max(1, QUICK // options.processes), watch=measured)
        app = create_app(settings, workers=workers, measured=measured, drain=drain)
        return Built(app, workers.abandon)

    try:
        return running.run(options, build, command=sys.orig_argv, environ=os.environ, clock=time.monotonic)
    except PortTaken as error:
        raise typer.BadParameter(f"{error.option} cannot be used: {error.strerror}.") from error
