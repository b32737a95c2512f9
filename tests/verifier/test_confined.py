"""Files that would keep a library busy or fill the memory: the process that reads them is ended, and says so."""

import subprocess
import sys
import zlib
from pathlib import Path
from threading import BoundedSemaphore
from time import monotonic

import pytest

from tests.vc.baking.sample_files import CREDENTIAL, VC, pdf, pdf_with, stream
from tests.verifier.qr_pictures import VERIFY, code, encode, scan
from vc.errors import ContainerError, NoCredential, TooLarge, Unavailable
from verifier import confined
from verifier.confined import Job, read

PREDICTED = b"/Filter /FlateDecode /DecodeParms << /Predictor 15 /Columns 1 >>"
ENTRIES = zlib.compress(b"\x01\x00\x09\x00" * 2_000_000, 9)
# Found by trying: what pypdf works on for minutes although every limit that it has is set.
ENDLESS = {
    "a table of two million objects": b"%PDF-1.7\n1 0 obj\n"
    + stream(ENTRIES, b"/Type /XRef /W [1 2 1] /Size 2000000 /Root 2 0 R /Filter /FlateDecode")
    + b"\nendobj\nstartxref\n9\n%%EOF",
    "rows of one byte": pdf_with(*[stream(zlib.compress(b"\x04a" * (3 << 20), 9), PREDICTED)] * 8),
    "a long text": pdf({1: b"<< /Type /Catalog /Names <" + b"41" * 7_500_000 + b"> >>"}),
}


def test_each_job() -> None:
    assert read("attachment", pdf_with(stream(CREDENTIAL, VC))) == CREDENTIAL
    assert read("picture", encode(code())) == VERIFY.encode()
    assert read("pages", scan(code("Γεωμετρία"))) == "Γεωμετρία".encode()


@pytest.mark.parametrize(
    ("job", "data", "kind", "message"),
    [
        ("attachment", pdf_with(), NoCredential, r"^No credential is attached to the PDF\.$"),
        ("attachment", pdf_with(pages=300), TooLarge, r"^The PDF has 300 pages; at most 200 are read\.$"),
        ("picture", encode(code())[:1000], ContainerError, r"^The picture is damaged or cut off"),
        ("pages", b"%PDF-", ContainerError, r"^The pages of the PDF cannot be drawn"),
    ],
)
def test_errors_come_back_as_they_are(job: Job, data: bytes, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message) as caught:
        read(job, data)
    assert type(caught.value) is kind


@pytest.mark.parametrize("name", ENDLESS)
def test_endless_work_is_ended(name: str) -> None:
    with pytest.raises(TooLarge) as caught:
        read("attachment", ENDLESS[name], seconds=60)  # as long as it takes on a busy machine to have worked for WORK
    assert str(caught.value) == "Reading the file was stopped: it takes more work than a certificate needs."


def test_a_busy_machine_says_nothing_about_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "_START", "import time; time.sleep(30)")
    started = monotonic()
    with pytest.raises(Unavailable) as caught:
        read("attachment", pdf_with(), seconds=0.5)
    assert monotonic() - started < 3
    assert str(caught.value) == "The file could not be read in time. Try again in a minute."


@pytest.mark.parametrize("number", [9, 15])
def test_a_process_that_others_ended_says_nothing_about_the_file(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "_START", f"import os; os.kill(os.getpid(), {number})")
    with pytest.raises(Unavailable, match=r"^The file could not be read in time\."):
        read("attachment", pdf_with())


def test_a_file_costs_no_more_than_was_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    assert confined.WORK < confined.SECONDS < 5
    monkeypatch.setattr(confined, "_START", "import time; time.sleep(30)")
    monkeypatch.setattr(confined, "SECONDS", 0.5)
    with pytest.raises(Unavailable):
        read("attachment", pdf_with())


def _in_the_process(code: str) -> subprocess.CompletedProcess[bytes]:
    start = f"import sys; sys.path[:] = {sys.path!r}; from verifier import confined; confined._limit(); {code}"
    return subprocess.run([sys.executable, "-I", "-c", start], capture_output=True, timeout=30, check=False)


def test_memory_is_limited() -> None:
    done = _in_the_process("bytearray(800 * 1024 * 1024)")
    assert b"MemoryError" in done.stderr
    assert _in_the_process("bytearray(300 * 1024 * 1024)").returncode == 0


def test_no_file_is_written(tmp_path: Path) -> None:
    done = _in_the_process(f"open({str(tmp_path / 'a')!r}, 'wb', buffering=0).write(b'a')")
    assert b"File too large" in done.stderr


def test_without_a_parent_it_ends_by_itself_and_it_leaves_no_trace() -> None:
    done = _in_the_process("from resource import *; print(getrlimit(RLIMIT_CPU), getrlimit(RLIMIT_CORE))")
    assert done.stdout == b"(3, 4) (0, 0)\n"


def test_the_limits_hold_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    show = "lambda job: lambda data: str(resource.getrlimit(resource.RLIMIT_AS)[0]).encode()"
    start = confined._START.replace(
        "confined.answer()", f"import resource; confined._reader = {show}; confined.answer()"
    )
    monkeypatch.setattr(confined, "_START", start)
    assert read("picture", b"") == str(confined.MEMORY).encode()


@pytest.mark.parametrize(
    "code",
    ["import os; os.abort()", "print('+'); raise SystemExit(3)", "print('-'); raise SystemExit(3)", "print('?')", ""],
)
def test_a_reader_that_fails(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "_START", code)
    with pytest.raises(ContainerError) as caught:
        read("picture", b"")
    assert not isinstance(caught.value, NoCredential)
    assert str(caught.value) == (
        "The file could not be read: it is damaged, or made to cost more memory than a certificate needs."
    )


def test_an_unknown_error_is_still_one_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    said = '{"class": "getattr", "message": "a {b}", "params": {"b": 1}}'
    monkeypatch.setattr(confined, "_START", f"print('-' + {said!r})")
    with pytest.raises(ContainerError, match=r"^a 1$"):
        read("picture", b"")


def test_neither_environment_nor_working_directory_decide_what_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("json.py", "pypdf.py"):
        (tmp_path / name).write_text("raise SystemExit(9)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert read("attachment", pdf_with(stream(CREDENTIAL, VC))) == CREDENTIAL


def test_places_are_counted_and_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "_places", BoundedSemaphore(1))
    monkeypatch.setattr(confined, "WAIT", 0.05)
    with pytest.raises(NoCredential):
        read("attachment", pdf_with())  # a failure gives its place back
    confined._places.acquire()
    with pytest.raises(Unavailable, match=r"^Too many files are being read just now\. Try again in a minute\.$"):
        read("attachment", pdf_with())
    confined._places.release()
    assert read("attachment", pdf_with(stream(CREDENTIAL, VC))) == CREDENTIAL
