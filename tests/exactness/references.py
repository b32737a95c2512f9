"""What a document's canonical form is, by two implementations that share no code.

* `full`: `vc.jsonld.canonical_form`, which is PyLD's expansion, our own quads and our own RDFC-1.0. It is the
  definition: the fast path answers with these bytes, or not at all.
* `peer`: pyoxigraph, in Rust from the bytes of the JSON-LD (with the same pinned contexts written into it) to
  RDFC-1.0. It refuses less than we do, so it is asked only about documents that the full path accepts; that also keeps
  it from graphs on which RDFC-1.0 never ends.

    >>> full(Query(document, OPEN_BADGES)) == peer(Query(document, OPEN_BADGES))  # doctest: +SKIP
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import contexts
from vc.context_rules import ContextRule
from vc.errors import VcError
from vc.jsonld import CURRENT, Contents, canonical_form

try:
    import pyoxigraph
except ImportError:
    MISSING = True  # the tests say how to get it (`conftest`)
else:
    MISSING = False


@dataclass(frozen=True)
class Query:
    """A document, and under which rule, contents and hash its canonical form is asked for."""

    document: dict[str, Any]
    rule: ContextRule
    contents: Contents = CURRENT
    algorithm: str = "sha256"

    @property
    def options(self) -> dict[str, Any]:
        return {"rule": self.rule, "contents": self.contents, "algorithm": self.algorithm}


@dataclass(frozen=True)
class Refused:
    """No canonical form. `why`: the error's class, or what a program outside said."""

    why: str


def full(query: Query) -> bytes | Refused:
    try:
        return canonical_form(query.document, **query.options).text.encode("utf-8")
    except VcError as error:
        return Refused(type(error).__name__)
    except UnicodeEncodeError:
        return Refused("half a character, which the door refuses")
    except (OverflowError, ValueError):
        return Refused("a number that the door refuses")


def peer(query: Query) -> bytes | Refused:
    try:
        quads = pyoxigraph.Dataset(pyoxigraph.parse(_self_contained(query), pyoxigraph.RdfFormat.JSON_LD))
    except (SyntaxError, ValueError) as error:  # half a character and no number are ValueErrors of our own JSON
        return Refused(str(error)[:200])
    names = pyoxigraph.CanonicalizationAlgorithm
    quads.canonicalize(names.RDFC_1_0 if query.algorithm == "sha256" else names.RDFC_1_0_SHA_384)
    written = pyoxigraph.serialize(quads, format=pyoxigraph.RdfFormat.N_QUADS) or b""
    return b"".join(line + b"\n" for line in sorted(written.split(b"\n")) if line)


def _self_contained(query: Query) -> bytes:
    """The document's JSON with the pinned contexts in the place of their URLs."""
    chosen = query.contents.chosen
    rest = {name: _written_in(value, chosen) for name, value in query.document.items() if name != "@context"}
    body = json.dumps(rest, ensure_ascii=False, allow_nan=False).encode("utf-8")
    named = query.document.get("@context")
    written = [_content(url, chosen.get(url, "")) for url in (named if isinstance(named, list) else [named])]
    comma = b"," if rest else b""
    return b'{"@context":[' + b",".join(written) + b"]" + comma + body[1:]


def _written_in(value: Any, chosen: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_written_in(item, chosen) for item in value]
    if not isinstance(value, dict):
        return value
    copy = {name: _written_in(member, chosen) for name, member in value.items()}
    if "@context" in value:
        named = value["@context"] if isinstance(value["@context"], list) else [value["@context"]]
        copy["@context"] = [json.loads(_content(url, chosen.get(url, ""))) for url in named]
    return copy


@cache
def _content(url: str, sha256: str) -> bytes:
    """What stands behind a context URL, as JSON. `sha256`: which content, if not the current one."""
    return json.dumps(contexts.load(url, sha256 or None)["@context"]).encode()
