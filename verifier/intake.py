"""What was handed in, told by its content and never by a file name: the credential as received, or a link to one.

1. a PNG, SVG or PDF: the credential baked into it or attached to it;
2. a PNG or PDF without one, or another picture: the QR code in it;
3. text: a JSON object, a signed token, or one http(s) link;
4. a signed token in its binary form (COSE).

A link to a verifier (`…/verify?url=X`, what the QR codes say) stands for X, which is asked directly: no verifier is
believed about another's certificates. Whether links are followed, and where to, is left to `verifier.fetch`.

    >>> read(b"https://verify.example/verify?url=https://issuer.example/credentials/1").link
    'https://issuer.example/credentials/1'
"""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from vc import baking, credential_text
from vc.errors import ContainerError, NoCredential, ParsingError, TooLarge
from vc.formats import cose
from verifier import confined

Container = Literal["json", "jwt", "cose", "png", "svg", "pdf", "link", "photo"]

MAX_BYTES = 16 * 1024 * 1024  # bytes; a telephone's photo has 5 to 12 MB
MAX_LINK = 2048  # characters; what browsers and QR codes carry

_LINK_SCHEMES = ("http", "https")
_FOREIGN_PICTURES = {b"ftyp": "HEIC, AVIF or video", b"GIF8": "GIF", b"II*\x00": "TIFF", b"MM\x00*": "TIFF"}


@dataclass(frozen=True)
class Intake:
    """`container`: what it came in. One of `credential` (the secured credential, untouched) and `link` is set."""

    container: Container
    credential: bytes | None = None
    link: str | None = None


def read(data: bytes) -> Intake:
    """Raises `vc.errors.Invalid` classes for everything that a file can have wrong, `Unavailable` when too many
    pictures and PDFs are being read already."""
    if len(data) > MAX_BYTES:
        raise TooLarge(
            "That is {size} MB large; at most {limit} MB are read.",
            size=len(data) // (1024 * 1024),
            limit=MAX_BYTES // (1024 * 1024),
        )
    if not data.strip():
        raise ParsingError("There is nothing in it. Give a file, a text or a link.")
    match baking.detect(data):
        case "png":
            return _png(data)
        case "pdf":
            return _pdf(data)
        case "svg":
            return Intake("svg", credential=baking.svg.unbake(data))
    if data.startswith(b"\xff\xd8\xff") or (data.startswith(b"RIFF") and data[8:12] == b"WEBP"):
        return _code(confined.read("picture", data))
    if cose.recognizes(data):
        return Intake("cose", credential=data)
    return _text(data)


def _png(data: bytes) -> Intake:
    try:
        return Intake("png", credential=baking.png.unbake(data))
    except NoCredential:
        pass
    try:
        return _code(confined.read("picture", data))
    except NoCredential as error:
        raise NoCredential(
            "The PNG holds no credential, and no QR code could be read in it. Use the file as the issuer gave it "
            "(messengers take the credential out of pictures), or give the certificate's link."
        ) from error


def _pdf(data: bytes) -> Intake:
    try:
        return Intake("pdf", credential=confined.read("attachment", data))
    except NoCredential:
        pass
    try:
        return _code(confined.read("pages", data))
    except NoCredential as error:
        raise NoCredential(
            "No credential is attached to the PDF, and no QR code could be read on its first pages. Use the file as "
            "the issuer gave it, or give the certificate's link."
        ) from error


def _code(text: bytes) -> Intake:
    """What a QR code says: usually a link, but a small credential fits in, too."""
    if credential_text.kind(text) is not None:
        return Intake("photo", credential=credential_text.require(text, container="QR code"))
    link = _link(text)
    if link is None:
        said = repr(text[:80].decode("utf-8", "replace"))  # which makes control and direction characters visible
        raise ContainerError("The QR code says {text}, which is no link to a certificate.", text=said)
    return Intake("photo", link=link)


def _text(data: bytes) -> Intake:
    match credential_text.kind(data):
        case "json":
            return Intake("json", credential=data)
        case "jwt":
            return Intake("jwt", credential=credential_text.require(data, container="text"))
    link = _link(data)
    if link is not None:
        return Intake("link", link=link)
    foreign = next((name for magic, name in _FOREIGN_PICTURES.items() if magic in data[:8]), None)
    if foreign is not None:
        raise ParsingError(
            "Pictures of this kind ({kind}) cannot be read. Save it as JPEG or PNG, or take a screenshot.", kind=foreign
        )
    raise ParsingError(
        "This is none of the forms that can be checked: a certificate's link; its PDF; a badge picture (PNG, SVG); "
        "a photo of its QR code (JPEG, PNG, WebP); or the credential itself (JSON or a signed token)."
    )


def _link(data: bytes) -> str | None:
    """The link that `data` is, or None. That of a verifier is replaced by what it would look at, once."""
    if len(data) > MAX_LINK:
        return None
    try:
        text = data.decode("utf-8").strip()
    except UnicodeDecodeError:
        return None
    if not _is_link(text):
        return None
    parts = urlsplit(text)
    asked = parse_qs(parts.query, max_num_fields=20).get("url", []) if parts.path.endswith("/verify") else []
    if not asked:
        return text
    if len(asked) > 1 or not _is_link(asked[0]):
        raise ParsingError("The link leads to a verifier, but does not say which certificate is meant.")
    return asked[0]


def _is_link(text: str) -> bool:
    if any(letter == " " or not letter.isprintable() for letter in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in _LINK_SCHEMES and bool(parts.hostname)
