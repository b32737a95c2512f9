"""How soon the verifier answers over HTTP: files of every kind, and at half load.

    python -m benchmarks.http [--seconds 12] [--each 30] [--processes 1] [--port 8978]

1. Files: each kind `--each` times, one after the other (a photo's QR code leads to a server on this machine).
2. Saturation: a few connections that ask again as soon as they are answered, certificates of one program.
3. Half load: 50 % of that, at moments that were fixed before (open loop: an answer that is late delays no question, so
   waiting is not hidden).

The promise (docs: performance): each kind within 400 ms, and p99 under ten times p50 at half load. Every certificate is
of another learner, as in a graduation week; how many canonical forms were known by their shape is asked of the
service's own numbers. All of it runs on this machine, the load generator too.
"""

import argparse
import asyncio
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from benchmarks import published
from benchmarks.overload import COLUMNS, Connections, Counted, closed_loop, open_loop, quantiles, request
from benchmarks.timing import Table, machine, printed
from tests.vc.baking.sample_files import VC, pdf_with, png, stream, svg
from tests.vc.samples import SoftSigner, course, secure
from tests.verifier.local_server import say
from tests.verifier.local_server import serving as issuing
from tests.verifier.qr_pictures import encode, photo
from vc import baking
from vc.dids import key
from vc.formats import vc_jwt

LEARNERS = 400  # certificates that are made; each is asked about again and again
HALF = 0.5  # of saturation
MOST_SECONDS = 60.0  # of one phase
MOST_EACH = 200

SIGNER = SoftSigner("http")


def certificate(name: str) -> dict[str, Any]:
    """A course's, by a bare key and without a status list: what is measured is this machine, not others."""
    credential = course(SIGNER)
    del credential["credentialStatus"]
    credential["id"] = f"https://credentials.example.org/{name}"
    credential["credentialSubject"]["identifier"][0]["identityHash"] = name
    return credential


def files(link: str) -> Mapping[str, bytes]:
    document = certificate("ana")
    data = json.dumps(secure(document, SIGNER)).encode()
    token = vc_jwt.secure(document, signer=SIGNER, verification_method=key.method_of(SIGNER.public_key))
    return {
        "JSON": data,
        "JWT": token,
        "PNG": baking.png.bake(png(), data),
        "SVG": baking.svg.bake(svg(), data),
        "PDF": pdf_with(stream(data, VC)),
        "photo": encode(photo(link)),
    }


async def each_kind(port: int, kinds: Mapping[str, bytes], times: int) -> Mapping[str, list[tuple[float, str]]]:
    """Kind -> (seconds, what was answered) of each."""
    pool = Connections(port)
    found: dict[str, list[tuple[float, str]]] = {}
    for name, data in kinds.items():
        wire = request(data, port)
        for turn in range(times + 3):  # the first three are to warm up
            began = time.perf_counter()
            status, accepted = await pool.ask(wire)
            if turn >= 3:
                answer = "accepted" if accepted else f"{status}"
                found.setdefault(name, []).append((time.perf_counter() - began, answer))
    pool.close()
    return found


def ever_others(port: int) -> Iterator[tuple[bytes, bool]]:
    wires = [
        request(json.dumps(secure(certificate(f"learner-{turn}"), SIGNER)).encode(), port) for turn in range(LEARNERS)
    ]
    while True:
        random.shuffle(wires)
        yield from ((wire, False) for wire in wires)


def serving(port: int, processes: int) -> subprocess.Popen[bytes]:
    words = ["--port", str(port), "--metrics-port", str(port + 1), "--processes", str(processes), "--allow-loopback"]
    process = subprocess.Popen(  # noqa: S603 -- our own program
        [sys.executable, "-m", "verifier", "serve", *words],
        env=os.environ | {"TESTAMUR_CACHE": ""},
        stderr=subprocess.DEVNULL,
    )
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready").close()
        except OSError:
            time.sleep(0.1)
        else:
            return process
    raise SystemExit("the service did not start")


def numbers(port: int) -> Mapping[str, float]:
    """What the service says of itself: name with labels -> value."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port + 1}/metrics") as answer:
        text = answer.read().decode()
    return {name: float(value) for name, value in re.findall(r"^(testamur_verifier_[^ ]+) (\S+)$", text, re.M)}


def tables(seconds: float, times: int, processes: int, port: int) -> Iterator[Table]:
    random.seed(7)
    run: Callable[..., Any] = asyncio.run
    with issuing() as issuer:
        issuer.pages["/credential"] = say(body=json.dumps(secure(certificate("ana"), SIGNER)).encode())
        service = serving(port, processes)
        try:
            kinds = files(f"{issuer.url}/credential")
            yield _by_kind(kinds, run(each_kind(port, kinds, times)))
            others = ever_others(port)
            one_each = next(others)[0]
            run(open_loop(port, others, 20, 4, service.pid))  # in which it learns the program
            full: Counted = run(closed_loop(port, one_each, seconds, 4, service.pid))
            before = numbers(port)
            half: Counted = run(open_loop(port, others, HALF * len(full.good) / full.seconds, seconds, service.pid))
            yield _under_load(full, half, before, numbers(port), processes)
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait(60)


def _by_kind(kinds: Mapping[str, bytes], found: Mapping[str, list[tuple[float, str]]]) -> Table:
    rows = []
    for name, answers in found.items():
        p50, p99, most = quantiles([one for one, _ in answers])
        said = ", ".join(sorted({answer for _, answer in answers}))
        rows.append((name, f"{len(kinds[name]):,}", f"{p50:.0f}", f"{p99:.0f}", f"{most:.0f}", said))
    columns = ("file", "bytes", "p50, ms", "p99, ms", "longest, ms", "answers")
    return Table("The verifier: a file of each kind", columns, rows, ("One after the other, each of the same course.",))


def _under_load(
    full: Counted, half: Counted, before: Mapping[str, float], after: Mapping[str, float], processes: int
) -> Table:
    p50, p99, _ = quantiles(half.good)
    path = "testamur_verifier_canonical_forms_total"
    known, unknown = (
        after[f'{path}{{path="{which}"}}'] - before.get(f'{path}{{path="{which}"}}', 0) for which in ("shape", "full")
    )
    ends = {name.split('"')[1]: value for name, value in sorted(after.items()) if "worker_ends" in name}
    notes = (
        f"{processes} process(es). At half load p99 is {p99 / p50:.1f} times p50 (goal: under 10), and {half.late} "
        f"questions could not be asked in time; {known:.0f} canonical forms were known by their shape, {unknown:.0f} "
        "were not.",
        "Workers ended: " + ", ".join(f"{value:.0f} {name}" for name, value in ends.items()) + ".",
    )
    return Table("The verifier under load", COLUMNS, [full.row("saturation"), half.row("half of it")], notes)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=12.0, help="of each phase under load")
    parser.add_argument("--each", type=int, default=30, help="how often each kind of file")
    parser.add_argument("--processes", type=int, default=1, help="of the service")
    parser.add_argument("--port", type=int, default=8978)
    parser.add_argument("--markdown", action="store_true", help="write the tables into docs/performance.md")
    chosen = parser.parse_args()
    seconds, times = min(chosen.seconds, MOST_SECONDS), min(chosen.each, MOST_EACH)
    print(machine())
    found = list(printed(tables(seconds, times, chosen.processes, chosen.port)))
    if chosen.markdown:
        published.replace("http", found)


if __name__ == "__main__":
    main()
