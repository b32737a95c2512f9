"""Open Badges 3.0 section 5.3.1 "PNG": one uncompressed iTXt chunk with the keyword `openbadgecredential`.

The chunks are walked here (PNG, third edition, section 5) and the picture itself is never decoded: no image
library sees a stranger's file, and nothing in it is decompressed. "Compression MUST NOT be used" and "MUST NOT
appear more than once" are taken at their word. Whether the text is a sound credential is left to the caller.

    credential = unbake(bake(picture, credential))
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from struct import pack, unpack_from

from vc import credential_text
from vc.errors import ContainerError, NoCredential, ParsingError, TooLarge

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"openbadgecredential"

MAX_BYTES = 16 * 1024 * 1024  # bytes; a screenshot or a photo saved as PNG, which may hold a QR code, stays below
MAX_CHUNKS = 20_000  # chunks; encoders write the picture in pieces of 8 KB or more, so MAX_BYTES needs 2,000

_CARRIED = frozenset({KEYWORD, b"clrcredential"})  # the second: CLR 2.0 section 5.3.1
_OLDER = b"openbadges"  # Open Badges 2.0 in iTXt, 1.0 in tEXt
_TEXT_CHUNKS = frozenset({b"iTXt", b"tEXt", b"zTXt"})
_LONGEST_KEYWORD = 79  # bytes; PNG section 11.3.3
_FRAME = 12  # bytes of every chunk beside its data: length, type, checksum


@dataclass(frozen=True)
class _Chunk:
    kind: bytes
    data: memoryview
    end: int  # offset of the byte after the chunk


def recognizes(data: bytes) -> bool:
    return data.startswith(SIGNATURE)


def bake(image: bytes, credential: bytes) -> bytes:
    """`image`, every byte of it kept, with `credential` in a new chunk directly after its header.

    Raises `ContainerError` for a damaged picture, one that already holds a credential of any version, and for a
    text that is no credential; `TooLarge` when the result would not be read back.
    """
    credential = credential_text.require(credential, container="PNG")
    if b"\x00" in credential:
        raise ContainerError("A credential with a zero byte cannot stand in a PNG.")
    header_end = 0
    for chunk in _chunks(image):
        header_end = header_end or chunk.end
        if _keyword(chunk) in _CARRIED | {_OLDER}:
            raise ContainerError(
                "The PNG already holds a credential, and two make it unreadable. Bake the original picture instead."
            )
    # PNG section 11.3.3.4: keyword, compression flag and method, language tag, translated keyword, text.
    data = KEYWORD + b"\x00" + b"\x00\x00" + b"\x00" + b"\x00" + credential
    baked = image[:header_end] + _write(b"iTXt", data) + image[header_end:]
    if len(baked) > MAX_BYTES:
        raise _too_large(len(baked))
    return baked


def unbake(image: bytes) -> bytes:
    """The one credential in `image`: JSON bytes as they were baked, or a compact JWS.

    Raises `ParsingError` (no PNG), `ContainerError` (damaged, an older badge, a compressed or a second credential),
    `NoCredential`, `TooLarge`.
    """
    found: list[_Chunk] = []
    older = False
    for chunk in _chunks(image):  # to the end: a credential in a damaged file is not given out
        keyword = _keyword(chunk)
        older = older or keyword == _OLDER
        if keyword in _CARRIED:
            found.append(chunk)
    if len(found) > 1 or (found and older):
        raise ContainerError("The PNG holds more than one credential; nobody can tell which one is meant.")
    if older:
        raise ContainerError(
            "This is an Open Badges 2.0 badge (or older). Only Open Badges 3.0 can be verified here: "
            "ask the issuer for the badge in that version."
        )
    if not found:
        raise NoCredential("The PNG holds no credential.")
    return credential_text.require(_text(found[0]), container="PNG")


def _chunks(image: bytes) -> Iterator[_Chunk]:
    """PNG section 5.6: IHDR first, IEND last, every checksum right, and nothing after the end.

    Every step names the byte at which it failed, because the usual damage is a download that was cut off.
    """
    if not recognizes(image):
        raise ParsingError("This is not a PNG picture.")
    if len(image) > MAX_BYTES:
        raise _too_large(len(image))
    view, position, count = memoryview(image), len(SIGNATURE), 0
    while True:
        if len(image) - position < _FRAME:
            raise _cut_off(len(image), "IEND" if position == len(image) else "next")
        length, kind = unpack_from(">I4s", view, position)
        if not kind.isalpha():
            raise ContainerError(
                "The PNG is damaged at byte {position}: no chunk begins there. Download or copy the file again.",
                position=position,
            )
        name = kind.decode("ascii")
        end = position + _FRAME + length
        if end > len(image):
            raise _cut_off(len(image), name)
        if zlib.crc32(view[position + 4 : end - 4]) != unpack_from(">I", view, end - 4)[0]:
            raise ContainerError(
                "The PNG is damaged: the checksum of its {chunk} chunk at byte {position} is wrong. "
                "Download or copy the file again.",
                chunk=name,
                position=position,
            )
        if (count == 0) != (kind == b"IHDR"):
            raise ContainerError("The PNG is damaged: its header (IHDR) does not stand first, and only there.")
        count += 1
        if count > MAX_CHUNKS:
            raise TooLarge("The PNG has more than {limit} chunks.", limit=MAX_CHUNKS)
        yield _Chunk(kind, view[position + 8 : end - 4], end)
        position = end
        if kind == b"IEND":
            break
    if position < len(image):
        raise ContainerError(
            "After the end of the PNG picture, at byte {position}, stands something else. Save the picture again.",
            position=position,
        )


def _keyword(chunk: _Chunk) -> bytes | None:
    if chunk.kind not in _TEXT_CHUNKS:
        return None
    keyword, zero, _ = bytes(chunk.data[: _LONGEST_KEYWORD + 1]).partition(b"\x00")
    return keyword if zero else None


def _text(chunk: _Chunk) -> bytes:
    """PNG section 11.3.3.4, for a chunk whose keyword is known to be ours."""
    if chunk.kind != b"iTXt":
        raise ContainerError(
            "The PNG holds its credential in a {chunk} chunk; Open Badges 3.0 wants iTXt. Ask the issuer for the file.",
            chunk=chunk.kind.decode("ascii"),
        )
    _, _, rest = bytes(chunk.data).partition(b"\x00")
    if rest[:1] not in (b"", b"\x00"):
        raise ContainerError(
            "The credential in the PNG is compressed, which Open Badges 3.0 forbids. Ask the issuer for the file."
        )
    parts = rest[2:].split(b"\x00", 2)  # language tag, translated keyword, text
    if len(parts) < 3:
        raise ContainerError("The PNG is damaged: its credential's chunk (iTXt) is incomplete.")
    return parts[2]


def _write(kind: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))


def _cut_off(size: int, chunk: str) -> ContainerError:
    return ContainerError(
        "The PNG is cut off: it ends at byte {size}, before the end of its {chunk} chunk. "
        "Download or copy the file again, completely.",
        size=size,
        chunk=chunk,
    )


def _too_large(size: int) -> TooLarge:
    return TooLarge("The PNG is {size} bytes long; at most {limit} are read.", size=size, limit=MAX_BYTES)
