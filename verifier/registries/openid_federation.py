"""Lists of an OpenID Federation 1.0 trust anchor: its signed statements about the issuers directly below it.

A file holds one entity statement (section 3) or a JSON array of them, as a trust chain does (section 4); a federation
on the web is asked for the statement about one issuer (`verifier.federation`). Of the steps of section 10.2:

1. the statement is a JWS with `typ` entity-statement+jwt, by an algorithm of our own allow-list (`vc.jose`);
2. it says who (`iss`) states what about whom (`sub`), and no critical claim that we do not understand (`crit`);
3. it is valid now (`iat`, `exp`);
4. it is signed by a key of its `iss`: of the trust anchor the keys that were pinned, never those that it brings along;
5. what an issuer says of itself (`iss` = `sub`) counts for its name alone, and only when it is signed by the keys that
   the trust anchor's statement names for it.

Statements of intermediate authorities are refused: whoever is in the list is vouched for by the anchor itself. Metadata
policies (section 6) concern how software is configured, not who somebody is, so they are not applied.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from vc import jose, strict_json
from vc.dates import CLOCK_SKEW
from vc.errors import MalformedValue, VcError
from vc.keys import PublicKey
from verifier.known_issuers import MAX_ISSUERS, IssuerList, KnownIssuer, ListRefused, known_issuer

TYP = "entity-statement+jwt"
MAX_KEYS = 20  # keys of one entity; a handful are in use while they are rolled over

_COMPACT = re.compile(rb"\s*[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\s*\Z")


@dataclass(frozen=True)
class Statement:
    """An entity statement whose signature was verified. `keys`: those of `subject` by the word of `issuer`."""

    issuer: str
    subject: str
    issued: datetime
    expires: datetime
    metadata: Mapping[str, Any]
    keys: tuple[PublicKey, ...]

    @property
    def entity(self) -> Mapping[str, Any]:
        """Who it is: the metadata of the type `federation_entity` (section 5.1.1)."""
        found = self.metadata.get("federation_entity")
        return found if isinstance(found, dict) else {}


class OpenIdFederation:
    SIGNED = True

    def recognizes(self, data: bytes) -> bool:
        try:
            return jose.parse(_tokens(data)[0]).header.get("typ") == TYP
        except VcError:
            return False

    def read(self, data: bytes, *, keys: tuple[PublicKey, ...], now: datetime) -> IssuerList:
        if not keys:
            raise ListRefused("The list is signed; say by whose key, with #key=… behind its name.")
        tokens = _tokens(data)
        claims = [_claims(token) for token in tokens]
        anchor = _anchor(claims)
        by_anchor, own_words = [], {}
        for token, claim in zip(tokens, claims, strict=True):
            if claim["iss"] == anchor:
                by_anchor.append(verified(token, keys=keys, now=now))
            elif claim["iss"] == claim["sub"]:
                own_words[claim["sub"]] = token
            else:
                raise ListRefused(
                    "The statement about {issuer} is not by the trust anchor itself; statements of others are not "
                    "followed.",
                    issuer=str(claim["sub"])[:80],
                )
        issuers = tuple(_known(one, own_words.get(one.subject), now) for one in by_anchor if one.subject != anchor)
        about_itself = next((one for one in by_anchor if one.subject == anchor), None)
        return IssuerList(
            issuers,
            name=anchor if about_itself is None else _name(about_itself) or anchor,
            issued=min(one.issued for one in by_anchor),
            expires=min(one.expires for one in by_anchor),
        )


def verified(token: bytes, *, keys: tuple[PublicKey, ...], now: datetime) -> Statement:
    """An entity statement signed by one of the keys and valid now. Raises `ListRefused` and other `Invalid`s."""
    # (1) and (2)
    claims = _claims(token)
    # (3)
    issued, expires = _moment(claims, "iat"), _moment(claims, "exp")
    if issued > now + CLOCK_SKEW:
        raise ListRefused("The statement about {issuer} is dated in the future.", issuer=str(claims["sub"])[:80])
    if expires <= now:
        raise ListRefused(
            "The statement about {issuer} was valid until {date}.", issuer=str(claims["sub"])[:80], date=expires
        )
    # (4)
    jws = jose.parse(token)
    signed_by(jws, keys)
    metadata = claims.get("metadata")
    return Statement(
        claims["iss"],
        claims["sub"],
        issued,
        expires,
        metadata if isinstance(metadata, dict) else {},
        tuple(_keys(claims.get("jwks"))),
    )


def signed_by(jws: jose.Jws, keys: tuple[PublicKey, ...]) -> PublicKey:
    """The key of these that signed it. Raises `ListRefused`."""
    for key in keys:
        try:
            jose.verify(jws, key)
        except VcError:
            continue
        return key
    raise ListRefused("It is not signed by the key that was named for it, or was changed since.")


def entry(statement: Statement) -> KnownIssuer:
    """Who the statement vouches for. Raises `MalformedValue`."""
    homepage = statement.entity.get("homepage_uri")
    return known_issuer(
        statement.subject,
        _name(statement) or statement.subject,
        url=homepage if isinstance(homepage, str) else None,
    )


def _known(statement: Statement, own_word: bytes | None, now: datetime) -> KnownIssuer:
    # (5)
    if _name(statement) is None and own_word is not None:
        own = verified(own_word, keys=statement.keys, now=now)
        return entry(replace(statement, metadata=own.metadata))
    return entry(statement)


def _name(statement: Statement) -> str | None:
    name = statement.entity.get("organization_name")
    return name if isinstance(name, str) and name.strip() else None


def _tokens(data: bytes) -> list[bytes]:
    if _COMPACT.match(data):
        return [data.strip()]
    listed = strict_json.parse(data)
    if not isinstance(listed, list) or not listed or not all(isinstance(token, str) for token in listed):
        raise MalformedValue("A list of entity statements is a JSON array of signed tokens.")
    if len(listed) > 2 * MAX_ISSUERS:
        raise ListRefused("The list names more than {limit} issuers.", limit=MAX_ISSUERS)
    return [token.encode("utf-8") for token in listed]


def _claims(token: bytes) -> dict[str, Any]:
    jws = jose.parse(token)
    if jws.header.get("typ") != TYP:
        raise MalformedValue(
            "A token of the list is no entity statement: its type is {type}.", type=jws.header.get("typ")
        )
    claims = strict_json.parse_object(jws.payload)
    for name in ("iss", "sub"):
        if not isinstance(claims.get(name), str) or ":" not in claims[name]:
            raise MalformedValue("An entity statement has no {member} that is an identifier.", member=name)
    if claims.get("crit"):
        raise ListRefused(
            "The statement about {issuer} has critical claims that are not understood here.", issuer=claims["sub"][:80]
        )
    return claims


def _anchor(claims: list[dict[str, Any]]) -> str:
    """Who states something about others. The keys decide later whether it is the anchor that was meant."""
    stating = {claim["iss"] for claim in claims if claim["iss"] != claim["sub"]}
    if len(stating) > 1:
        raise ListRefused(
            "The list has statements by {count} authorities; only those of one trust anchor are read.",
            count=len(stating),
        )
    if not stating:
        raise ListRefused("The list has no statement about an issuer.")
    return str(stating.pop())


def _moment(claims: dict[str, Any], name: str) -> datetime:
    value = claims.get(name)
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError):
        pass
    raise MalformedValue("The claim {claim} of an entity statement is no date.", claim=name)


def _keys(jwks: Any) -> Iterator[PublicKey]:
    """Keys of kinds that are not read here are passed over: another one may do."""
    listed = jwks.get("keys") if isinstance(jwks, dict) else None
    for jwk in (listed if isinstance(listed, list) else [])[:MAX_KEYS]:
        if not isinstance(jwk, dict):
            continue
        with suppress(VcError):
            yield PublicKey.from_jwk(jwk)


FORMAT = OpenIdFederation()
