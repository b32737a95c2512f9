"""What a hostile file or server gets out of the verifier: the verdict, and what it cost.

    python -m benchmarks.hostile             # minutes, most of them to make the bombs

Each row runs in a process with a worker's limits, as in production. Servers are played on the loopback address behind
the fetcher's own seams (`resolve`, `connect`), so nothing leaves this machine; every connection is listed, and one to
an address that is not public is shown as UNLISTED.
"""

import os
import pickle
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import hostile_files
from tests.simulators import World
from tests.vc.samples import NOW, course
from tests.verifier.local_server import Answer, certificate, say, serving
from vc.errors import TooLarge, VcError
from verifier import batch, worker
from verifier.addresses import is_public
from verifier.case import Asked
from verifier.codec import decoded, encoded
from verifier.config import Settings
from verifier.fetch import Fetch, HttpFetch
from verifier.places import Busy
from verifier.refusal import refused
from verifier.report import Report
from verifier.verifying import in_this_process

HOST = "issuer.example"
PUBLIC, INSIDE = "93.184.215.14", "10.0.0.7"
LINK = f"https://{HOST}/credential".encode()
MOST_SECONDS = 60


@dataclass
class Row:
    seconds: float
    memory: int  # megabytes at most, of the process and of those that it started
    report: Report | None
    ended: str
    asked: list[str]


def measured(data: bytes, fetch: Callable[[list[str]], Fetch] | None = None) -> Row:
    """Forks, takes a worker's limits, and does one job."""
    reading, writing = os.pipe()
    started = time.perf_counter()
    number = os.fork()
    if number == 0:
        asked: list[str] = []
        try:
            os.close(reading)
            os.setpgid(0, 0)
            worker._limit()
            made = None if fetch is None else fetch(asked)
            verify = in_this_process(Settings(), (lambda: made) if made is not None else None)
            answer = worker._done(verify, encoded(worker.Job("any", NOW, Asked())), data)
            with os.fdopen(writing, "wb") as file:
                pickle.dump((answer, asked), file)  # our own child's, in a benchmark
        finally:
            os._exit(0)
    os.close(writing)
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(number, signal.SIGKILL))
    signal.alarm(MOST_SECONDS)
    with os.fdopen(reading, "rb") as file:
        said = file.read()
    _, status, used = os.wait4(number, 0)
    signal.alarm(0)
    seconds = time.perf_counter() - started
    code = os.waitstatus_to_exitcode(status)
    answer, asked = pickle.loads(said) if said else (b"", [])  # noqa: S301 -- see above
    report = decoded(Report, answer[1:]) if answer[:1] in (worker.REPORT, worker.LAST_REPORT) else None
    if answer[:1] == worker.NO_MEMORY or code == -signal.SIGPROF:
        report = refused(TooLarge("The check was stopped: it takes more work or memory than a certificate needs."), NOW)
    return Row(seconds, used.ru_maxrss // 1024, report, "" if report else f"ended {code} {answer[:200]!r}", asked)


def printed(name: str, row: Row) -> None:
    verdict = "-" if row.report is None else str(row.report.verdict)
    reason = row.ended if row.report is None else str(row.report.reason or "")
    unlisted = [one for one in row.asked if one.startswith("UNLISTED")]
    fetched = ", ".join(unlisted) if unlisted else str(len(row.asked))
    print(f"{name:<42} {verdict:<13} {row.seconds:>6.2f} {row.memory:>5} {fetched:>7}  {reason[:90]}")
    sys.stdout.flush()


# --- servers -----------------------------------------------------------------------------------------------


def endless(connection: socket.socket, _: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while True:
        connection.sendall(b" " * 65_536)


def endless_head(connection: socket.socket, _: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-A: " + b"a" * 60_000 + b"\r\n")


def drip(connection: socket.socket, _: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        connection.sendall(b" ")
        time.sleep(0.5)


def silent(_connection: socket.socket, _: str) -> None:
    time.sleep(MOST_SECONDS)


Names = Callable[[str, int], list[str]]


@contextmanager
def networks(pages: dict[str, Answer], names: Names) -> Iterator[Callable[[list[str]], Fetch]]:
    """`names`: host and how often it was asked for -> addresses. Whatever is connected to is played by one server."""
    with tempfile.TemporaryDirectory() as folder:
        server_tls, client_tls = certificate(Path(folder), HOST)
        with serving(server_tls) as server:
            server.pages.update(pages)

            def made(asked: list[str]) -> Fetch:
                times: dict[str, int] = {}

                def resolve(host: str, port: int, **_: Any) -> list[Any]:
                    times[host] = times.get(host, 0) + 1
                    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in names(host, times[host])]

                def connect(address: tuple[str, int], timeout: float) -> socket.socket:
                    asked.append(address[0] if is_public(address[0]) else f"UNLISTED {address[0]}")
                    return socket.create_connection(("127.0.0.1", server.port), timeout)

                return HttpFetch(resolve=resolve, connect=connect, tls=client_tls)

            yield made


def redirect(to: str) -> Answer:
    return say("302 Found", b"", f"Location: {to}")


def always(host: str, _: int) -> list[str]:
    return [host if host[0].isdigit() else PUBLIC]


SERVERS: dict[str, tuple[Answer, Names]] = {
    "an endless response": (endless, always),
    "endless headers": (endless_head, always),
    "a redirect to 10.0.0.7": (redirect(f"https://{INSIDE}/"), always),
    "a redirect to a cloud's metadata": (redirect("https://169.254.169.254/latest/"), always),
    "a redirect to a name inside": (
        redirect("https://intranet.example/"),
        lambda host, _: [INSIDE if host == "intranet.example" else PUBLIC],
    ),
    "a redirect to itself, for ever": (redirect(LINK.decode()), always),
    "rebinding: public, then 127.0.0.1": (
        redirect(LINK.decode()),
        lambda _, times: [PUBLIC if times == 1 else "127.0.0.1"],
    ),
    "rebinding: public and private at once": (say(body=b"{}"), lambda *_: [PUBLIC, INSIDE]),
    "a server that sends two bytes a second": (drip, always),
    "a server that never answers": (silent, always),
}


def status_bomb(size: int) -> tuple[bytes, Callable[[list[str]], Fetch]]:
    """A good certificate whose signed status list is a bomb."""
    import base64

    world = World()
    data = world.issue(course(world.signer))
    packed = "u" + base64.urlsafe_b64encode(hostile_files.gzipped(size)).decode().rstrip("=")
    subject = world.status_list()["credentialSubject"]
    world.list_changes = {"credentialSubject": {**subject, "encodedList": packed}}

    def made(asked: list[str]) -> Fetch:
        world.asked = asked
        return world

    return data, made


def zip_bomb() -> Row:
    """What `/verify/batch` does first."""
    data = hostile_files.zipped(10 * hostile_files.GB)

    def verify(packed: bytes, *_: Any, **__: Any) -> Report:
        try:
            (item,) = batch.unpacked("bomb.zip", packed)
            if item.error is not None:
                raise item.error
        except VcError as error:
            return refused(error, NOW)
        raise Busy

    kept = in_this_process.__globals__["in_this_process"]
    globals()["in_this_process"] = lambda *_: verify
    try:
        return measured(data)
    finally:
        globals()["in_this_process"] = kept


def main() -> None:
    print(f"{'':<42} {'verdict':<13} {'s':>6} {'MB':>5} {'fetched':>7}  reason")
    with suppress(ImportError):
        import verifier.verification  # noqa: F401 -- what a nursery has imported before it forks
    good = World()
    data = good.issue(course(good.signer))

    def simulated(asked: list[str]) -> Fetch:
        good.asked = asked
        return good

    printed("(a good certificate)", measured(data, simulated))
    for name, file in hostile_files.many().items():
        printed(name, measured(file))
    printed("ZIP of 10 GB in a batch", zip_bomb())
    for size in (2 * hostile_files.GB, 10 * hostile_files.GB):
        printed(f"status list of {size // hostile_files.GB} GB (gzip)", measured(*status_bomb(size)))
    for name, (answer, names) in SERVERS.items():
        with networks({"/credential": answer}, names) as made:
            printed(name, measured(LINK, made))


if __name__ == "__main__":
    main()
