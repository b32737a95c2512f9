"""W3C Verifiable Credentials Data Model 2.0, and 1.1 for reading: is this document a credential, or a presentation?

These are the rules for every credential, whatever it says; those of Open Badges and CLR are in `vc.openbadges` and
`vc.clr`. A credential is looked at in this order (section numbers of VCDM 2.0):

1. `@context`: a list that begins with the base context; known URLs, or written-out contexts (4.3);
2. `id`: one URL or none (4.4); `type`: defined words, VerifiableCredential among them (4.5);
3. `name` and `description`: texts, or texts with their language (4.6, 11.1);
4. `issuer`: one, with a URL (4.7); `credentialSubject`: claims about at least one subject (4.8);
5. dates: with a time zone, in their order (4.9; 1.1: 4.5 and 4.6);
6. status, schemas, refreshing, terms of use, evidence, proofs: objects with a type (4.10 to 4.12, 5.4 to 5.6);
7. `relatedResource`: each with its own id and a digest (5.3).

Steps that are absent: what a schema, a status list, a digest or a proof says; nothing is fetched here.

    >>> check_credential({"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"]})
    Traceback (most recent call last):
    vc.errors.ShapeError: issuer is missing.
"""

from datetime import datetime
from typing import Any

from vc.errors import RangeError, ShapeError
from vc.model.members import (
    Version,
    check_head,
    check_id,
    check_party,
    check_typed,
    check_words,
    items,
    moment,
    version_of,
)
from vc.values import inside, many, missing, wrong

# The names of the two dates, in their order.
_DATES: dict[Version, tuple[str, str]] = {
    "2.0": ("validFrom", "validUntil"),
    "1.1": ("issuanceDate", "expirationDate"),
}


def check_credential(document: Any, where: str = "") -> Version:
    """Raises `ShapeError`, `RangeError` or `UnknownContext`. `where`: the place of the document in another one."""
    # (1) and (2)
    version = check_head(document, "VerifiableCredential", where)
    # (3) and (4)
    _check_issuer(document, where)
    for name in ("name", "description"):
        check_words(document, name, where)
    _check_subjects(document, where)
    # (5)
    _check_dates(document, version, where)
    # (6)
    check_typed(document, version, where)
    # (7)
    _check_related_resources(document, where)
    return version


def period(document: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
    """From when until when a credential is valid, under either data model; None: not said. Raises `ShapeError`."""
    return _period(document, version_of(document), "")


def _check_issuer(document: dict[str, Any], where: str) -> None:
    place = inside(where, "issuer")
    if "issuer" not in document:
        raise missing(place)
    issuer = document["issuer"]
    check_party(issuer, place)
    if isinstance(issuer, dict):
        for name in ("name", "description"):
            check_words(issuer, name, place)


def _check_subjects(document: dict[str, Any], where: str) -> None:
    place = inside(where, "credentialSubject")
    if "credentialSubject" not in document:
        raise missing(place)
    if document["credentialSubject"] == []:
        raise ShapeError("{where} is empty: nothing is said about anybody.", where=place)
    for item, subject in items(document, "credentialSubject", where):
        if not isinstance(subject, dict):
            raise wrong(item, "an object", subject)
        if not subject:
            raise ShapeError("{where} is empty: nothing is said about anybody.", where=item)
        check_id(subject, item)


def _check_dates(document: dict[str, Any], version: Version, where: str) -> None:
    names = _DATES[version]
    if version == "1.1" and "issuanceDate" not in document:
        raise missing(inside(where, "issuanceDate"))
    if version == "2.0":
        # Unread, they would make an expired credential look as if it held for ever.
        for name in _DATES["1.1"]:
            if name in document:
                raise ShapeError(
                    "{where} belongs to VCDM 1.1; under 2.0 its name is {name}.",
                    where=inside(where, name),
                    name=names[_DATES["1.1"].index(name)],
                )
    start, end = _period(document, version, where)
    if start is not None and end is not None and end < start:
        raise RangeError(
            "{end} is before {start}: it was never valid.", end=inside(where, names[1]), start=inside(where, names[0])
        )


def _period(document: dict[str, Any], version: Version, where: str) -> tuple[datetime | None, datetime | None]:
    """VCDM 1.1 has the later names in reserve (appendix B); where both are used, both must hold."""
    starts, ends = (
        [moment(document, name, where) for name in {_DATES[version][i], _DATES["2.0"][i]} if name in document]
        for i in (0, 1)
    )
    return max(starts, default=None), min(ends, default=None)


def _check_related_resources(document: dict[str, Any], where: str) -> None:
    seen = set()
    for place, value in items(document, "relatedResource", where):
        if not isinstance(value, dict):
            raise wrong(place, "an object", value)
        check_id(value, place, required=True)
        if value["id"] in seen:
            raise ShapeError("{where} has the same id as another one.", where=place)
        seen.add(value["id"])
        digests = [value[name] for name in ("digestSRI", "digestMultibase") if name in value]
        if not digests:
            raise ShapeError("{where} has no digest, so it binds nothing.", where=place)
        if not all(isinstance(text, str) and text for digest in digests for text in many(digest) or [None]):
            raise ShapeError("{where} has a digest that is no text.", where=place)
        if not isinstance(value.get("mediaType", ""), str):
            raise wrong(inside(place, "mediaType"), "a text", value["mediaType"])
