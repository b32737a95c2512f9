"""PDF documents with two credentials, bombs, locks and rings (PDF 2.0 section 14.13)."""

import zlib

from tests.attacks.attack import guard
from tests.attacks.families.baked import baked
from tests.vc.baking.sample_files import VC, pdf, pdf_with, stream

_PDF = "vc/baking/pdf.py"

ONE_PDF = guard(
    "one credential in a PDF", (_PDF, "if len(declared) > 1:", "if False:"), (_PDF, "if len(alike) > 1:", "if False:")
)
LOCKED = guard("no locks", (_PDF, "if reader.is_encrypted:", "if False:"))
PAGES = guard("bounded pages", (_PDF, "if isinstance(pages, int) and pages > MAX_PAGES:", "if False:"))
ATTACHMENTS = guard(
    "bounded attachments",
    (_PDF, "if len(streams) > MAX_ATTACHMENTS:", "if False:"),
    (_PDF, "if len(array) > 2 * MAX_ATTACHMENTS:", "if False:"),
)
UNPACKED = guard(
    "bounded unpacking",
    (_PDF, '"zlib_maximum_output_length": MAX_UNPACKED', '"zlib_maximum_output_length": 0'),
    (_PDF, '"stream_decoding_work_maximum_length": 2 * MAX_UNPACKED,\n', ""),
)
NODES = guard("bounded names", (_PDF, "if count >= _MAX_NODES:", "if False:"))


# --- PDF ---------------------------------------------------------------------------------------------------

baked(
    "pdf/two-credentials",
    "One program shows the first learner, another the second.",
    lambda a, b: pdf_with(stream(a, VC), stream(b, VC)),
    ONE_PDF,
)
baked(
    "pdf/two-without-media-type",
    "Two attachments that look like credentials.",
    lambda a, b: pdf_with(stream(a), stream(b)),
    ONE_PDF,
)
baked(
    "pdf/badge-and-token",
    "A JSON credential and one with the media type of a token.",
    lambda a, b: pdf_with(stream(a, VC), stream(b, b"/Subtype /application#2Fvc+ld+json")),
    ONE_PDF,
)
baked(
    "pdf/associated-and-attached",
    "One among the associated files, the other in the tree of names.",
    lambda a, b: _associated(a, b),
    ONE_PDF,
)
baked(
    "pdf/two-hundred-pages",
    "Pages beyond a certificate's.",
    lambda a, b: pdf_with(stream(a, VC), pages=201),
    PAGES,
    "structure TOO_LARGE",
)
baked(
    "pdf/twenty-one-attachments",
    "Attachments beyond a certificate's.",
    lambda a, b: pdf_with(stream(a, VC), *[stream(b"note %d" % n) for n in range(20)]),
    ATTACHMENTS,
    "structure TOO_LARGE",
)
baked(
    "pdf/bomb",
    "A kilobyte that unpacks to a hundred megabytes.",
    lambda a, b: pdf_with(stream(zlib.compress(a + b" " * 12_000_000, 9), VC + b" /Filter /FlateDecode")),
    UNPACKED
    | guard(
        "bounded texts",
        ("vc/credential_text.py", "if len(data) > MAX_BYTES:", "if False:"),
        ("vc/strict_json.py", "if len(data) > max_bytes:", "if False:"),
    ),
    "structure TOO_LARGE",
)
baked(
    "pdf/locked", "A locked PDF shows nothing of what is in it.", lambda a, b: _locked(pdf_with(stream(a, VC))), LOCKED
)
baked(
    "pdf/ring-of-names",
    "A tree of names that is a ring.",
    lambda a, b: pdf({1: b"<< /Type /Catalog /Names << /EmbeddedFiles 2 0 R >> >>", 2: b"<< /Kids [2 0 R 2 0 R] >>"}),
    NODES
    | guard(
        "a process that ends", ("verifier/intake.py", 'confined.read("attachment", data)', "baking.pdf.unbake(data)")
    ),
    "structure TOO_LARGE",
)


def _locked(document: bytes) -> bytes:
    """Encrypted with the empty password, which readers try of themselves."""
    from io import BytesIO

    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import ArrayObject, ByteStringObject

    writer = PdfWriter(clone_from=PdfReader(BytesIO(document)))
    writer._ID = ArrayObject([ByteStringObject(b"0123456789abcdef")] * 2)
    writer.generate_file_identifiers = lambda: None  # type: ignore[method-assign]  # else a random one
    writer.encrypt("", "an owner", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _associated(a: bytes, b: bytes) -> bytes:
    def file(number: int) -> bytes:
        return b"<< /Type /Filespec /F (a) /EF << /F %d 0 R >> >>" % number

    names = b"/AF [10 0 R] /Names << /EmbeddedFiles << /Names [(b) 12 0 R] >> >>"
    objects = {1: b"<< /Type /Catalog /Pages 2 0 R %s >>" % names, 2: b"<< /Type /Pages /Count 0 /Kids [] >>"}
    return pdf(objects | {10: file(11), 11: stream(a, VC), 12: file(13), 13: stream(b, VC)})
