"""Many submissions at once: an employer's pile of files, links and ZIP archives becomes one report each.

    items = items_of([("applicants.zip", data)])              # or [Item("a.json", data), …]
    rows = [(item.name, report) for item, report in checked(items, verify)]
    table = csv_of(rows, "en")

What is wrong with one item is its own report; only what is wrong with the whole, such as too many items, is raised.
A ZIP (APPNOTE.TXT 6.3) is read within limits and only in its two plain forms, stored and deflated; nothing is written
to a disk, so an entry's name is no more than a label.
"""

import csv
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from templates.i18n import say
from vc.errors import ContainerError, ParsingError, TooLarge, VcError
from verifier.intake import MAX_BYTES
from verifier.refusal import refused
from verifier.report import Report

MAX_ITEMS = 100  # of one batch; a shortlist has twenty
MAX_UNPACKED = 64 * 1024 * 1024  # bytes of all entries of all ZIPs that are handed in together
MAX_NAME = 200  # characters of an item's name that are kept

COLUMNS = ("name", "verdict", "reason", "recipient", "credential", "issuer", "domain", "awarded", "problem")

_DIRECTORY = 1024 * (MAX_ITEMS + 20)  # bytes of a ZIP's central directory; an entry takes 46 and its name
_END = struct.Struct("<4s4H2LH")  # APPNOTE section 4.3.16, end of central directory record
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # what a spreadsheet takes for the beginning of a formula
# The same behind what it may take for the end of a cell: where a comma separates decimals, a semicolon separates cells,
# whatever we quote.
_INSIDE = re.compile(r"""([;\t\r\n][\s"]*)(?=[=+\-@＝＋－＠])""")
_LINE = re.compile(r"\S[^\r\n]*")
_JUNK = ("__MACOSX/",)  # what packers add by themselves
_AT_ONCE = 2  # items of one batch


@dataclass(frozen=True)
class Item:
    """`name`: what its owner calls it; `error`: why it cannot be looked at, or None."""

    name: str
    data: bytes
    error: VcError | None = None


@dataclass
class Room:
    """How many bytes may still be unpacked of what is handed in together."""

    left: int = field(default_factory=lambda: MAX_UNPACKED)


def items_of(parts: Iterable[tuple[str, bytes] | str]) -> list[Item]:
    """Of what is handed in together: files with their names, and texts. Raises as `unpacked` does."""
    room, items = Room(), list[Item]()
    for part in parts:
        if isinstance(part, str):
            items.extend(links(part))
        else:
            name, data = part
            found = unpacked(name, data, room)
            # An entry of one archive among several files is called by both.
            items.extend(found if len(found) == 1 else (_within(name, one) for one in found))
        require_few(len(items))
    return items


def is_zip(data: bytes) -> bool:
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def unpacked(name: str, data: bytes, room: Room | None = None) -> list[Item]:
    """The file itself, or the entries of a ZIP. Raises `TooLarge` for too many, `ContainerError` for a broken ZIP."""
    if not is_zip(data):
        return [Item(_label(name), data)]
    _check_directory(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [one for one in archive.infolist() if not one.is_dir() and not _is_junk(one.filename)]
            require_few(len(entries))
            return list(_entries(archive, entries, room or Room()))
    # zipfile says so many things of damage; NotImplementedError of a version or compression that it does not know.
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error) as error:
        raise ContainerError("The ZIP is damaged or cut off. Make it anew.") from error


def links(text: str) -> list[Item]:
    """One link or token a line; a text that is JSON is one item."""
    if text.lstrip().startswith("{"):
        lines = [text.strip()]
    else:  # no more than are read are made
        lines = [line[0].rstrip() for line in islice(_LINE.finditer(text), MAX_ITEMS + 1)]
    require_few(len(lines))
    return [Item(_label(line), line.encode("utf-8", "surrogatepass")) for line in lines]


def require_few(count: int) -> None:
    if count > MAX_ITEMS:
        raise TooLarge("There are {count} items; at most {limit} are checked at once.", count=count, limit=MAX_ITEMS)


def checked(
    items: Sequence[Item],
    verify: Callable[[bytes], Report],
    *,
    now: datetime,
    at_once: int = _AT_ONCE,
) -> Iterator[tuple[Item, Report]]:
    """The reports, in the order of the items, as they get ready."""

    def report(item: Item) -> Report:
        return verify(item.data) if item.error is None else refused(item.error, now)

    with ThreadPoolExecutor(at_once) as threads:
        yield from zip(items, threads.map(report, items), strict=True)


def csv_of(rows: Iterable[tuple[str, Report]], lang: str) -> bytes:
    """RFC 4180, in UTF-8 with a byte order mark, without which spreadsheets guess."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for name, report in rows:
        writer.writerow([_cell(value) for value in _row(name, report, lang)])
    return out.getvalue().encode("utf-8-sig", "replace")


def _row(name: str, report: Report, lang: str) -> list[str | None]:
    facts = report.facts
    deciding = next((check for check in report.checks if check.detail is report.reason), None)
    return [
        name,
        str(report.verdict),
        None if report.reason is None else say(report.reason, lang),
        None if facts is None else facts.recipient,
        None if facts is None else facts.name,
        None if facts is None else facts.issuer.name,
        None if facts is None else facts.issuer.domain,
        None if facts is None or facts.awarded is None else facts.awarded.date().isoformat(),
        None if deciding is None else deciding.problem,
    ]


def _cell(value: str | None) -> str:
    """A stranger's text must not become a formula on an employer's machine."""
    text = _INSIDE.sub(r"\1'", value or "")
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


# --- ZIP ---------------------------------------------------------------------------------------------------


def _check_directory(data: bytes) -> None:
    """Before anything reads the directory: that it is small. What says otherwise later is cut off by its length."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if at < 0 or len(data) - at < _END.size:
        raise ContainerError("The ZIP is damaged or cut off. Make it anew.")
    _, _, _, _, count, size, _, _ = _END.unpack_from(data, at)
    if size > _DIRECTORY or data.rfind(b"PK\x06\x06") >= 0:  # the latter: ZIP64, which no hundred certificates need
        raise TooLarge("There are {count} items; at most {limit} are checked at once.", count=count, limit=MAX_ITEMS)


def _entries(archive: zipfile.ZipFile, entries: Iterable[zipfile.ZipInfo], room: Room) -> Iterator[Item]:
    for entry in entries:
        name = _label(entry.filename)
        try:
            yield Item(name, _read(archive, entry, room))
        except VcError as error:
            yield Item(name, b"", error)


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: Room) -> bytes:
    if entry.flag_bits & 0x1:
        raise ContainerError("It is encrypted in the ZIP. Pack it without a password.")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ContainerError("It is packed in a way that is not read here. Pack it as usual (Deflate).")
    too_large = TooLarge(
        "Unpacked it is larger than what is read: {limit} MB each, {all} MB together.",
        limit=MAX_BYTES // (1024 * 1024),
        all=MAX_UNPACKED // (1024 * 1024),
    )
    limit = min(room.left, MAX_BYTES)
    if entry.file_size > limit:  # a claim; what comes is counted, too
        raise too_large
    room.left -= entry.file_size  # the work is done, whatever comes of it
    try:
        with archive.open(entry) as file:
            data = file.read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, RuntimeError) as error:
        raise ContainerError("It is damaged in the ZIP. Make the ZIP anew.") from error
    if len(data) > limit:
        raise too_large
    if is_zip(data):
        raise ParsingError("It is a ZIP inside a ZIP. Unpack it first.")
    return data


def _is_junk(name: str) -> bool:
    return name.startswith(_JUNK) or name.rpartition("/")[2].startswith(".")


def _within(name: str, entry: Item) -> Item:
    return replace(entry, name=f"{_label(name)}/{entry.name}")


def _label(name: str) -> str:
    """A name to be shown: control characters are gone, half characters too; how it is escaped is left to the page."""
    start = name[: MAX_NAME + 1].replace("\\", "/")
    whole = "".join(letter if letter.isprintable() else "�" for letter in start)
    return whole if len(whole) <= MAX_NAME else whole[: MAX_NAME - 1] + "…"


def counted(reports: Iterable[Report]) -> dict[str, int]:
    """How many of each verdict."""
    found = {"accepted": 0, "rejected": 0, "undetermined": 0}
    for report in reports:
        found[str(report.verdict)] += 1
    return found
