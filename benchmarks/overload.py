"""What the verifier does under ten times the load that it is rated for, a tenth of it bad files.

    python -m benchmarks.overload [--seconds 15] [--port 8977]

1. Saturation: a few connections that ask again as soon as they are answered.
2. Rated load: 70 % of that, at moments that were fixed before (an answer that is late delays no question).
3. Overload: ten times the rated load, a tenth of it bad files.

The promise (docs: security): the p99 of good requests that were taken is at most twice that at rated load, the
others are told 429, there is no 5xx, and memory stays flat. Everything runs on this machine, the load generator too,
which takes a share of the same processors.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from benchmarks import hostile_files, published
from benchmarks.processes import memory
from benchmarks.timing import Table, machine, printed
from tests.vc.samples import SoftSigner, course, secure

MOST = 40_000  # requests of one phase; a mistake in a number must not become an attack
RATED = 0.7  # of saturation


@dataclass
class Counted:
    seconds: float = 0.0
    good: list[float] = field(default_factory=list)  # seconds each, of those that were answered with a report
    statuses: Counter[str] = field(default_factory=Counter)
    memory: list[int] = field(default_factory=list)  # bytes, once a second
    shares: dict[str, float] = field(default_factory=dict)  # of one processor: what the service itself took, and we
    late: int = 0  # requests that the generator itself could not send in time

    def row(self, name: str) -> tuple[str, ...]:
        """Under `COLUMNS`."""
        p50, p99, _ = quantiles(self.good)
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(self.statuses.items()))
        asked = sum(self.statuses.values()) / self.seconds
        return name, f"{asked:,.0f}", f"{len(self.good) / self.seconds:,.0f}", f"{p50:.0f}", f"{p99:.0f}", kinds


COLUMNS = ("", "asked a second", "good a second", "p50, ms", "p99, ms", "answers")


def quantiles(seconds: list[float]) -> tuple[float, float, float]:
    """Milliseconds: p50, p99 and the longest."""
    ordered = sorted(seconds) or [0.0]
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return statistics.median(ordered) * 1000, p99 * 1000, ordered[-1] * 1000


def good_file() -> bytes:
    """A course's certificate, by a bare key and without a status list: what is measured is this machine, not others."""
    signer = SoftSigner("overload")
    credential = course(signer)
    del credential["credentialStatus"]
    return json.dumps(secure(credential, signer)).encode()


def request(data: bytes, port: int) -> bytes:
    head = (
        f"POST /verify?trust=any HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: application/json\r\n"
        f"Content-Type: application/octet-stream\r\nContent-Length: {len(data)}\r\n\r\n"
    )
    return head.encode() + data


class Connections:
    """Kept open and used again, as a proxy in front of the service would."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self, wire: bytes) -> tuple[int, bool]:
        for _ in range(50):  # a server closes connections that were idle for long
            fresh = not self._idle
            pair = self._idle.pop() if self._idle else await asyncio.open_connection("127.0.0.1", self._port)
            reader, writer = pair
            try:
                writer.write(wire)
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
                body = await reader.readexactly(length)
                self._idle.append(pair)
                return int(head.split(b" ", 2)[1]), b'"accepted"' in body[:100]
            except (OSError, asyncio.IncompleteReadError):
                writer.close()
                if fresh:
                    raise
        raise ConnectionError

    def close(self) -> None:
        for _, writer in self._idle:
            writer.close()


async def one(connections: Connections, wire: bytes, bad: bool, counted: Counted) -> None:
    started = time.perf_counter()
    try:
        status, accepted = await connections.ask(wire)
    except (OSError, asyncio.IncompleteReadError, IndexError) as error:
        counted.statuses[f"broken ({type(error).__name__})"] += 1
        return
    if accepted:
        counted.good.append(time.perf_counter() - started)
    odd = status == 200 and not accepted and not bad
    counted.statuses[f"{status}{' bad' if bad else ''}{' not accepted' if odd else ''}"] += 1


async def closed_loop(port: int, good: bytes, seconds: float, connections: int, pid: int) -> Counted:
    counted = Counted()
    pool = Connections(port)
    watching = asyncio.create_task(watch(pid, counted))
    started = time.perf_counter()
    ends = started + seconds

    async def client() -> None:
        while time.perf_counter() < ends:
            await one(pool, good, False, counted)

    await asyncio.gather(*(client() for _ in range(connections)))
    counted.seconds = time.perf_counter() - started
    watching.cancel()
    pool.close()
    return counted


async def open_loop(port: int, files: Iterator[tuple[bytes, bool]], rate: float, seconds: float, pid: int) -> Counted:
    counted = Counted()
    pool = Connections(port)
    watching = asyncio.create_task(watch(pid, counted))
    tasks: set[asyncio.Task[None]] = set()
    started = time.perf_counter()
    due = started
    for _ in range(min(MOST, int(rate * seconds))):
        due += random.expovariate(rate)
        wait = due - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        elif wait < -0.1:
            counted.late += 1
        wire, bad = next(files)
        task = asyncio.create_task(one(pool, wire, bad, counted))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    counted.seconds = time.perf_counter() - started
    watching.cancel()
    pool.close()
    return counted


async def watch(pid: int, counted: Counted) -> None:
    before, started = _processor(pid), time.perf_counter()
    while True:
        counted.memory.append(await asyncio.to_thread(memory, pid))  # which takes a while, and must not delay requests
        await asyncio.sleep(1)
        for name, seconds in _processor(pid).items():
            counted.shares[name] = (seconds - before[name]) / (time.perf_counter() - started)


def _processor(pid: int) -> dict[str, float]:
    """Seconds of processors' time: the service's own process, this one, and the whole machine, others included."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    with open("/proc/stat") as file:
        busy = file.readline().split()[1:]
    tick = os.sysconf("SC_CLK_TCK")
    used = sum(map(int, busy)) - int(busy[3]) - int(busy[4])
    return {
        "front": (int(fields[11]) + int(fields[12])) / tick,
        "generator": sum(os.times()[:2]),
        "machine": used / tick,
    }


def mixed(good: bytes, bad: list[bytes], port: int, share: float) -> Iterator[tuple[bytes, bool]]:
    wires = [request(data, port) for data in bad]
    fine = request(good, port)
    turn = 0
    while True:
        turn += 1
        if share and turn % round(1 / share) == 0:
            yield wires[(turn // round(1 / share)) % len(wires)], True
        else:
            yield fine, False


def serving(port: int) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(  # noqa: S603 -- our own program
        [sys.executable, "-m", "verifier", "serve", "--port", str(port)],
        env=os.environ | {"TESTAMUR_CACHE": ""},
    )
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health").close()
        except OSError:
            time.sleep(0.1)
        else:
            return process
    raise SystemExit("the service did not start")


def table(seconds: float, times: float, port: int) -> Table:
    random.seed(7)
    good = good_file()
    bad = [
        hostile_files.poison(),
        b'{"a":' + b"[" * 50_000,
        hostile_files.png()[:40],
        hostile_files.png(hostile_files.chunk(b"zTXt", b"openbadgecredential\0\0" + hostile_files.bomb(1 << 30))),
        hostile_files.pdf(names=b"/Lang <" + b"41" * 500_000 + b">"),
        b'{"a":[' + b"[]," * 300_000 + b"1]}",
    ]
    service = serving(port)
    run: Callable[..., Counted] = asyncio.run  # type: ignore[assignment]  # of coroutines that give one
    try:
        run(closed_loop(port, request(good, port), 2, 2, service.pid))  # warm
        full = run(closed_loop(port, request(good, port), seconds, 3, service.pid))
        rate = RATED * len(full.good) / full.seconds
        rated = run(open_loop(port, mixed(good, bad, port, 0), rate, seconds, service.pid))
        over = run(open_loop(port, mixed(good, bad, port, 0.1), times * rate, seconds, service.pid))
        after = run(open_loop(port, mixed(good, bad, port, 0), rate, 5, service.pid))
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait(60)
    phases = {"saturation": full, f"rated, {RATED:.0%} of it": rated, f"{times:g} times rated": over, "after it": after}
    slower = quantiles(over.good)[1] / quantiles(rated.good)[1]
    notes = [
        f"A good file has {len(good):,} bytes, bad ones {', '.join(f'{len(data):,}' for data in bad)}. Under overload "
        f"the p99 of what was taken is {slower:.1f} times that at rated load (goal: 2 at most).",
    ]
    for name, counted in phases.items():
        shares = ", ".join(f"{whose} {share:.2f}" for whose, share in counted.shares.items())
        low, high = min(counted.memory) >> 20, max(counted.memory) >> 20
        notes.append(f"{name}: processors: {shares}; memory {low} to {high} MB; {counted.late} asked late.")
    return Table("The verifier under overload", COLUMNS, [one.row(name) for name, one in phases.items()], notes)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=15.0, help="of each phase")
    parser.add_argument("--port", type=int, default=8977)
    parser.add_argument("--times", type=float, default=10.0, help="the overload, in rated loads")
    parser.add_argument("--markdown", action="store_true", help="write the table into docs/performance.md")
    chosen = parser.parse_args()
    print(machine())
    found = list(printed([table(chosen.seconds, chosen.times, chosen.port)]))
    if chosen.markdown:
        published.replace("overload", found)


if __name__ == "__main__":
    main()
