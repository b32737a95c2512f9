"""Open Badges 3.0 section 5.3.2 "SVG": an `<openbadges:credential>` element directly after the `<svg>` tag.

The element carries JSON in a CDATA section, or a compact JWS in its attribute `verify`. XML can load files and
grow without bound, so a screen (defusedxml, streaming) goes first: document types and entities are refused, UTF-8
is the only encoding, elements are counted. Only then does lxml, without entities and network, build the tree. An SVG
that was uploaded is never shown by us: it is read and forgotten.

    credential = unbake(bake(picture, credential))
"""

import re
from typing import cast
from xml.sax import ContentHandler, SAXException
from xml.sax.xmlreader import AttributesImpl

import defusedxml.sax
from defusedxml.common import DefusedXmlException
from lxml import etree

from vc import credential_text
from vc.errors import ContainerError, NoCredential, ParsingError, TooLarge

NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"

MAX_BYTES = 8 * 1024 * 1024  # bytes; a badge with its fonts and a bitmap inside stays below two megabytes
MAX_ELEMENTS = 100_000  # elements; a traced photograph has some ten thousand. Their depth is bounded by lxml (256)

_SVG = "{http://www.w3.org/2000/svg}svg"
_PREFIX = "openbadges"
_ELEMENT = f"{{{NAMESPACE}}}credential"
_CARRIED = (_ELEMENT, "{https://purl.imsglobal.org/clr/v2p0}credential")  # the second: CLR 2.0
_OLDER = "{http://openbadges.org}assertion"  # Open Badges 1.1 and 2.0

_SNIFFED = 64 * 1024  # bytes in which the root must begin; drawing programs put a comment of some lines before it
_ROOT = re.compile(rb"<(?:[\w.-]+:|!DOCTYPE\s+)?svg[\s>/]")
_WEB_PAGE = re.compile(rb"<(?:!doctype\s+)?html", re.IGNORECASE)  # it may have an <svg> in it and is none


def recognizes(data: bytes) -> bool:
    start = data[:_SNIFFED].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"<") and not _WEB_PAGE.match(start) and _ROOT.search(start) is not None


def bake(image: bytes, credential: bytes) -> bytes:
    """`image` as UTF-8 XML with `credential` in a new element directly after the `<svg>` tag.

    Raises what `unbake` raises for a picture that cannot be read, and `ContainerError` for one that already holds a
    credential of any version, for a text that is no credential, and for one that XML cannot hold byte by byte.
    """
    credential = credential_text.require(credential, container="SVG")
    root = _read(image)
    if next(root.iter(*_CARRIED, _OLDER), None) is not None:
        raise ContainerError(
            "The SVG already holds a credential, and two make it unreadable. Bake the original picture instead."
        )
    if root.nsmap.get(_PREFIX, NAMESPACE) != NAMESPACE:
        raise ContainerError("The SVG uses the prefix {prefix} for something else. Rename it there.", prefix=_PREFIX)
    baked = _write(root, credential)
    if unbake(baked) != credential:  # XML turns CR LF into LF, for one
        raise _unfit()
    return baked


def unbake(image: bytes) -> bytes:
    """The one credential in `image`: the JSON text in UTF-8, or a compact JWS.

    Raises `ParsingError` (no SVG), `ContainerError` (damaged, dangerous, an older badge, a second credential),
    `NoCredential`, `TooLarge`.
    """
    root = _read(image)
    found = list(root.iter(*_CARRIED))
    older = next(root.iter(_OLDER), None) is not None
    if len(found) > 1 or (found and older):
        raise ContainerError("The SVG holds more than one credential; nobody can tell which one is meant.")
    if older:
        raise ContainerError(
            "This is an Open Badges 2.0 badge (or older). Only Open Badges 3.0 can be verified here: "
            "ask the issuer for the badge in that version."
        )
    if not found:
        raise NoCredential("The SVG holds no credential.")
    element = found[0]
    token, text = element.get("verify"), element.text or ""
    if len(element) or (token is not None and text.strip()):
        raise ContainerError("The SVG holds more than one credential; nobody can tell which one is meant.")
    return credential_text.require((text if token is None else token).encode(), container="SVG")


def _read(image: bytes) -> etree._Element:
    """The root of `image`, screened first. lxml's own errors never leave."""
    if len(image) > MAX_BYTES:
        raise TooLarge("The SVG is {size} bytes long; at most {limit} are read.", size=len(image), limit=MAX_BYTES)
    _screen(image)
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, strip_cdata=False
    )
    try:
        root = etree.fromstring(image, parser)
    except etree.LxmlError as error:
        raise _damaged(str(error)) from error
    if root.tag != _SVG:
        raise ParsingError("This is not an SVG picture.")
    return root


def _screen(image: bytes) -> None:
    """Refuses what must not reach a tree builder: other encodings (which two readers could read differently),
    document types, entities, a flood of elements."""
    try:
        image.decode("utf-8")
        defusedxml.sax.parseString(image, _Counter(), forbid_dtd=True)
    except UnicodeDecodeError as error:
        raise ContainerError("The SVG is not UTF-8 (byte {position}).", position=error.start) from error
    except DefusedXmlException as error:
        raise ContainerError(
            "The SVG has a document type or entities (<!DOCTYPE, <!ENTITY), which can make a reader load other "
            "files; it is refused. Ask the issuer for a PNG or for the credential's link."
        ) from error
    except (SAXException, LookupError, ValueError) as error:
        raise _damaged(str(error)) from error


class _Counter(ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self._elements = 0

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise TooLarge("The SVG has more than {limit} elements.", limit=MAX_ELEMENTS)


def _write(root: etree._Element, credential: bytes) -> bytes:
    """Namespaces cannot be added to an element of lxml, so the root is made anew and its children move over."""
    names = {prefix: name for prefix, name in root.nsmap.items() if name != NAMESPACE}
    # The stubs forget that the default namespace's prefix is None.
    nsmap = cast("dict[str, str]", {**names, _PREFIX: NAMESPACE})
    baked = etree.Element(root.tag, {str(name): str(value) for name, value in root.attrib.items()}, nsmap=nsmap)
    element = etree.SubElement(baked, _ELEMENT)
    element.tail = root.text
    try:
        if credential_text.kind(credential) == "jwt":
            element.set("verify", credential.decode())
        else:
            element.text = etree.CDATA(credential.decode())  # libxml2 splits a CDATA section at "]]>"
    except ValueError as error:  # characters that XML forbids
        raise _unfit() from error
    before, after = list(root.itersiblings(preceding=True)), list(root.itersiblings())
    baked.extend(list(root))
    for sibling in reversed(before):  # the licence's comment, say
        baked.addprevious(sibling)
    for sibling in reversed(after):
        baked.addnext(sibling)
    return etree.tostring(baked.getroottree(), encoding="UTF-8", xml_declaration=True)


def _unfit() -> ContainerError:
    return ContainerError(
        "An SVG cannot hold this credential byte by byte: it has a carriage return or a character that XML forbids."
    )


def _damaged(reason: str) -> ContainerError:
    return ContainerError("The SVG is damaged: {reason}. Download or copy the file again.", reason=reason)
