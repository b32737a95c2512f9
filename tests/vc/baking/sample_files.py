"""Pictures and documents for the tests, built byte by byte, so that each can be wrong in exactly one way."""

import zlib
from collections.abc import Mapping
from struct import pack

CREDENTIAL = '{"type": ["VerifiableCredential"], "name": "Γεωμετρία \U0001f393 ]]> <&>"}'.encode()
TOKEN = b"eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJkaWQ6ZXhhbXBsZTphIn0.c2lnbmF0dXJl"

# --- PNG ---------------------------------------------------------------------------------------------------

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))


def itxt(text: bytes, keyword: bytes = b"openbadgecredential", flag: int = 0, language: bytes = b"") -> bytes:
    return chunk(b"iTXt", keyword + b"\x00" + bytes([flag, 0]) + language + b"\x00\x00" + text)


IHDR = chunk(b"IHDR", pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0))
IDAT = chunk(b"IDAT", zlib.compress(b"\x00\x00\xff\x00\xff\x00"))
IEND = chunk(b"IEND")


def png(*extra: bytes) -> bytes:
    """Two by two pixels, with `extra` chunks between header and picture."""
    return SIGNATURE + IHDR + b"".join(extra) + IDAT + IEND


# --- SVG ---------------------------------------------------------------------------------------------------

NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"


def svg(inside: str = "", before: str = "", attributes: str = f'xmlns:openbadges="{NAMESPACE}"') -> bytes:
    return f'{before}<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inside}<path d="M0 0"/></svg>'.encode()


# --- PDF ---------------------------------------------------------------------------------------------------

VC = b"/Subtype /application#2Fvc"


def pdf(objects: Mapping[int, bytes], trailer: bytes = b"") -> bytes:
    """`objects`: number -> body; 1 is the catalogue."""
    out, offsets = bytearray(b"%PDF-1.7\n"), {}
    for number, body in objects.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        out += b"%010d 00000 n \n" % offsets.get(number, 0)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start)
    return bytes(out)


def stream(data: bytes, about: bytes = b"") -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (about, len(data), data)


def pdf_with(*attachments: bytes, pages: int = 1, catalogue: bytes = b"") -> bytes:
    """`attachments`: embedded file streams, as `stream` makes them."""
    objects = {2: b"<< /Type /Pages /Count %d /Kids [3 0 R] >>" % pages, 3: b"<< /Type /Page /Parent 2 0 R >>"}
    names = b""
    for index, attachment in enumerate(attachments):
        number = 10 + 2 * index
        objects[number] = b"<< /Type /Filespec /F (a) /EF << /F %d 0 R /UF %d 0 R >> >>" % (number + 1, number + 1)
        objects[number + 1] = attachment
        names += b"(%03d) %d 0 R " % (index, number)
    objects[1] = b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [%s] >> >> %s >>" % (
        names,
        catalogue,
    )
    return pdf(objects)
