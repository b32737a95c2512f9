"""A whole installation for the journeys: a real issuer and a real verifier, two processes on loopback, one browser.

Nothing is simulated: the catalogue is that of `examples/`, the commands are those that a registrar types.
"""

import csv
import io
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
START_SECONDS = 60  # a slow machine may need it; normally two


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Installation:
    """`issuer` and `verifier` are base URLs; `home` holds the issuer's state."""

    home: Path
    issuer_port: int = field(default_factory=free_port)
    verifier_port: int = field(default_factory=free_port)
    cache: str = ""
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return f"http://localhost:{self.issuer_port}"

    @property
    def verifier(self) -> str:
        return f"http://localhost:{self.verifier_port}"

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"TESTAMUR_HOME": str(self.home), "TESTAMUR_CACHE": self.cache, "NO_COLOR": "1"}

    def command(self, package: str, *arguments: str, ok: Iterable[int] = (0,)) -> subprocess.CompletedProcess[str]:
        """Runs `python -m PACKAGE …` as a person would; fails the test on another exit code than those in `ok`."""
        done = subprocess.run(
            [sys.executable, "-m", package, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode in ok, f"{package} {arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def set_up(self, keep: Callable[[dict[str, str]], bool], *, issue: bool = True) -> None:
        """Init, import and, if so, decide and issue, for those rows of the example completions that `keep` wants."""
        self.command(
            "issuer",
            "init",
            "--organization",
            "Testamur (demonstration)",
            "--url",
            self.issuer,
            "--verifier-url",
            self.verifier,
        )
        self.command("issuer", "import", "catalogue", str(EXAMPLES / "catalogue"))
        rows = list(csv.DictReader(io.StringIO((EXAMPLES / "completions.csv").read_text(encoding="utf-8-sig"))))
        chosen = io.StringIO()
        writer = csv.DictWriter(chosen, list(rows[0]))
        writer.writeheader()
        writer.writerows(row for row in rows if keep(row))
        completions = self.home.parent / "completions.csv"
        completions.write_text(chosen.getvalue(), encoding="utf-8")
        self.command("issuer", "import", "completions", str(completions))
        if issue:
            self.command("issuer", "decide")
            self.command("issuer", "issue")

    def start(self, *packages: str) -> None:
        for package in packages:
            port = self.issuer_port if package == "issuer" else self.verifier_port
            more = ["--allow-loopback"] if package == "verifier" else ["--no-worker"]
            self.processes[package] = subprocess.Popen(
                [sys.executable, "-m", package, "serve", "--port", str(port), *more],
                cwd=ROOT,
                env=self.environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        for package in packages:
            self._wait(self.issuer if package == "issuer" else self.verifier)

    def stop(self, *packages: str) -> None:
        for package in packages or tuple(self.processes):
            process = self.processes.pop(package)
            process.terminate()
            process.wait(timeout=20)

    def credentials(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = json.loads(self.command("issuer", "list", "--json").stdout)
        return listed

    def _wait(self, base: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{base}/health", timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"{base} did not start")
