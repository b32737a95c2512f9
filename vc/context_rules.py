"""Which JSON-LD contexts a document may name, and in which order (VCDM 2.0 section 4.3; Open Badges 3.0 section 8.1).

A context decides what every word means, so a stranger must not choose one. Names are compared as raw strings; the
contents behind them are pinned in `contexts`. A credential inside another names contexts of its own, and any rule of
`RULES` may be its rule.

    >>> rule_for({"@context": [VC2, OB_303]}).second[0] == OB_303
    True
"""

from dataclasses import dataclass
from typing import Any

import contexts
from vc.errors import UnknownContext

VC1 = "https://www.w3.org/2018/credentials/v1"
VC2 = "https://www.w3.org/ns/credentials/v2"
_OB = "https://purl.imsglobal.org/spec/ob/v3p0/"
OB_303 = _OB + "context-3.0.3.json"
OB_EXTENSIONS = _OB + "extensions.json"
CLR_201 = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
_SECURITY = "https://w3id.org/security/"

# Members whose value is a whole credential.
EMBEDDING = frozenset({"verifiableCredential", "endorsement"})


@dataclass(frozen=True)
class ContextRule:
    """`first`, then one of `second` (if any), then any of `others`, each once.

    `anything`: for the W3C test suites (`tests/conformance`) and nobody else. Any pinned contexts in any order, also
    contexts written out inside the document, and texts with a language. A signature under such a rule says nothing
    about what the words mean."""

    first: str
    second: tuple[str, ...] = ()
    others: frozenset[str] = frozenset()
    anything: bool = False


# Contexts that define further terms without changing any that the first two define.
_COMPANIONS = frozenset(
    {
        OB_EXTENSIONS,
        _SECURITY + "data-integrity/v2",
        _SECURITY + "multikey/v1",
        _SECURITY + "suites/ed25519-2020/v1",
        "https://w3id.org/vc/status-list/2021/v1",
    }
)
_OLD_COMPANIONS = _COMPANIONS | {_SECURITY + "data-integrity/v1"}
_OPEN_BADGES = (OB_303, _OB + "context-3.0.2.json", _OB + "context-3.0.1.json", _OB + "context.json")

OPEN_BADGES = ContextRule(first=VC2, second=_OPEN_BADGES, others=_COMPANIONS)
# A comprehensive learner record; its achievements are those of Open Badges.
CLR = ContextRule(first=VC2, second=(CLR_201,), others=_COMPANIONS | frozenset(_OPEN_BADGES))
# Credentials that are no badges: status lists.
CREDENTIAL = ContextRule(first=VC2, others=_COMPANIONS)
# The data model before 2025, for reading (Open Badges 3.0 section 8.1 of 2023).
OPEN_BADGES_1 = ContextRule(first=VC1, second=_OPEN_BADGES, others=_OLD_COMPANIONS)
CREDENTIAL_1 = ContextRule(first=VC1, others=_OLD_COMPANIONS)

_SECOND = {
    OB_303: "The second context must be that of Open Badges 3.0, {second}.",
    CLR_201: "The second context must be that of CLR 2.0, {second}.",
}

RULES = (OPEN_BADGES, CLR, OPEN_BADGES_1, CREDENTIAL, CREDENTIAL_1)


def rule_for(document: dict[str, Any]) -> ContextRule:
    """The rule of the kind of document that its first two contexts announce; that of Open Badges when they announce
    none, so that the reader is told what is missing."""
    return _matching(document.get("@context")) or OPEN_BADGES


def embedded_rule(value: Any, host: ContextRule) -> ContextRule:
    """The rule of a credential inside one whose rule is `host`."""
    return host if host.anything else _matching(value) or host


def _matching(value: Any) -> ContextRule | None:
    urls = value if isinstance(value, list) else [value]
    for rule in RULES:
        if urls[:1] == [rule.first] and (not rule.second or (len(urls) > 1 and urls[1] in rule.second)):
            return rule
    return None


def check_contexts(value: Any, rule: ContextRule) -> list[str]:
    """The context URLs of a document, when the rule allows them. Raises `UnknownContext`."""
    urls = value if isinstance(value, list) else [] if value is None else [value]
    for url in urls:
        if isinstance(url, dict) and rule.anything:
            continue
        if not isinstance(url, str):
            raise UnknownContext("A context is written out inside the document; only known context URLs are accepted.")
        if url not in contexts.CONTEXTS:
            raise UnknownContext(
                "The context {url} is not known here, so nobody can tell what the credential's words mean.", url=url
            )
    if rule.anything:
        return urls
    rest = urls[1:]
    if urls[:1] != [rule.first]:
        raise UnknownContext("The first context must be {first}.", first=rule.first)
    if rule.second:
        if not rest or rest[0] not in rule.second:
            raise UnknownContext(_SECOND[rule.second[0]], second=rule.second[0])
        rest = rest[1:]
    for url in rest:
        if url not in rule.others:
            raise UnknownContext("The context {url} is not allowed in this kind of document.", url=url)
    if len(set(urls)) != len(urls):
        raise UnknownContext("A context is named twice.")
    return urls
