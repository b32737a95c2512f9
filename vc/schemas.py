"""JSON Schema 2020-12: a document against one of our own schemas (`contexts/schemas/`), with our own sentences.

The schemas are compiled once. Nothing is ever fetched: the retriever knows our files and refuses every other URL,
for the library would fetch a remote `$ref` by itself. `format` is checked by our rules, not by the library's: `uri`
is absolute, `date-time` has a time zone (`vc.dates`). What a schema's `description` says is what readers are told was
expected there; the library's own words stay in here, which is the only module that imports it.

    >>> validate("achievement-credential", {"@context": []})
    Traceback (most recent call last):
    vc.errors.ShapeError: id is missing.

VCDM 2.0 section 4.11: a credential may name schemas of its own (`credentialSchema`). `check_named` serves those of
1EdTech by ours and fetches none.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import jsonschema_rs

import contexts
from vc import values
from vc.dates import parse_datetime
from vc.errors import MalformedValue, ShapeError

_BASE = "https://testamur.example/schemas/"
_TYPES = {
    "object": "an object",
    "array": "a list",
    "string": "a text",
    "boolean": "true or false",
    "number": "a number",
}

_OB = "https://purl.imsglobal.org/spec/ob/v3p0/schema/"
_CLR = "https://purl.imsglobal.org/spec/clr/v2p0/schema/"
_CLASSES = {
    "achievementcredential": "achievement-credential",
    "achievementcredentialv1p1": "achievement-credential",
    "anyachievementcredential": "achievement-credential",
    "endorsementcredential": "endorsement-credential",
    "endorsementcredentialv1p1": "endorsement-credential",
    "anyendorsementcredential": "endorsement-credential",
    "clrcredential": "clr-credential",
    "clrcredentialv1p1": "clr-credential",
}
# URL of a published schema -> ours of the same class; 1EdTech serves each in a strict and in a compacted form.
PUBLISHED: Mapping[str, str] = {
    f"{base}{form}/{prefix}_{name}_schema.json": ours
    for base, prefix in ((_OB, "ob_v3p0"), (_CLR, "clr_v2p0"))
    for form in ("json", "json-ld")
    for name, ours in _CLASSES.items()
    if prefix == "clr_v2p0" or ours != "clr-credential"
}
# Types of `credentialSchema` whose `id` is the URL of a JSON Schema.
SCHEMA_TYPES = frozenset({"JsonSchema", "1EdTechJsonSchemaValidator2019"})


def validate(name: str, document: Any, where: str = "") -> None:
    """Raises `ShapeError`: the place, and what was expected there. `where`: the place of the document itself."""
    try:
        _validator(name).validate(document)
    except jsonschema_rs.ValidationError as error:
        raise _said(error, where) from None  # the library's words would be the cause's
    except (ValueError, OverflowError, RecursionError) as error:
        raise ShapeError("{where} is no JSON.", where=where or "The document") from error


def check_named(document: dict[str, Any]) -> tuple[str, ...]:
    """Checks a document against the schemas that it names and that are known here.

    Returns the ids of the others, which were not looked at. Raises `ShapeError`. The document's `credentialSchema`
    has the form that `vc.model` demands.
    """
    others = []
    for entry in values.many(document.get("credentialSchema")):
        ours = PUBLISHED.get(entry["id"])
        if ours is None or not SCHEMA_TYPES & set(values.many(entry["type"])):
            others.append(entry["id"])
        else:
            validate(ours, document)
    return tuple(others)


@cache
def _validator(name: str) -> jsonschema_rs.Draft202012Validator:
    return _compiled(contexts.schema(name))


def _compiled(schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        schema,
        validate_formats=True,
        ignore_unknown_formats=False,
        formats={"uri": values.is_uri, "date-time": _is_moment, "date": _is_day},
        retriever=_retrieve,
    )


def _retrieve(url: str) -> dict[str, Any]:
    """Our own files by their `$id`, and nothing else: `contexts.schema` knows no other names. The library reports what
    is raised there as a schema that does not compile."""
    return contexts.schema(url.removeprefix(_BASE).removesuffix(".json"))


def _is_moment(value: str) -> bool:
    try:
        parse_datetime(value)
    except MalformedValue:
        return False
    return True


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _said(error: jsonschema_rs.ValidationError, where: str) -> ShapeError:
    """Our sentence for the library's error."""
    path = list(error.instance_path)
    place = where
    for step in path:
        place = values.inside(place, step)
    kind, facts = error.kind.name, error.kind.as_dict()
    if kind == "required":
        return values.missing(values.inside(place, facts["property"]))
    if kind == "additionalProperties":
        unexpected = values.inside(place, min(facts["unexpected"]))
        return ShapeError("{place} is a member that the data model does not have there.", place=unexpected)
    expected = _expected(error)
    if path and path[-1] == "type":
        return values.unnamed(place, expected)
    return values.wrong(place, expected, error.instance)


def _expected(error: jsonschema_rs.ValidationError) -> str:
    """The `description` beside the keyword that failed, in our own schema."""
    url, _, pointer = (error.absolute_keyword_location or "").partition("#")
    node: Any = _retrieve(url)
    for step in pointer.split("/")[1:-1]:
        step = step.replace("~1", "/").replace("~0", "~")
        node = node[int(step)] if isinstance(node, list) else node[step]
    described: str | None = node.get("description")
    return described or _TYPES.get(str(node.get("type")), "something else")
