"""Files that were made to cost much, each within what may be handed in. Built here, so that none lies in the tree.

BAD["poison graph"]          # the bytes
"""

import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from struct import pack
from typing import Any

from verifier.specimen import SPECIMEN


def poison(results: int = 2, alignments: int = 9) -> bytes:
    """2 KB whose parts are so alike that naming them costs factorially (RDFC-1.0, section 7.1)."""
    document = json.loads(SPECIMEN)
    subject = document["credentialSubject"]
    for name in ("related", "tag", "resultDescription", "version", "humanCode"):
        subject["achievement"].pop(name)
    for name in ("image", "credentialSchema", "name"):
        document.pop(name)
    subject["identifier"].pop()
    alike = {"type": ["Alignment"], "targetName": "a", "targetUrl": "https://a.example"}
    subject["result"] = [{"type": ["Result"], "alignment": [alike] * alignments} for _ in range(results)]
    return json.dumps(document, separators=(",", ":")).encode()


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))


def png(*extra: bytes, width: int = 2, height: int = 2) -> bytes:
    head = chunk(b"IHDR", pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\x00\x00\xff\x00\xff\x00"))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(extra) + pixels + chunk(b"IEND")


def bomb(size: int, wrapper: int = 15) -> bytes:
    """`size` bytes of spaces, compressed, never whole in memory. `wrapper`: zlib's wbits (31: gzip)."""
    packer = zlib.compressobj(9, wbits=wrapper)
    block = b" " * (1 << 20)
    return b"".join(packer.compress(block) for _ in range(size >> 20)) + packer.flush()


def pdf(*streams: bytes, names: bytes = b"") -> bytes:
    """A PDF with `streams` attached as files, each an object's body."""
    count = len(streams)
    objects = [b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [%s] >> >> %s >>"]
    pairs = b" ".join(b"(a%d) << /Type /Filespec /F (a.json) /EF << /F %d 0 R >> >>" % (i, i + 3) for i in range(count))
    bodies = [objects[0] % (pairs, names), b"<< /Type /Pages /Kids [] /Count 0 >>", *streams]
    out, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, start)
    return bytes(out)


def stream(data: bytes, entries: bytes) -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data)


def zipped(size: int, name: str = "a.json") -> bytes:
    """A ZIP with one entry of `size` bytes."""
    out = io.BytesIO()
    block = b" " * (1 << 20)
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open(name, "w", force_zip64=True) as entry,
    ):
        for _ in range(size >> 20):
            entry.write(block)
    return out.getvalue()


def gzipped(size: int) -> bytes:
    return bomb(size, 31)


GB = 1 << 30
_VC = b"/Type /EmbeddedFile /Subtype /application#2Fvc /Filter /FlateDecode"


def many() -> Mapping[str, bytes]:
    """Name -> file. The larger ones take seconds to make."""
    flate10 = bomb(10 * GB)
    deep: dict[str, Any] = {"a": 1}
    for _ in range(20):
        deep = {"a": [deep]}
    return {
        "poison graph of 2 KB": poison(),
        "JSON nested 2,000,000 deep": b'{"a":' + b"[" * 2_000_000,
        "JSON of 1.3 million empty lists": b'{"a":[' + b"[]," * 1_300_000 + b"1]}",
        "JSON with a number of 1,000,000 digits": b'{"a":' + b"9" * 1_000_000 + b"}",
        "broken PNG": png()[:40],
        "PNG: zTXt of 10 GB": png(chunk(b"zTXt", b"openbadgecredential\0\0" + flate10)),
        "PNG: iTXt of 10 GB": png(chunk(b"iTXt", b"openbadgecredential\0\1\0\0\0" + flate10)),
        "PNG of 2,000,000,000 pixels": png(width=50_000, height=40_000),
        "PDF: FlateDecode of 10 GB": pdf(stream(flate10, _VC)),
        "PDF: rows of one byte": pdf(
            *[stream(zlib.compress(b"\x04a" * (3 << 20), 9), _VC + b" /DecodeParms << /Predictor 15 /Columns 1 >>")] * 8
        ),
        "PDF: a text of 7 MB": pdf(names=b"/Lang <" + b"41" * 7_500_000 + b">"),
        "SVG: a billion laughs": b'<!DOCTYPE svg [<!ENTITY a "' + b"a" * 1000 + b'"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
        b'<svg xmlns="http://www.w3.org/2000/svg">&b;</svg>',
    }


def gzip_is_whole(data: bytes, size: int) -> bool:
    """What the bomb says it would become (its last four bytes, modulo 4 GB)."""
    return len(gzip.compress(b"")) > 0 and int.from_bytes(data[-4:], "little") == size % (1 << 32)
