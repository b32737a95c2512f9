"""What the API may be asked to sign: an Open Badge, an endorsement or a learner record, in our own name.

    unsecured = completed(credential, issuers(config, organizations, caller.organization), at=now)
    check(unsecured, config)

1. `completed`: unsigned; the issuer is one for whom the caller may speak: his organization, or for the operator this
   installation and each of its organizations; filled in when it is left out; `validFrom` is now when it is left out;
2. `check`: the lint of the credential's kind; then, that its ids are the caller's own: an id of this installation, or
   an achievement of its catalogue, would be an award, and those come from decisions only (docs/adr/0030).

Absent here: `credentialStatus`, which needs the records (`issuer.signing_requests`).
"""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

from issuer.api_errors import CredentialRefused
from issuer.catalogue import Organization
from issuer.config import Config
from vc import clr, kinds, model, openbadges
from vc.context_rules import CLR, OPEN_BADGES, ContextRule
from vc.dates import timestamp
from vc.errors import VcError
from vc.jsonld import canonical_form
from vc.kinds import Kind

RULES: Mapping[Kind, ContextRule] = MappingProxyType(
    {"achievement": OPEN_BADGES, "endorsement": OPEN_BADGES, "clr": CLR}
)
_PORTS = {"https": 443, "http": 80}


def issuers(
    config: Config, organizations: Mapping[str, Organization], organization: str | None
) -> dict[str, dict[str, Any]]:
    """The profiles of those in whose name somebody of that organization may have something signed, by their DIDs; the
    usual one first. None: the operator, who may speak for all."""
    profiles = {
        (did := config.did_of(code)): {"id": did, "type": ["Profile"], "name": one.name, "url": one.url}
        for code, one in organizations.items()
        if organization in (None, code)
    }
    if organization is not None:
        return profiles
    own = {config.did: {"id": config.did, "type": ["Profile"], "name": config.organization}}
    return own | profiles


def completed(credential: dict[str, Any], profiles: Mapping[str, dict[str, Any]], *, at: datetime) -> dict[str, Any]:
    """`profiles`: those of `issuers`; the first is the usual one. Raises `CredentialRefused`."""
    if "proof" in credential:
        raise CredentialRefused("proof: the credential is signed already; what is signed here has no proof yet.")
    given = credential.get("issuer", next(iter(profiles)))
    if not isinstance(given, str | dict):
        raise CredentialRefused("issuer must be an object with an id, or a DID.")
    did = given if isinstance(given, str) else given.get("id")
    profile = profiles.get(did) if isinstance(did, str) else None
    if profile is None:
        raise CredentialRefused(
            "issuer is nobody for whom this key may speak; there is: {known}.", known=tuple(profiles)
        )
    if isinstance(given, dict):
        if given.get("name", profile["name"]) != profile["name"]:
            raise CredentialRefused("issuer.name must be “{name}”, or be left out.", name=profile["name"])
        profile = {"id": did, "type": profile["type"], "name": profile["name"], **given}
    unsecured = {**credential, "issuer": profile}
    unsecured.setdefault("validFrom", timestamp(at))
    return unsecured


def check(unsecured: dict[str, Any], config: Config) -> ContextRule:
    """What passes may be signed, under the rule that is returned. Raises `CredentialRefused`, naming the member."""
    try:
        rule = _rule(kinds.kind_of(unsecured))
        _lint(unsecured, rule)
        _check_ids(unsecured, config)
    except VcError as error:
        raise CredentialRefused(error.message, problem=error.problem, **error.params) from error
    return rule


def rule_of(unsecured: dict[str, Any]) -> ContextRule:
    """Of what has passed `check` before. Raises `CredentialRefused` or `ShapeError`."""
    return _rule(kinds.kind_of(unsecured))


def _rule(kind: Kind) -> ContextRule:
    if kind not in RULES:
        raise CredentialRefused("type: OpenBadgeCredential, EndorsementCredential and ClrCredential are signed here.")
    return RULES[kind]


def _check_ids(unsecured: dict[str, Any], config: Config) -> None:
    """Of what has its kind's form."""
    limit = config.limits.identifier_length.value
    if len(unsecured["id"]) > limit:
        raise CredentialRefused("id has more than {limit} characters.", limit=limit)
    if _is_of(unsecured["id"], config):
        raise CredentialRefused("id is an address of this issuer, which gives them out itself; use one of your own.")
    if kinds.kind_of(unsecured) == "achievement" and _is_of(
        unsecured["credentialSubject"]["achievement"]["id"], config
    ):
        raise CredentialRefused(
            "credentialSubject.achievement.id is of this issuer's catalogue: whoever earns that is awarded it by a "
            "decision. Use an achievement of your own."
        )


def _is_of(id: str, config: Config) -> bool:
    """Whether it leads to this installation, however that is written."""
    try:
        parts, own = urlsplit(id), urlsplit(config.url)
        port, ports = parts.port or _PORTS.get(parts.scheme), {own.port or _PORTS[own.scheme], *_PORTS.values()}
    except ValueError as error:
        raise CredentialRefused("{id} is no address.", id=id[:80]) from error
    host = unicodedata.normalize("NFKC", unquote(parts.hostname or "")).lower().rstrip(".")
    # The host in a did:web is a domain, and its colon may be written in two ways.
    is_our_did = unquote(id).lower().startswith(unquote(config.did).lower())
    return is_our_did or (host == own.hostname and port in ports)


def _lint(unsecured: dict[str, Any], rule: ContextRule) -> None:
    kind = kinds.check_structure(unsecured)
    if kind == "achievement":
        openbadges.lint(unsecured)
        return
    openbadges.check_values(unsecured)
    if kind == "clr":
        _require_signed(unsecured, "")
    canonical_form(unsecured, rule=rule)


def _require_signed(record: dict[str, Any], where: str) -> None:
    """A record vouches for what it holds only by the holding's own signature: bare, it would borrow ours."""
    for place, inner in clr.contained(record, where):
        if model.is_enveloped(inner):
            continue
        if not inner.get("proof"):
            raise CredentialRefused("{where} has no proof; a record holds signed credentials.", where=place)
        if kinds.kind_of(inner) == "clr":
            _require_signed(inner, place)
