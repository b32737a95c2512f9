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
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from benchmarks.overload import Connections, Counted, closed_loop, open_loop, request
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


def _quantiles(seconds: list[float]) -> tuple[float, float, float]:
    ordered = sorted(seconds) or [0.0]
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return statistics.median(ordered) * 1000, p99 * 1000, ordered[-1] * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=12.0, help="of each phase under load")
    parser.add_argument("--each", type=int, default=30, help="how often each kind of file")
    parser.add_argument("--processes", type=int, default=1, help="of the service")
    parser.add_argument("--port", type=int, default=8978)
    chosen = parser.parse_args()
    seconds, times, port = min(chosen.seconds, MOST_SECONDS), min(chosen.each, MOST_EACH), chosen.port
    random.seed(7)
    run: Callable[..., Any] = asyncio.run
    with issuing() as issuer:
        issuer.pages["/credential"] = say(body=json.dumps(secure(certificate("ana"), SIGNER)).encode())
        service = serving(port, chosen.processes)
        try:
            kinds = files(f"{issuer.url}/credential")
            found = run(each_kind(port, kinds, times))
            others = ever_others(port)
            one_each = next(others)[0]
            run(open_loop(port, others, 20, 4, service.pid))  # in which it learns the program
            full: Counted = run(closed_loop(port, one_each, seconds, 4, service.pid))
            before = numbers(port)
            rate = HALF * len(full.good) / full.seconds
            half: Counted = run(open_loop(port, others, rate, seconds, service.pid))
            after = numbers(port)
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait(60)
    print(f"{'file':<8} {'bytes':>8} {'p50 ms':>8} {'p99 ms':>8} {'most ms':>8}  answers")
    for name, answers in found.items():
        p50, p99, most = _quantiles([one for one, _ in answers])
        said = ", ".join(sorted({answer for _, answer in answers}))
        print(f"{name:<8} {len(kinds[name]):>8} {p50:>8.0f} {p99:>8.0f} {most:>8.0f}  {said}")
    print(f"\n{'load':<12} {'asked/s':>8} {'good/s':>8} {'p50 ms':>8} {'p99 ms':>8}  answers")
    print(full.row("saturation"))
    print(half.row("half load"))
    p50, p99, _ = _quantiles(half.good)
    print(f"p99 is {p99 / p50:.1f} times p50 (goal: under 10); {half.late} questions could not be asked in time")
    path = "testamur_verifier_canonical_forms_total"
    known, unknown = (
        after[f'{path}{{path="{which}"}}'] - before[f'{path}{{path="{which}"}}'] for which in ("shape", "full")
    )
    print(f"canonical forms at half load: {known:.0f} by a known shape, {unknown:.0f} by the full path")
    ends = {name: value for name, value in after.items() if "worker_ends" in name}
    print("worker ends:", ", ".join(f"{name.split(chr(34))[1]} {value:.0f}" for name, value in sorted(ends.items())))


if __name__ == "__main__":
    main()
