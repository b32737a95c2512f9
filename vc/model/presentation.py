"""VCDM 2.0 section 4.13: presentations, and the envelopes in which credentials and presentations travel as one text.

>>> check_envelope({"@context": VC2, "type": "EnvelopedVerifiableCredential", "id": "https://a.example/1"})
Traceback (most recent call last):
vc.errors.ShapeError: id must be a data: URL that holds what was signed, not 'https://a.example/1'.
"""

import re
from typing import Any

from vc.context_rules import VC2
from vc.errors import UnknownContext
from vc.model.context_terms import terms_of
from vc.model.credential import check_credential
from vc.model.members import Version, check_head, check_party, check_typed, items
from vc.values import inside, many, unnamed, wrong

ENVELOPED_CREDENTIAL = "EnvelopedVerifiableCredential"
ENVELOPED_PRESENTATION = "EnvelopedVerifiablePresentation"
# RFC 2397: a media type with its parameters, then the data. A stranger's text is read once, without backtracking.
_DATA_URL = re.compile(r"data:[\w.+-]+/[\w.+-]+(?:;[\w.+=-]+)*,[^\s,]+", re.ASCII)


def check_presentation(document: Any, where: str = "") -> Version:
    """VCDM 2.0 section 4.13; its credentials too. Raises `ShapeError`, `RangeError` or `UnknownContext`."""
    version = check_head(document, "VerifiablePresentation", where)
    if "holder" in document:
        check_party(document["holder"], inside(where, "holder"))
    check_typed(document, version, where)
    for place, credential in items(document, "verifiableCredential", where):
        if is_enveloped(credential):
            check_envelope(credential, ENVELOPED_CREDENTIAL, place)
        else:
            check_credential(credential, place)
    return version


def is_enveloped(document: Any) -> bool:
    """Whether it says that it is an envelope (VCDM 2.0 sections 4.13.1 and 4.13.2)."""
    names = many(document.get("type")) if isinstance(document, dict) else []
    return ENVELOPED_CREDENTIAL in names or ENVELOPED_PRESENTATION in names


def check_envelope(document: Any, expected_type: str = ENVELOPED_CREDENTIAL, where: str = "") -> None:
    """An object that holds a secured credential or presentation in its `id`, as a `data:` URL."""
    if not isinstance(document, dict):
        raise wrong(where, "an object", document)
    listed = many(document.get("@context"))
    if listed[:1] != [VC2]:
        raise UnknownContext("The first context must be {first}.", first=VC2)
    terms_of(listed, inside(where, "@context"))
    if document.get("type") not in (expected_type, [expected_type]):
        raise unnamed(inside(where, "type"), expected_type)
    url = document.get("id")
    if not isinstance(url, str) or not _DATA_URL.fullmatch(url):
        raise wrong(inside(where, "id"), "a data: URL that holds what was signed", url)
