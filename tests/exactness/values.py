"""Texts, IRIs and numbers of every kind that a canonicalization could treat alone.

All of it comes from the `random.Random` that is handed in, so one seed gives one document for ever.
"""

import random
from collections.abc import Callable
from typing import Any

from vc.rdf import RELATIVE_BASE

Make = Callable[[random.Random], Any]

# First and last code point of what a class of characters is taken from.
_RANGES: dict[str, tuple[int, int]] = {
    "letters": (0x61, 0x7A),
    "printable": (0x20, 0x7E),
    "controls": (0x00, 0x1F),
    "delete and C1": (0x7F, 0x9F),
    "Latin-1": (0xA0, 0xFF),
    "combining": (0x0300, 0x036F),
    "Hebrew and Arabic": (0x0590, 0x06FF),
    "Devanagari": (0x0900, 0x097F),
    "spaces and directions": (0x2000, 0x206F),
    "Han": (0x4E00, 0x9FFF),
    "last before the surrogates": (0xD7F0, 0xD7FF),
    "private": (0xE000, 0xF8FF),
    "presentation forms": (0xFB00, 0xFDFF),
    "full width": (0xFF00, 0xFFEF),
    "end of the first plane": (0xFFF0, 0xFFFF),
    "start of the second plane": (0x10000, 0x1003F),
    "mathematical": (0x1D400, 0x1D7FF),
    "emoji": (0x1F300, 0x1F64F),
    "end of the second plane": (0x1FFF0, 0x1FFFF),
    "flags and tags": (0xE0000, 0xE007F),
    "last plane": (0x10FFF0, 0x10FFFF),
}

# Texts that mean something to somebody on the way: to N-Quads, to JSON-LD, to Python, to a pattern.
_TRICKY = (
    "",
    " ",
    "\n",
    "a\n",
    "\r\n",
    "\x00",
    "\x7f",
    "\u0085\u2028\u2029",
    "\ufffe",
    "a\uffffb",
    "\ufeffb",
    '"',
    "\\",
    '\\"',
    "\\u0041",
    "\\n",
    '" .\n<a:b> <a:c> "d',
    '"@en',
    '"^^<http://www.w3.org/2001/XMLSchema#integer>',
    "_:a",
    "_:z",
    "_:b0",
    "_:c14n0",
    "_:c14n1 <a:p> _:c14n0 .",
    "<https://a.example/>",
    "https://a.example/x",
    "@id",
    "@type",
    "@value",
    "id",
    "type",
    "{0}",
    "{name}",
    "%s%d%%",
    "\\g<0>\\1",
    "$1",
    "true",
    "1",
    "1.0",
    "-0",
    "1e21",
    "null",
    "2026-03-02T12:00:00Z",
    "e\u0301",
    "é",
    "\uff21\U0001d538",
    "\u202eabc\u202c",
    "x" * 3000,
)

# What UTF-8 cannot write: refused at the door (`vc.strict_json`), and to be answered by nobody behind it.
HALVES = ("\ud800", "a\udfff", "\udc00\ud800", "https://a.example/\ud83c")

_HOSTS = ("a.example", "credentials.example.org", "b\u00fccher.example", "xn--bcher-kva.example", "[2001:db8::1]:8443")
_PLAIN_SCHEMES = ("https", "http", "urn", "did", "mailto", "tag", "data", "tel")
_IRI_PARTS = (
    "x",
    "X/y",
    "%20",
    "%c3%a9",
    "%ZZ",
    "%",
    "\u00e9",
    "\u4e2d",
    "\U0001f393",
    "\ue000",
    "\u202e",
    "e\u0301",
    "?a=b&c",
    "#f",
    "#a#b",
    "//",
    "/./",
    "/../",
    ":",
    "@",
    "'",
    "(*)",
    "[",
    "]",
    ";v=1,2",
    "~",
    "\uffff",
    "\u0085",
    "\xa0",
)
_ODD_IRIS = (
    "",
    "x",
    "/x",
    "../x",
    "//a.example/x",
    "?q",
    "#f",
    ":",
    ":x",
    "_:",
    "_:b0",
    "_:c14n0",
    "@id",
    "@type",
    "@x",
    "@none",
    "id",
    "type",
    "name",
    "issuer",
    "Achievement",
    "Course",
    "ext:Course",
    "ext:x",
    "ext:",
    "xsd:string",
    "cred:issuer",
    "schema:name",
    "rdf:type",
    "name:x",
    "id:x",
    "type:x",
    "proof:x",
    "Profile:x",
    "Image:x",
    "sec:x",
    "_:x:y",
    "https",
    "https:",
    "https:x",
    "https:/x",
    "https://",
    "https:///x",
    "HTTPS://A.example/X",
    "Https://a.example/",
    "hTTp://a.example",
    "https ://a.example",
    " https://a.example",
    "https://a.example ",
    "https://a.example/\n",
    "https://a.example/a b",
    "https://a.example/<b>",
    'https://a.example/"',
    "https://a.example/{x}",
    "https://a.example/|",
    "https://a.example/^",
    "https://a.example/`",
    "https://a.example/\\",
    "https://a.example/\x7f",
    "https://a.example/\x01",
    "https://a.example:99999/",
    "https://[::1",
    "1a:x",
    "+a:x",
    "a+b.c-d:x",
    "a:",
    "a:b",
    "urn:",
    "urn:x",
    "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "did:",
    "did:web:a.example#key-1",
    "did:key:z6Mk\u00e9",
    "mailto:zoe@example.org",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "data:,x",
    "relative-reference:x",
    "Relative-Reference://document.invalid/x",
    RELATIVE_BASE,
    RELATIVE_BASE + "x",
)

_NUMBERS: tuple[Any, ...] = (
    0,
    1,
    -1,
    7,
    2**31,
    2**53 - 1,
    2**53,
    -(2**53) - 1,
    2**64,
    10**20,
    10**21,
    10**22,
    -(10**21),
    10**400,
    0.0,
    -0.0,
    1.0,
    -1.0,
    5.5,
    0.1,
    1e-7,
    1.5e300,
    5e-324,
    1e20,
    1e21,
    1e22,
    123456789.125,
    0.30000000000000004,
    float("inf"),
    float("-inf"),
    float("nan"),
    True,
    False,
)


def text(chance: random.Random) -> str:
    """Any text that UTF-8 can write."""
    match chance.randrange(4):
        case 0:
            return chance.choice(_TRICKY)
        case 1:
            return "".join(_character(chance) for _ in range(chance.randint(1, 12)))
        case 2:
            return chance.choice(_TRICKY)[:40] + _character(chance) + chance.choice(_TRICKY)[:40]
        case _:
            return "".join(chance.choice("abcdefghij -") for _ in range(chance.randint(1, 20)))


def iri(chance: random.Random) -> str:
    """An absolute IRI of a well-known scheme, with all that may stand in one."""
    own = f"{chance.randrange(10**9):x}"
    scheme = chance.choice(_PLAIN_SCHEMES)
    start = f"{scheme}://{chance.choice(_HOSTS)}/" if scheme in ("http", "https") else f"{scheme}:{own}"
    return start + "".join(chance.choice(_IRI_PARTS) for _ in range(chance.randint(0, 4))) + own


def plain_iri(chance: random.Random) -> str:
    """One that nobody disputes: ASCII, of a scheme that credentials use."""
    own = f"{chance.randrange(10**9):x}"
    start = chance.choice(("https://a.example/", "https://credentials.example.org/", "urn:example:", "did:example:"))
    return start + "".join(chance.choice(("x", "X/y", "%20", "?a=b&c", "/../", ":", "'", ";v=1,2")) for _ in "ab") + own


def odd_iri(chance: random.Random) -> str:
    return chance.choice(_ODD_IRIS)


def number(chance: random.Random) -> Any:
    if chance.random() < 0.7:
        return chance.choice(_NUMBERS)
    if chance.random() < 0.5:
        return chance.randint(-(10**6), 10**6)
    return chance.choice((1, -1)) * chance.random() * 10 ** chance.randint(-12, 24)


def moment(chance: random.Random) -> str:
    return f"20{chance.randrange(100):02}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}T12:00:00Z"


def anything(chance: random.Random) -> Any:
    """A value that should not be where it is put."""
    match chance.randrange(10):
        case 0:
            return text(chance)
        case 1 | 2:
            return odd_iri(chance)
        case 3 | 4:
            return number(chance)
        case 5:
            return None
        case 6:
            return chance.choice(HALVES)
        case 7:
            return chance.choice(([], {}, [[]], [None], [{}], [[], []], {"@set": []}, {"@list": ["x"]}))
        case 8:
            return chance.choice(
                (
                    {"@value": text(chance)},
                    {"@value": "x", "@language": "en"},
                    {"@value": "x", "@type": "@json"},
                    {"@id": iri(chance)},
                    {"id": iri(chance)},
                    {"id": odd_iri(chance), "type": "Image"},
                    {"type": ["Image"]},
                    {"name": "x"},
                )
            )
        case _:
            return iri(chance)


def _character(chance: random.Random) -> str:
    first, last = _RANGES[chance.choice(list(_RANGES))]
    return chr(chance.randint(first, last))
