"""Times that can be compared on a busy machine, and the tables that they stand in.

    contest = {"floor": InProcess(floor), "ours": InProcess(ours)}
    spent = interleaved(contest, rounds=7)
    spent["ours"].median / spent["floor"].median

Everybody's rounds alternate, so that what else the machine does meets all alike; processor time is taken, not the
clock's; the median of the rounds is what counts, and only ratios hold elsewhere. Nothing here knows what is measured.
"""

import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.table import Table as Drawn

ROUND = 0.12  # seconds that a round of one contender takes: hundreds of times what the clock can tell apart
MOST_CALLS = 20_000  # of one round
ROUNDS = 7


class Contender(Protocol):
    """`measure(calls)`: does its work that often, and says how many seconds of a processor that took in all."""

    def measure(self, calls: int) -> float: ...


@dataclass(frozen=True)
class InProcess:
    """A function, in this process and thread."""

    work: Callable[[], object]

    def measure(self, calls: int) -> float:
        began = time.process_time()
        for _ in range(calls):
            self.work()
        return time.process_time() - began


@dataclass(frozen=True)
class Spent:
    """`rounds`: seconds of one call, for each round."""

    rounds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.rounds)


def interleaved(contest: Mapping[str, Contender], *, rounds: int = ROUNDS, seconds: float = ROUND) -> dict[str, Spent]:
    """Each name's time for one call. Every contender is warmed up until a round of it takes about `seconds`."""
    calls = {name: _calls(one, seconds) for name, one in contest.items()}
    found: dict[str, list[float]] = {name: [] for name in contest}
    for _ in range(rounds):
        for name, one in contest.items():
            found[name].append(one.measure(calls[name]) / calls[name])
    return {name: Spent(tuple(times)) for name, times in found.items()}


def _calls(one: Contender, seconds: float) -> int:
    calls = 1
    while calls < MOST_CALLS and (spent := one.measure(calls)) < seconds:
        calls = min(MOST_CALLS, max(calls * 2, int(calls * seconds / max(spent, 1e-6))) if spent else calls * 8)
    return calls


# --- tables ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """`rows`: the first cell is a name, the others are figures. `notes`: what a reader must know beside them."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()

    def markdown(self) -> str:
        lines = [
            f"### {self.title}",
            "",
            f"| {' | '.join(self.columns)} |",
            "|---" + "|---:" * (len(self.columns) - 1) + "|",
        ]
        lines += [f"| {' | '.join(row)} |" for row in self.rows]
        return "\n".join([*lines, "", *self.notes, ""] if self.notes else [*lines, ""])


def printed(tables: Iterable[Table], console: Console | None = None) -> Iterator[Table]:
    """Each as soon as it is there, and handed on."""
    console = console or Console(width=max(100, shutil.get_terminal_size().columns), highlight=False)
    for table in tables:
        drawn = Drawn(title=table.title, title_justify="left", title_style="bold")
        for place, column in enumerate(table.columns):
            drawn.add_column(column, justify="right" if place else "left")
        for row in table.rows:
            drawn.add_row(*row)
        console.print(drawn)
        for note in table.notes:
            console.print(note, style="dim")
        console.print()
        yield table


def micro(seconds: float) -> str:
    """Microseconds with three digits that mean something."""
    value = seconds * 1e6
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def times(seconds: float, other: float) -> str:
    ratio = seconds / other
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.1f}" if ratio >= 10 else f"{ratio:.2f}"


# --- the machine -------------------------------------------------------------------------------------------


def machine() -> str:
    """One line: processor, cores, whether it hashes by instructions of its own, memory, and what runs on it."""
    info = _first_processor()
    flags = info.get("flags", info.get("Features", "")).split()
    sha = "with SHA instructions" if {"sha_ni", "sha2"} & set(flags) else "without SHA instructions"
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    processor = info.get("model name", platform.machine())
    parts = [
        f"{processor} ({_family(info)}), {os.cpu_count()} cores, {sha}, {memory:.0f} GB",
        f"{platform.system()} {platform.release().split('-')[0]}",
        f"Python {platform.python_version()}",
    ]
    if node := _node():
        parts.append(f"Node {node}")
    return ", ".join(parts)


def load() -> str:
    """How busy the machine was with other work, which the figures must be read beside."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def peak() -> int:
    """The most memory that this process had at once, in bytes."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _first_processor() -> dict[str, str]:
    try:
        text = Path("/proc/cpuinfo").read_text().partition("\n\n")[0]
    except OSError:
        return {}
    pairs = (line.partition(":") for line in text.splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}


def _family(info: Mapping[str, str]) -> str:
    return f"family {info.get('cpu family', '?')} model {info.get('model', '?')}"


def _node() -> str | None:
    program = shutil.which("node")
    if program is None:
        return None
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    return said.stdout.strip().lstrip("v") or None
