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
import subprocess
import sys
from collections.abc import Callable
from threading import BoundedSemaphore
from typing import Any, Literal

from vc import errors
from vc.errors import ContainerError, TooLarge, Unavailable, VcError

Job = Literal["attachment", "picture", "pages"]

SECONDS = 4.0  # of one reading, of the five promised for a file; a photo of 48 megapixels takes 1, a certificate 0.4
MEMORY = 768 * 1024 * 1024  # bytes of address space, a third of it the libraries'; no more than 512 MB are then in use
WAIT = 10.0  # seconds to wait for a free place; whoever waits longer is better told so
PLACES = max(2, os.cpu_count() or 2)  # processes at once

_places = BoundedSemaphore(PLACES)
# Isolated (-I): neither the environment nor the working directory decides what is imported, only our own path does.
_START = "import json, sys; sys.path[:] = json.loads(sys.argv[2]); from verifier import confined; confined.answer()"


def read(job: Job, data: bytes, *, seconds: float = SECONDS) -> bytes:
    """The credential attached to a PDF (`attachment`), or the text of the QR code in a picture or on a PDF's `pages`.

    Raises what `vc.baking.pdf` and `verifier.photo` raise; `TooLarge` for a file that costs more than the limits;
    `ContainerError` for one that makes its reader fail; `Unavailable` when no place gets free.
    """
    if not _places.acquire(timeout=WAIT):
        raise Unavailable("Too many files are being read just now. Try again in a minute.")
    try:
        done = subprocess.run(  # noqa: S603 -- our own interpreter and code; the file's bytes are its input only
            [sys.executable, "-I", "-c", _START, job, json.dumps(sys.path)],
            input=data,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TooLarge(
            "Reading the file was stopped after {seconds} seconds: it takes more work than a certificate needs.",
            seconds=round(seconds),
        ) from error
    finally:
        _places.release()
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
        return  # no such limits there; the time limit of `read` holds
    import resource

    seconds = round(SECONDS) + 1
    for what, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, seconds),  # should our parent be gone
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (limit, limit))


def _error(said: dict[str, Any]) -> VcError:
    kind = getattr(errors, said["class"], None)
    if not (isinstance(kind, type) and issubclass(kind, VcError)):
        kind = ContainerError
    return kind(said["message"], **said["params"])
