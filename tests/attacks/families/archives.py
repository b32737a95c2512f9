"""ZIP archives that are bombs, that are locked, or that two programs unpack differently (APPNOTE.TXT 6.3)."""

import io
import struct
import zipfile
from collections.abc import Callable

from tests.attacks.attack import Guard, attack, caught, guard

_BATCH = "verifier/batch.py"

FEW = guard("bounded items", (_BATCH, "if count > MAX_ITEMS:", "if False:"))
LOCKED = guard("no passwords", (_BATCH, "if entry.flag_bits & 0x1:", "if False:"))
PLAIN = guard(
    "plain packing", (_BATCH, "if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):", "if False:")
)
SIZE = guard(
    "bounded entries",
    (_BATCH, "if entry.file_size > limit:", "if False:"),
    (_BATCH, "file.read(limit + 1)", "file.read()"),
    (_BATCH, "    if len(data) > limit:\n", "    if False:\n"),
    ("verifier/intake.py", "if len(data) > MAX_BYTES:", "if False:"),
    ("vc/strict_json.py", "if len(data) > max_bytes:", "if False:"),
)
NESTED = guard(
    "no ZIP in a ZIP",
    (
        _BATCH,
        '        raise ParsingError("It is a ZIP inside a ZIP. Unpack it first.")',
        "        return next(iter(unpacked('x', data))).data",
    ),
)
DAMAGED = caught(
    "entries that are damaged",
    _BATCH,
    "(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, RuntimeError)",
)
BROKEN = caught(
    "archives that are damaged", _BATCH, "(zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error)"
)

STOPPED = "structure CONTAINER_ERROR"


def archive(*entries: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, data in entries:
            file.writestr(zipfile.ZipInfo(name, (2026, 3, 2, 12, 0, 0)), data, method)
    return out.getvalue()


def _zip(name: str, threat: str, stopped: str, by: Guard, build: Callable[[bytes], bytes]) -> None:
    attack(f"zip/{name}", threat, stopped, by)(lambda stage: build(stage.text(stage.secure(stage.course()))))


def _flagged(data: bytes, flag: int) -> bytes:
    """A bit of the flags, in the entry and in the directory."""
    whole = bytearray(data)
    whole[6] |= flag
    whole[whole.index(b"PK\x01\x02") + 8] |= flag
    return bytes(whole)


def _method(data: bytes, method: int) -> bytes:
    whole = bytearray(data)
    struct.pack_into("<H", whole, 8, method)
    struct.pack_into("<H", whole, whole.index(b"PK\x01\x02") + 10, method)
    return bytes(whole)


_zip(
    "hundred-and-one-items",
    "Items beyond number.",
    "structure TOO_LARGE",
    FEW,
    lambda genuine: archive(*((f"{number}.json", genuine) for number in range(101)), method=zipfile.ZIP_DEFLATED),
)
_zip(
    "bomb",
    "A few kilobytes that unpack to megabytes.",
    "structure TOO_LARGE",
    SIZE,
    lambda genuine: archive(("a.json", genuine + b" " * 17_000_000), method=zipfile.ZIP_DEFLATED),
)
_zip(
    "locked",
    "An entry with a password.",
    STOPPED,
    LOCKED | DAMAGED,
    lambda genuine: _flagged(archive(("a.json", genuine)), 1),
)
_zip(
    "packed-in-an-unknown-way",
    "A method that only some programs know.",
    STOPPED,
    PLAIN | DAMAGED | BROKEN,
    lambda genuine: _method(archive(("a.json", genuine)), 99),
)
_zip(
    "in-another",
    "A ZIP in a ZIP in a ZIP.",
    "structure PARSING_ERROR",
    NESTED,
    lambda genuine: archive(("a.zip", archive(("a.json", genuine)))),
)
_zip(
    "wrong-checksum",
    "An entry that was damaged or changed without care.",
    STOPPED,
    DAMAGED | BROKEN,
    lambda genuine: archive(("a.json", genuine)).replace(b"The Toolbox", b"The Doctor!", 1),
)
_zip(
    "cut-off",
    "An archive that breaks off.",
    STOPPED,
    BROKEN | DAMAGED,
    lambda genuine: _moved(archive(("a.json", genuine))),
)


def _moved(data: bytes) -> bytes:
    """The directory is said to be where it is not."""
    whole = bytearray(data)
    struct.pack_into("<L", whole, whole.rindex(b"PK\x05\x06") + 16, 5)
    return bytes(whole)
