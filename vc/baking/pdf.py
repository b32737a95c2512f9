"""A credential attached to a PDF: one embedded file with the media type `application/vc` (PDF 2.0 section 14.13).

Open Badges 3.0 bakes pictures only; the attachment of a certificate's PDF/A-3 follows the same rules: one per file,
as it was put in. Reading only: the attachment is written where the PDF is typeset. A stranger's PDF is a program for
its reader, so only the catalogue and the attachments are looked at, never pages, within the limits below.

    credential = unbake(certificate_pdf)
"""

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from vc import credential_text, strict_json
from vc.errors import ContainerError, NoCredential, ParsingError, TooLarge, VcError

if TYPE_CHECKING:
    from pypdf.generic import DictionaryObject, StreamObject

MAX_BYTES = 16 * 1024 * 1024  # bytes; a certificate has 0.1 MB, a scan of one by telephone up to 12
MAX_PAGES = 200  # pages; a certificate with its transcript has a handful
MAX_ATTACHMENTS = 20  # files; ours has one
MAX_UNPACKED = 8 * 1024 * 1024  # bytes out of one compressed stream; twice the longest credential

_MEDIA_TYPES = frozenset(
    {"/application/vc", "/application/vc+jwt", "/application/vc+sd-jwt", "/application/vc+ld+json"}
)
_CREDENTIAL_TYPES = frozenset({"VerifiableCredential", "EnvelopedVerifiableCredential"})
_SNIFFED = 1024  # bytes in which "%PDF-" must begin; readers have always allowed a little before it
_MAX_NODES = 100  # nodes of the tree of names; with MAX_ATTACHMENTS files it never needs as many
_LIMITS: dict[str, Any] = {  # pypdf's; those not named here keep its defaults
    "zlib_maximum_output_length": MAX_UNPACKED,
    "lzw_maximum_output_length": MAX_UNPACKED,
    "run_length_maximum_output_length": MAX_UNPACKED,
    "brotli_maximum_output_length": MAX_UNPACKED,
    "array_based_stream_maximum_output_length": MAX_UNPACKED,
    "stream_decoding_work_maximum_length": 2 * MAX_UNPACKED,
    "stream_filters_maximum_length": 2,
    "zlib_maximum_recovery_input_length": 64 * 1024,  # a damaged stream is then tried byte by byte, in Python
    "jbig2dec_binary": None,  # no other program is started for a stranger's file
}


def recognizes(data: bytes) -> bool:
    return b"%PDF-" in data[:_SNIFFED]


def unbake(pdf: bytes) -> bytes:
    """The one credential attached to `pdf`: by its media type or, if no attachment has it, by its content.

    Raises `ParsingError` (no PDF), `ContainerError` (damaged, encrypted, a second credential), `NoCredential`,
    `TooLarge`. Errors of the PDF library, of which there are many, become `ContainerError`.
    """
    if not recognizes(pdf):
        raise ParsingError("This is not a PDF document.")
    if len(pdf) > MAX_BYTES:
        raise TooLarge("The PDF is {size} bytes long; at most {limit} are read.", size=len(pdf), limit=MAX_BYTES)
    import pypdf  # here, because importing it takes half a second, and pictures do not need it

    try:
        with pypdf.apply_configuration(**_LIMITS):
            return _unbake(pdf)
    except VcError:
        raise
    except (pypdf.errors.LimitReachedError, RecursionError, MemoryError) as error:
        raise TooLarge(
            "Something in the PDF unpacks to more than {limit} bytes, or has too many parts; it is refused.",
            limit=MAX_UNPACKED,
        ) from error
    except Exception as error:  # pypdf: "broken PDF files might cause other Exceptions"
        raise ContainerError("The PDF is damaged. Download or copy the file again.") from error


def _unbake(pdf: bytes) -> bytes:
    """1. open, 2. refuse what is locked or huge, 3. gather the attachments, 4. choose the one that is a credential."""
    from pypdf import PdfReader

    # (1), (2)
    reader = PdfReader(BytesIO(pdf))
    if reader.is_encrypted:
        raise ContainerError(
            "The PDF is protected by a password or against copying. Give the certificate as it was issued."
        )
    catalogue = reader.root_object
    pages = _get(_get(catalogue, "/Pages"), "/Count")
    if isinstance(pages, int) and pages > MAX_PAGES:
        raise TooLarge("The PDF has {pages} pages; at most {limit} are read.", pages=pages, limit=MAX_PAGES)

    # (3)
    attachments = list(_attachments(catalogue))

    # (4)
    declared = [stream for stream in attachments if _get(stream, "/Subtype") in _MEDIA_TYPES]
    if len(declared) > 1:
        raise _more_than_one()
    if declared:
        return credential_text.require(declared[0].get_data(), container="PDF")
    alike = [text for text in map(_content, attachments) if text is not None and _is_credential(text)]
    if len(alike) > 1:
        raise _more_than_one()
    if not alike:
        raise NoCredential("No credential is attached to the PDF.")
    return credential_text.require(alike[0], container="PDF")


def _attachments(catalogue: "DictionaryObject") -> "list[StreamObject]":
    """Every embedded file's stream once, though the tree of names and the associated files usually both name it."""
    from pypdf.generic import StreamObject

    streams: dict[Any, StreamObject] = {}
    for file in _files(catalogue):
        embedded = _get(file, "/EF")
        for key in ("/UF", "/F"):
            stream = _get(embedded, key)
            if isinstance(stream, StreamObject):
                reference = stream.indirect_reference
                streams[id(stream) if reference is None else (reference.idnum, reference.generation)] = stream
        if len(streams) > MAX_ATTACHMENTS:
            raise TooLarge("The PDF has more than {limit} attachments.", limit=MAX_ATTACHMENTS)
    return list(streams.values())


def _files(catalogue: "DictionaryObject") -> Iterator[Any]:
    """File specifications: associated files (section 14.13) and the tree of names (sections 7.9.6, 7.11.4)."""
    yield from _items(_get(catalogue, "/AF"))
    nodes = [_get(_get(catalogue, "/Names"), "/EmbeddedFiles")]
    for count, node in enumerate(nodes):  # grows while it is walked; a tree that is a ring ends at the limit
        if count >= _MAX_NODES:
            raise TooLarge("The PDF has more than {limit} attachments.", limit=MAX_ATTACHMENTS)
        yield from _items(_get(node, "/Names"))[1::2]  # name, file, name, file, …
        nodes.extend(_items(_get(node, "/Kids")))


def _items(array: Any) -> list[Any]:
    if not isinstance(array, list):
        return []
    if len(array) > 2 * MAX_ATTACHMENTS:
        raise TooLarge("The PDF has more than {limit} attachments.", limit=MAX_ATTACHMENTS)
    return [item.get_object() for item in array]


def _get(dictionary: Any, key: str) -> Any:
    """The resolved value, or None where the file has something else than a dictionary, or no such key."""
    value = dictionary.get(key) if isinstance(dictionary, dict) else None
    return None if value is None else value.get_object()


def _content(stream: "StreamObject") -> bytes | None:
    """What is attached, or None if it cannot be unpacked, or not within the limits, and so is no credential."""
    from pypdf.errors import PyPdfError

    try:
        return stream.get_data()
    except PyPdfError:
        return None


def _is_credential(data: bytes) -> bool:
    """Stricter than a look at the first letters: any other JSON may well be attached to a PDF."""
    match credential_text.kind(data):
        case "jwt":
            return True
        case "json":
            try:
                types = strict_json.parse_object(data).get("type")
            except VcError:
                return False
            return not _CREDENTIAL_TYPES.isdisjoint(
                item for item in (types if isinstance(types, list) else [types]) if isinstance(item, str)
            )
        case None:
            return False


def _more_than_one() -> ContainerError:
    return ContainerError("More than one credential is attached to the PDF; nobody can tell which one is meant.")
