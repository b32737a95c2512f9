"""Reads N-Quads as the rdf-canon test suite writes them, into quads in canonical N-Quads terms."""

import re

from vc.rdfc import Quad, literal

_TERM = re.compile(r'(<[^>]*>)|(_:\S+)|"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?')
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_SHORT = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


def _unescape(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        return chr(int(code, 16)) if code else _SHORT.get(match[3], match[3])

    return _ESCAPE.sub(one, text)


def parse(text: str) -> set[Quad]:
    quads = set()
    for line in text.split("\n"):
        if not line.strip() or line.startswith("#"):
            continue
        terms = []
        for iri, blank, value, language, datatype in _TERM.findall(line):
            if iri:
                terms.append(_unescape(iri))
            elif blank:
                terms.append(blank)
            else:
                kind = [_unescape(datatype)] if datatype else []
                terms.append(literal(_unescape(value), *kind, language=language or None))
        s, p, o, *g = terms
        quads.add((s, p, o, g[0] if g else ""))
    return quads
