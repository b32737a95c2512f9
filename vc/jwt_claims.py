"""The registered claims of a JWT (RFC 7519 section 4.1), beside the credential or presentation that it carries.

What a claim must be depends on the dialect, and a token is of exactly one:

* `OPEN_BADGES` (Open Badges 3.0 section 8.2): the payload is the credential, and `iss jti nbf` and mostly `sub` stand
  beside it. `nbf` and `exp` are the credential's own dates.
* `VC_JWT` (VC-JOSE-COSE section 3.1): the payload is the credential; claims may stand beside it, and `exp nbf iat` are
  about the signature.
* `VCDM_1` (VCDM 1.1 section 6.3.1; only read): the credential stands in a claim `vc`, without members that claims say.

Where a claim and a member say the same thing, they must be equal. The credential's own dates are judged where all
credentials' dates are; those of a signature here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from vc.context_rules import VC1
from vc.dates import CLOCK_SKEW, parse_datetime, timestamp
from vc.errors import Invalid, MalformedValue, ProofInvalid, RangeError
from vc.securing import Expected

# Claims about the token; they are no members of the credential.
REGISTERED = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "nonce", "cnf"})


@dataclass(frozen=True)
class Dialect:
    """`required`: claims that must be there. `own_dates`: `nbf` and `exp` are those of the credential. `wrapped`: it
    stands in a claim."""

    name: str
    required: frozenset[str] = frozenset()
    own_dates: bool = True
    wrapped: bool = False

    def document(self, claims: Mapping[str, Any]) -> dict[str, Any]:
        """The credential or presentation, without what is only the token's."""
        if self.wrapped:
            return _unwrapped(claims)
        document = {name: value for name, value in claims.items() if name not in REGISTERED}
        if self.own_dates and "exp" in claims:  # Open Badges 3.0 section 8.2.4.1, last point
            document.setdefault(_date_members(document)["exp"], timestamp(moment(claims, "exp")))
        return document

    def check(self, claims: Mapping[str, Any], document: dict[str, Any], *, now: datetime) -> None:
        """Raises `ProofInvalid` for a claim that is missing or contradicts the document, `RangeError` for dates."""
        # (1) what must be there
        subject = _subject_id(document)
        required = self.required | ({"sub"} if self.required and subject is not None else frozenset())
        for name in sorted(required - claims.keys()):
            raise ProofInvalid("The token has no {name}, which an Open Badges token must have.", name=name)
        # (2) who and what
        for name, member in (("iss", party_id(document)), ("jti", document.get("id")), ("sub", subject)):
            if name in claims and claims[name] != member:
                raise _contradiction(name, claims[name], member)
        # (3) when: as the credential says, or the signature's own dates
        if self.own_dates and not is_presentation(document):
            _check_dates(claims, document)
        check_times(claims, now=now, own=not self.own_dates or is_presentation(document))


OPEN_BADGES = Dialect("JWT", frozenset({"iss", "jti", "nbf"}))
VC_JWT = Dialect("vc+jwt", own_dates=False)
VCDM_1 = Dialect("JWT 1.1", wrapped=True)


def moment(claims: Mapping[str, Any], name: str) -> datetime:
    """A NumericDate (RFC 7519 section 2): seconds since 1970. Raises `MalformedValue`."""
    value = claims[name]
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise MalformedValue("The token's {name} is no date in seconds.", name=name)


def check_times(claims: Mapping[str, Any], *, now: datetime, own: bool = True) -> None:
    """`iat` is not in the future; and with `own`, `exp` and `nbf` hold now. Raises `RangeError`."""
    for name in ("iat", "nbf") if own else ("iat",):
        if name in claims and moment(claims, name) > now + CLOCK_SKEW:
            raise RangeError("The token is dated {date}, which is in the future.", date=moment(claims, name))
    if own and "exp" in claims and moment(claims, "exp") <= now:
        raise RangeError("The token expired on {date}.", date=moment(claims, "exp"))


def check_audience(claims: Mapping[str, Any], expected: Expected) -> None:
    """`nonce` answers the challenge, `aud` names the domain. A token for another's question is a replay here."""
    for name, wanted in (("aud", expected.domain), ("nonce", expected.challenge)):
        if wanted is None and name in claims:
            raise ProofInvalid("The token carries {name}: it was made for somebody else to ask for.", name=name)
        if wanted is not None and wanted != claims.get(name) and not (name == "aud" and claims.get(name) == [wanted]):
            raise ProofInvalid("The token does not answer what was asked: its {name} is another.", name=name)


def party_id(document: Mapping[str, Any]) -> Any:
    """The id of the issuer of a credential or of the holder of a presentation; None when there is none."""
    party = document.get("holder" if is_presentation(document) else "issuer")
    return party.get("id") if isinstance(party, dict) else party


def is_presentation(document: Mapping[str, Any]) -> bool:
    return "VerifiablePresentation" in _types(document)


def is_credential(document: Mapping[str, Any]) -> bool:
    return "VerifiableCredential" in _types(document)


def first_context(document: Mapping[str, Any]) -> Any:
    contexts = document.get("@context")
    return contexts[0] if isinstance(contexts, list) and contexts else contexts


def _types(document: Mapping[str, Any]) -> list[Any]:
    types = document.get("type")
    return types if isinstance(types, list) else [types]


def _subject_id(document: Mapping[str, Any]) -> Any:
    """Of the only subject; None when it has none or there are several, which no `sub` can name."""
    subjects = document.get("credentialSubject")
    if isinstance(subjects, list):
        subjects = subjects[0] if len(subjects) == 1 else None
    return subjects.get("id") if isinstance(subjects, dict) else None


def _unwrapped(claims: Mapping[str, Any]) -> dict[str, Any]:
    """VCDM 1.1 section 6.3.1, "JWT Decoding": a claim sets the member that is not there."""
    if "vc" in claims and "vp" in claims:
        raise ProofInvalid("The token carries a credential and a presentation; nobody can tell which is meant.")
    found = claims.get("vc", claims.get("vp"))
    if not isinstance(found, dict):
        raise MalformedValue("The token's claim {name} is no credential.", name="vc" if "vc" in claims else "vp")
    document = dict(found)
    for name, member in _date_members(document).items() if "vc" in claims else ():
        if name in claims:
            document.setdefault(member, timestamp(moment(claims, name)))
    if "jti" in claims:
        document.setdefault("id", claims["jti"])
    if "iss" in claims:
        member = "issuer" if "vc" in claims else "holder"
        party = document.setdefault(member, claims["iss"])
        if isinstance(party, dict):
            document[member] = {"id": claims["iss"], **party}
    if "sub" in claims and isinstance(subject := document.get("credentialSubject", {}), dict):
        document["credentialSubject"] = {"id": claims["sub"], **subject}
    return document


def _date_members(document: Mapping[str, Any]) -> dict[str, str]:
    """Which member `nbf` and `exp` repeat; VCDM 1.1 had other names for both."""
    if first_context(document) == VC1:
        return {"nbf": "issuanceDate", "exp": "expirationDate"}
    return {"nbf": "validFrom", "exp": "validUntil"}


def _check_dates(claims: Mapping[str, Any], document: Mapping[str, Any]) -> None:
    for name, member in _date_members(document).items():
        if name not in claims:
            continue
        said, value = moment(claims, name), document.get(member)
        try:
            date = parse_datetime(value)
        except Invalid as error:
            raise ProofInvalid("The token's {name} has no {member} beside it.", name=name, member=member) from error
        # Most issuers write whole seconds, also for a credential that has fractions.
        if said not in (date, date.replace(microsecond=0)):
            raise _contradiction(name, said.isoformat(), value)


def _contradiction(name: str, said: Any, member: Any) -> ProofInvalid:
    return ProofInvalid(
        "The token's {name} is {said}, but its credential says {member}.",
        name=name,
        said=repr(said)[:120],
        member=repr(member)[:120],
    )
