"""Pictures and documents that hold two credentials, hide one, or make their reader work (Open Badges 3.0, 5.3)."""

import zlib
from collections.abc import Callable
from struct import pack

from tests.attacks.attack import Guard, attack, caught, guard
from tests.attacks.stage import Stage
from tests.vc.baking.sample_files import IDAT, IEND, IHDR, VC, chunk, itxt, pdf, pdf_with, png, stream, svg
from vc.baking.png import SIGNATURE

_PNG, _SVG, _PDF = "vc/baking/png.py", "vc/baking/svg.py", "vc/baking/pdf.py"

ONE_PNG = guard(
    "one credential in a PNG",
    (_PNG, "if len(found) > 1 or (found and older):", "if False:"),
    (_PNG, "    if older:\n", "    if older and not found:\n"),
)
ITXT = guard(
    "iTXt only",
    (
        _PNG,
        'if chunk.kind != b"iTXt":',
        'if chunk.kind == b"tEXt":\n        return bytes(chunk.data).partition(b"\\0")[2]\n    if False:',
    ),
)
PLAIN = guard(
    "uncompressed",
    (_PNG, 'if rest[:1] not in (b"", b"\\x00"):', "if False:"),
    (_PNG, "    return parts[2]", "    return zlib.decompress(parts[2])"),
)
CHECKSUM = guard(
    "checksums",
    (_PNG, 'if zlib.crc32(view[position + 4 : end - 4]) != unpack_from(">I", view, end - 4)[0]:', "if False:"),
)
HEADER = guard("the header stands first", (_PNG, 'if (count == 0) != (kind == b"IHDR"):', "if False:"))
END = guard("nothing after the end", (_PNG, "    if position < len(image):\n", "    if False:\n"))
CHUNKS = guard("bounded chunks", (_PNG, "if count > MAX_CHUNKS:", "if False:"))
WHOLE = guard("a whole chunk", (_PNG, "if end > len(image):", "if False:"))
CUT = guard("an end", (_PNG, "if len(image) - position < _FRAME:", "if False:"))

ONE_SVG = guard(
    "one credential in an SVG",
    (_SVG, "if len(found) > 1 or (found and older):", "if False:"),
    (_SVG, "    if older:\n", "    if older and not found:\n"),
)
ONE_FORM = guard("one form in an SVG", (_SVG, "if len(element) or (token is not None and text.strip()):", "if False:"))
SCREEN = guard(
    "a screen for XML", (_SVG, "        defusedxml.sax.parseString(image, _Counter(), forbid_dtd=True)\n", "")
)
NO_DTD = guard(
    "no document type",
    (_SVG, "        defusedxml.sax.parseString(image, _Counter(), forbid_dtd=True)\n", ""),
    (_SVG, "resolve_entities=False, load_dtd=False", "resolve_entities=True, load_dtd=True"),
)
UTF_8_SVG = guard("an SVG in UTF-8", (_SVG, '        image.decode("utf-8")\n', ""))
ROOT = guard("the root is an SVG", (_SVG, "if root.tag != _SVG:", "if False:"))
ELEMENTS = guard("bounded elements", (_SVG, "if self._elements > MAX_ELEMENTS:", "if False:"))
XML = caught("XML that is damaged", _SVG, "(SAXException, LookupError, ValueError) as error")

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

STOPPED = "structure CONTAINER_ERROR"
Bake = Callable[[bytes, bytes], bytes]


def _file(name: str, threat: str, bake: Bake, by: Guard, stopped: str = STOPPED, **more: str) -> None:
    """`bake`: a genuine credential, and a second genuine one, which is somebody else's."""

    def build(stage: Stage) -> bytes:
        other = stage.course(id="https://credentials.example.org/credentials/other")
        other["credentialSubject"]["identifier"][0]["identityHash"] = "Somebody Else"
        return bake(stage.text(stage.secure(stage.course())), stage.text(stage.secure(other)))

    attack(name, threat, stopped, by, **more)(build)


# --- PNG ---------------------------------------------------------------------------------------------------

_file(
    "png/two-credentials",
    "One program shows the first learner, another the second.",
    lambda a, b: png(itxt(a), itxt(b)),
    ONE_PNG,
)
_file(
    "png/the-same-twice",
    "Two chunks that are alike today may differ tomorrow.",
    lambda a, b: png(itxt(a), itxt(a)),
    ONE_PNG,
)
_file(
    "png/badge-and-record",
    "A badge and a learner record in one picture.",
    lambda a, b: png(itxt(a), itxt(b, b"clrcredential")),
    ONE_PNG,
)
_file(
    "png/a-second-one-behind-the-picture",
    "The second chunk stands behind the pixels.",
    lambda a, b: SIGNATURE + IHDR + itxt(a) + IDAT + itxt(b) + IEND,
    ONE_PNG,
)
_file(
    "png/a-second-one-as-text",
    "The second stands in another kind of chunk.",
    lambda a, b: png(itxt(a), chunk(b"tEXt", b"openbadgecredential\0" + b)),
    ONE_PNG,
)
_file(
    "png/with-an-older-badge",
    "An Open Badges 2.0 assertion beside the credential.",
    lambda a, b: png(itxt(a), itxt(b"https://old.example/assertion.json", b"openbadges")),
    ONE_PNG,
)
_file(
    "png/as-text-chunk",
    "A chunk in Latin-1 changes every name that is not English.",
    lambda a, b: png(chunk(b"tEXt", b"openbadgecredential\0" + a)),
    ITXT,
)
_file(
    "png/compressed",
    "A compressed chunk can be a bomb, and the specification forbids it.",
    lambda a, b: png(itxt(zlib.compress(a), flag=1)),
    PLAIN,
)
_file(
    "png/wrong-checksum",
    "A credential whose chunk was damaged or changed without care.",
    lambda a, b: png(itxt(a)[:-4] + b"\0\0\0\0"),
    CHECKSUM,
)
_file(
    "png/wrong-checksum-of-the-picture",
    "A damaged picture.",
    lambda a, b: png(itxt(a)).replace(IDAT, IDAT[:-1] + b"\0"),
    CHECKSUM,
)
_file(
    "png/after-the-end",
    "What stands behind the end of a picture is read by some programs.",
    lambda a, b: png(itxt(a)) + itxt(b),
    END,
)
_file("png/two-pictures", "A second picture behind the first.", lambda a, b: png(itxt(a)) + png(itxt(b)), END)
_file(
    "png/a-page-after-the-end",
    "A picture that is a web page, too.",
    lambda a, b: png(itxt(a)) + b"<script>alert(1)</script>",
    END,
)
_file(
    "png/header-not-first",
    "A credential in front of the header.",
    lambda a, b: SIGNATURE + itxt(a) + IHDR + IDAT + IEND,
    HEADER,
)
_file(
    "png/two-headers",
    "Two headers are two pictures.",
    lambda a, b: SIGNATURE + IHDR + itxt(a) + IHDR + IDAT + IEND,
    HEADER,
)
_file(
    "png/longer-than-the-file",
    "A chunk that says it is longer than the file.",
    lambda a, b: SIGNATURE + IHDR + pack(">I", 2**31) + itxt(a)[4:] + IDAT + IEND,
    WHOLE | CUT | CHECKSUM,
)
_file("png/cut-off", "A download that broke off in the middle of the end.", lambda a, b: png(itxt(a))[:-6], CUT)
_file(
    "png/twenty-thousand-chunks",
    "Chunks beyond number.",
    lambda a, b: png(itxt(a), chunk(b"quIt") * 20_001),
    CHUNKS,
    "structure TOO_LARGE",
)

# --- SVG ---------------------------------------------------------------------------------------------------


def element_of(credential: bytes) -> str:
    return f"<openbadges:credential><![CDATA[{credential.decode()}]]></openbadges:credential>"


_CLR = 'xmlns:clr="https://purl.imsglobal.org/clr/v2p0"'

_file(
    "svg/two-credentials",
    "One program shows the first learner, another the second.",
    lambda a, b: svg(element_of(a) + element_of(b)),
    ONE_SVG,
)
_file(
    "svg/a-second-one-deep-inside",
    "The second stands deep inside the drawing.",
    lambda a, b: svg(element_of(a) + f"<g><g><defs>{element_of(b)}</defs></g></g>"),
    ONE_SVG,
)
_file(
    "svg/badge-and-record",
    "A badge and a learner record in one picture.",
    lambda a, b: svg(element_of(a) + f"<clr:credential {_CLR}><![CDATA[{b.decode()}]]></clr:credential>"),
    ONE_SVG,
)
_file(
    "svg/with-an-older-badge",
    "An Open Badges 2.0 assertion beside the credential.",
    lambda a, b: svg(element_of(a) + '<ob:assertion xmlns:ob="http://openbadges.org" verify="https://old.example/1"/>'),
    ONE_SVG,
)
_file(
    "svg/in-two-forms",
    "JSON inside the element and another credential in its attribute.",
    lambda a, b: svg(
        f'<openbadges:credential verify="{_attribute(a)}"><![CDATA[{b.decode()}]]></openbadges:credential>'
    ),
    ONE_FORM,
)
_file(
    "svg/an-element-inside",
    "Text before an inner element is read by one program, the whole text by another.",
    lambda a, b: svg(f"<openbadges:credential><![CDATA[{a.decode()}]]><tspan>x</tspan></openbadges:credential>"),
    ONE_FORM,
)
_file(
    "svg/entity",
    "An entity puts a text together that stands nowhere.",
    lambda a, b: svg(
        "<openbadges:credential>&c;</openbadges:credential>", f"<!DOCTYPE svg [<!ENTITY c '{_entity(a)}'>]>"
    ),
    NO_DTD,
)
_file(
    "svg/billion-laughs",
    "Entities of entities unpack to gigabytes.",
    lambda a, b: svg(element_of(a) + "<text>&l3;</text>", _LAUGHS),
    NO_DTD,
)
_file(
    "svg/document-type",
    "A document type can load another file.",
    lambda a, b: svg(element_of(a), '<!DOCTYPE svg SYSTEM "file:///etc/passwd">'),
    SCREEN,
)
_file(
    "svg/external-entity",
    "An entity that is another file of the machine.",
    lambda a, b: svg(element_of(a) + "<text>&x;</text>", '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/hostname">]>'),
    NO_DTD,
)
_file(
    "svg/utf-16",
    "In another encoding two readers read two texts.",
    lambda a, b: _utf_16(svg(element_of(a))),
    UTF_8_SVG | XML,
    "structure CONTAINER_ERROR",
)
_file(
    "svg/inside-another-document",
    "A web page's or another document's picture.",
    lambda a, b: b"<doc>" + svg(element_of(a)) + b"</doc>",
    ROOT,
    "structure PARSING_ERROR",
)
_file(
    "svg/of-no-namespace",
    "An svg that is none.",
    lambda a, b: svg(element_of(a)).replace(b'xmlns="http://www.w3.org/2000/svg" ', b""),
    ROOT,
    "structure PARSING_ERROR",
)
_file("svg/not-closed", "XML that is not well-formed.", lambda a, b: svg(element_of(a))[:-3], XML)
_file(
    "svg/two-attributes-of-one-name",
    "An attribute twice.",
    lambda a, b: svg(f'<openbadges:credential verify="" verify="">{a.decode()}</openbadges:credential>'),
    XML,
)
_file(
    "svg/hundred-thousand-elements",
    "Elements beyond number.",
    lambda a, b: svg(element_of(a) + "<g/>" * 100_001),
    ELEMENTS,
    "structure TOO_LARGE",
)


def _attribute(credential: bytes) -> str:
    return credential.decode().replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _entity(credential: bytes) -> str:
    return (
        credential.decode()
        .replace("&", "&#38;#38;")
        .replace("<", "&#38;#60;")
        .replace("%", "&#37;")
        .replace("'", "&#39;")
    )


_LAUGHS = (
    "<!DOCTYPE svg [<!ENTITY l0 'ha'><!ENTITY l1 '&l0;&l0;&l0;&l0;'>"
    "<!ENTITY l2 '&l1;&l1;&l1;'><!ENTITY l3 '&l2;&l2;'>]>"
)


def _utf_16(image: bytes) -> bytes:
    """Recognized as an SVG by a comment in ASCII, read as UTF-16 by who believes the declaration."""
    return b"<!--<svg -->" + image.decode().encode("utf-16-le")


# --- PDF ---------------------------------------------------------------------------------------------------

_file(
    "pdf/two-credentials",
    "One program shows the first learner, another the second.",
    lambda a, b: pdf_with(stream(a, VC), stream(b, VC)),
    ONE_PDF,
)
_file(
    "pdf/two-without-media-type",
    "Two attachments that look like credentials.",
    lambda a, b: pdf_with(stream(a), stream(b)),
    ONE_PDF,
)
_file(
    "pdf/badge-and-token",
    "A JSON credential and one with the media type of a token.",
    lambda a, b: pdf_with(stream(a, VC), stream(b, b"/Subtype /application#2Fvc+ld+json")),
    ONE_PDF,
)
_file(
    "pdf/associated-and-attached",
    "One among the associated files, the other in the tree of names.",
    lambda a, b: _associated(a, b),
    ONE_PDF,
)
_file(
    "pdf/two-hundred-pages",
    "Pages beyond a certificate's.",
    lambda a, b: pdf_with(stream(a, VC), pages=201),
    PAGES,
    "structure TOO_LARGE",
)
_file(
    "pdf/twenty-one-attachments",
    "Attachments beyond a certificate's.",
    lambda a, b: pdf_with(stream(a, VC), *[stream(b"note %d" % n) for n in range(20)]),
    ATTACHMENTS,
    "structure TOO_LARGE",
)
_file(
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
_file(
    "pdf/locked", "A locked PDF shows nothing of what is in it.", lambda a, b: _locked(pdf_with(stream(a, VC))), LOCKED
)
_file(
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
