"""SVG pictures that hold two credentials, load other files, or grow without end (Open Badges 3.0 section 5.3.2)."""

from tests.attacks.attack import caught, guard
from tests.attacks.families.baked import baked
from tests.vc.baking.sample_files import svg

_SVG = "vc/baking/svg.py"

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


# --- SVG ---------------------------------------------------------------------------------------------------


def element_of(credential: bytes) -> str:
    return f"<openbadges:credential><![CDATA[{credential.decode()}]]></openbadges:credential>"


_CLR = 'xmlns:clr="https://purl.imsglobal.org/clr/v2p0"'

baked(
    "svg/two-credentials",
    "One program shows the first learner, another the second.",
    lambda a, b: svg(element_of(a) + element_of(b)),
    ONE_SVG,
)
baked(
    "svg/a-second-one-deep-inside",
    "The second stands deep inside the drawing.",
    lambda a, b: svg(element_of(a) + f"<g><g><defs>{element_of(b)}</defs></g></g>"),
    ONE_SVG,
)
baked(
    "svg/badge-and-record",
    "A badge and a learner record in one picture.",
    lambda a, b: svg(element_of(a) + f"<clr:credential {_CLR}><![CDATA[{b.decode()}]]></clr:credential>"),
    ONE_SVG,
)
baked(
    "svg/with-an-older-badge",
    "An Open Badges 2.0 assertion beside the credential.",
    lambda a, b: svg(element_of(a) + '<ob:assertion xmlns:ob="http://openbadges.org" verify="https://old.example/1"/>'),
    ONE_SVG,
)
baked(
    "svg/in-two-forms",
    "JSON inside the element and another credential in its attribute.",
    lambda a, b: svg(
        f'<openbadges:credential verify="{_attribute(a)}"><![CDATA[{b.decode()}]]></openbadges:credential>'
    ),
    ONE_FORM,
)
baked(
    "svg/an-element-inside",
    "Text before an inner element is read by one program, the whole text by another.",
    lambda a, b: svg(f"<openbadges:credential><![CDATA[{a.decode()}]]><tspan>x</tspan></openbadges:credential>"),
    ONE_FORM,
)
baked(
    "svg/entity",
    "An entity puts a text together that stands nowhere.",
    lambda a, b: svg(
        "<openbadges:credential>&c;</openbadges:credential>", f"<!DOCTYPE svg [<!ENTITY c '{_entity(a)}'>]>"
    ),
    NO_DTD,
)
baked(
    "svg/billion-laughs",
    "Entities of entities unpack to gigabytes.",
    lambda a, b: svg(element_of(a) + "<text>&l3;</text>", _LAUGHS),
    NO_DTD,
)
baked(
    "svg/document-type",
    "A document type can load another file.",
    lambda a, b: svg(element_of(a), '<!DOCTYPE svg SYSTEM "file:///etc/passwd">'),
    SCREEN,
)
baked(
    "svg/external-entity",
    "An entity that is another file of the machine.",
    lambda a, b: svg(element_of(a) + "<text>&x;</text>", '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/hostname">]>'),
    NO_DTD,
)
baked(
    "svg/utf-16",
    "In another encoding two readers read two texts.",
    lambda a, b: _utf_16(svg(element_of(a))),
    UTF_8_SVG | XML,
    "structure CONTAINER_ERROR",
)
baked(
    "svg/inside-another-document",
    "A web page's or another document's picture.",
    lambda a, b: b"<doc>" + svg(element_of(a)) + b"</doc>",
    ROOT,
    "structure PARSING_ERROR",
)
baked(
    "svg/of-no-namespace",
    "An svg that is none.",
    lambda a, b: svg(element_of(a)).replace(b'xmlns="http://www.w3.org/2000/svg" ', b""),
    ROOT,
    "structure PARSING_ERROR",
)
baked("svg/not-closed", "XML that is not well-formed.", lambda a, b: svg(element_of(a))[:-3], XML)
baked(
    "svg/two-attributes-of-one-name",
    "An attribute twice.",
    lambda a, b: svg(f'<openbadges:credential verify="" verify="">{a.decode()}</openbadges:credential>'),
    XML,
)
baked(
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
