"""How long the programs take to start, and which large parts of the installation they load.

    python -m benchmarks.start

Wall time here, as whoever waits for a command has it; every run is a new process, the commands take turns. The file
that is verified carries its issuer's key (`did:key`) and no status list, so nothing is fetched.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from benchmarks.timing import Table, machine, printed
from tests.vc.samples import SoftSigner, course, secure

RUNS = 7
_PEERS = Path(__file__).parent.parent / "tests" / "peers"

# What a part of the installation is recognized by, once it is loaded.
FAMILIES: Mapping[str, frozenset[str]] = {
    "web": frozenset({"fastapi", "starlette", "uvicorn"}),
    "database": frozenset({"sqlalchemy", "alembic", "psycopg"}),
    "engine": frozenset({"dbos"}),
    "JSON-LD": frozenset({"pyld"}),
}


@dataclass(frozen=True)
class Run:
    """Seconds: by the clock, and of a processor."""

    wall: float
    processor: float


def tables(runs: int = RUNS) -> Iterator[Table]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "certificate.json"
        file.write_bytes(orjson.dumps(_certificate()))
        commands = _commands(file)
        found: dict[str, list[Run]] = {name: [] for name in commands}
        for _ in range(runs):
            for name, command in commands.items():
                found[name].append(run(command))
        rows = [
            (
                name,
                f"{statistics.median(one.wall for one in found[name]) * 1000:,.0f}",
                f"{statistics.median(one.processor for one in found[name]) * 1000:,.0f}",
                loaded(command),
            )
            for name, command in commands.items()
        ]
        yield Table("Start", ("", "ms", "ms of CPU", "loads"), rows, (f"Median of {runs} runs, each a new process.",))


def run(command: list[str]) -> Run:
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=_cwd(command), env=_environment())  # noqa: S603
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)[:200]} ended with {process.returncode}")
    return Run(time.perf_counter() - began, used.ru_utime + used.ru_stime)


def loaded(command: list[str]) -> str:
    """The families of which a module was imported, as Python's own list of imports says."""
    if command[0] != sys.executable:
        return ""
    said = subprocess.run(  # noqa: S603
        [command[0], "-X", "importtime", *command[1:]],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
        env=_environment(),
    )
    names = {line.rpartition("|")[2].strip().partition(".")[0] for line in said.stderr.splitlines()}
    return ", ".join(family for family, modules in FAMILIES.items() if modules & names) or "none of them"


def _commands(file: Path) -> dict[str, list[str]]:
    python = sys.executable
    commands = {
        "python -c pass": [python, "-c", "pass"],
        "import vc": [python, "-c", "import vc"],
        "import vc.formats.data_integrity": [python, "-c", "import vc.formats.data_integrity"],
        "verifier --help": [python, "-m", "verifier", "--help"],
        "verifier verify FILE": [python, "-m", "verifier", "verify", str(file), "--trust", "any", "--no-cache"],
        "issuer --help": [python, "-m", "issuer", "--help"],
    }
    node = shutil.which("node")
    if node is not None and (_PEERS / "node_modules" / "@digitalbazaar" / "vc").is_dir():
        commands["import @digitalbazaar/vc (Node)"] = [node, "-e", "import('@digitalbazaar/vc')"]
    return commands


def _cwd(command: list[str]) -> Path:
    return Path.cwd() if command[0] == sys.executable else _PEERS


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}


def _certificate() -> dict[str, object]:
    signer = SoftSigner("start")
    credential = course(signer)
    del credential["credentialStatus"]
    return secure(credential, signer)


if __name__ == "__main__":
    print(machine())
    for _ in printed(tables()):
        pass
