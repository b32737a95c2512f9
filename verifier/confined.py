"""Strangers' PDFs and pictures, read in a process of their own that can be ended.

A PDF is a program for its reader, and a picture's decoders are large: a file of a few kilobytes can keep either busy
for hours or fill the memory, and no argument of theirs prevents it. So each such file is read by a fresh process with
limits of time and memory, which may write no file; the worst that a file can do is to be refused.

    text = read("picture", photo)

The process gets the bytes on its standard input and answers on its standard output: `+` and the result, or `-` and
the error as JSON. Nothing of a file stays anywhere.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from threading import BoundedSemaphore
from typing import Any, Literal

from vc import errors
from vc.errors import ContainerError, TooLarge, Unavailable, VcError

Job = Literal["attachment", "picture", "pages"]

SECONDS = 4.5  # of one reading, of the five promised for a file
WORK = 3  # seconds of a processor's time; a photo of 48 megapixels takes 1, a certificate 0.5
MEMORY = 768 * 1024 * 1024  # bytes of address space, a third of it the libraries'; no more than 512 MB are then in use
WAIT = 10.0  # seconds to wait for a free place; whoever waits longer is better told so
PLACES = max(2, os.cpu_count() or 2)  # processes at once

_ENDED_BY_OTHERS = frozenset({-signal.SIGTERM, -9})  # the service stops, or the machine ran out of memory
_places = BoundedSemaphore(PLACES)
# Isolated (-I): neither the environment nor the working directory decides what is imported, only our own path does.
_START = "import json, sys; sys.path[:] = json.loads(sys.argv[2]); from verifier import confined; confined.answer()"


def read(job: Job, data: bytes, *, seconds: float | None = None) -> bytes:
    """The credential attached to a PDF (`attachment`), or the text of the QR code in a picture or on a PDF's `pages`.

    Raises what `vc.baking.pdf` and `verifier.photo` raise; `TooLarge` for a file that takes too much work;
    `ContainerError` for one that makes its reader fail; `Unavailable` when no place gets free, or when the time is
    over before the work is: then this machine is busy, which says nothing about the file. `seconds`: in place of
    `SECONDS`.
    """
    if not _places.acquire(timeout=WAIT):
        raise Unavailable("Too many files are being read just now. Try again in a minute.")
    try:
        done = subprocess.run(  # noqa: S603 -- our own interpreter and code; the file's bytes are its input only
            [sys.executable, "-I", "-c", _START, job, json.dumps(sys.path)],
            input=data,
            capture_output=True,
            timeout=SECONDS if seconds is None else seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _not_in_time() from error
    finally:
        _places.release()
    if done.returncode in _ENDED_BY_OTHERS:
        raise _not_in_time()
    if sys.platform != "win32" and done.returncode == -signal.SIGXCPU:
        raise TooLarge("Reading the file was stopped: it takes more work than a certificate needs.")
    answer = done.stdout
    if done.returncode == 0 and answer[:1] == b"+":
        return answer[1:]
    if done.returncode == 0 and answer[:1] == b"-":
        raise _error(json.loads(answer[1:]))
    raise ContainerError(
        "The file could not be read: it is damaged, or made to cost more memory than a certificate needs."
    )


def answer() -> None:
    """The process's whole work. Not for others: it limits the process for good."""
    job, data = sys.argv[1], sys.stdin.buffer.read()
    _limit()
    reader = _reader(job)
    try:
        sys.stdout.buffer.write(b"+" + reader(data))
    except VcError as error:
        said = {"class": type(error).__name__, "message": error.message, "params": error.params}
        sys.stdout.buffer.write(b"-" + json.dumps(said).encode())


def _reader(job: str) -> Callable[[bytes], bytes]:
    if job == "attachment":
        from vc.baking import pdf

        return pdf.unbake
    from verifier import photo

    read_text = {"picture": photo.read_picture, "pages": photo.read_pages}[job]
    return lambda data: read_text(data).encode()


def _limit() -> None:
    if sys.platform == "win32":
        return  # no such limits there; that of `read` holds
    import resource

    for what, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, WORK),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (limit, limit + 1 if what == resource.RLIMIT_CPU else limit))


def _not_in_time() -> Unavailable:
    return Unavailable("The file could not be read in time. Try again in a minute.")


def _error(said: dict[str, Any]) -> VcError:
    kind = getattr(errors, said["class"], None)
    if not (isinstance(kind, type) and issubclass(kind, VcError)):
        kind = ContainerError
    return kind(said["message"], **said["params"])
