"""Has the issuer revoked or suspended it? Unreachable is `unknown`, never `passed`.

The bit in the signed list decides. When it is set, the issuer's statement (`statusReference`, on the issuer's own
origin, so no less trustworthy than its did:web document) says why and since when; it is asked only then.
"""

from typing import Any
from urllib.parse import urlsplit

from templates.messages import Message
from vc import formats, strict_json
from vc.context_rules import CREDENTIAL
from vc.dates import parse_datetime
from vc.errors import Invalid, StatusInvalid, StatusUnavailable, Unavailable, VcError
from vc.openbadges import many
from vc.securing import Expected, issuer_of
from vc.status import STATUS_TYPES, bitstring
from verifier.case import JSON, Case
from verifier.report import Check, Outcome

REVOKED = "https://testamur.example/problems#REVOKED"
SUSPENDED = "https://testamur.example/problems#SUSPENDED"
SUPERSEDED = "https://testamur.example/problems#SUPERSEDED"

MAX_ENTRIES = 4  # revocation, suspension, and two to spare


def check(case: Case) -> Check:
    finding = find(case, case.signed)
    if finding is None:
        return Check("status", Outcome.SKIPPED, Message("The issuer keeps no status list for this credential."))
    if finding.problem == SUPERSEDED:
        case.superseded_by = finding.detail.params.get("url")
    return finding


def find(case: Case, signed: dict[str, Any]) -> Check | None:
    """The status of any credential whose content is proved; None when it has none. Raises `StatusUnavailable`."""
    entries = many(signed.get("credentialStatus"))
    if not entries:
        return None
    if len(entries) > MAX_ENTRIES:
        raise StatusInvalid("The credential names {count} statuses.", count=len(entries))
    age = 0
    for entry in entries:
        types = [name for name in many(entry.get("type")) if isinstance(name, str)]
        if not set(types) & set(STATUS_TYPES):
            raise StatusUnavailable("The status type {type} is not supported here.", type=", ".join(types)[:80])
        url, _, purpose = bitstring.read_entry(entry)
        if bitstring.is_set(entry, _list(case, url), issuer=issuer_of(signed), now=case.now):
            return _no_longer(case, entry, purpose)
        age = max(age, case.age(url))
    if age:
        return Check(
            "status",
            Outcome.PASSED,
            Message(
                "Not revoked, by a list that the issuer signed {minutes} minutes ago or earlier; "
                "the issuer cannot be reached now.",
                minutes=max(1, age // 60),
            ),
        )
    return Check("status", Outcome.PASSED, Message("Not revoked and not suspended, by the issuer's current list."))


def _list(case: Case, url: str) -> dict[str, Any]:
    """The status list at `url`, its own proof verified."""
    try:
        secured = formats.read(case.get(url, JSON))
        expected = Expected(now=case.now, rule=CREDENTIAL)
        return formats.verify(secured, dereference=case.dereference, expected=expected).document
    except Unavailable as error:
        raise StatusUnavailable(
            "Whether it was revoked cannot be told now: the issuer's list cannot be had ({reason})", reason=str(error)
        ) from error
    except StatusInvalid:
        raise
    except Invalid as error:
        raise StatusInvalid("The issuer's status list cannot be trusted: {reason}", reason=str(error)) from error


def _no_longer(case: Case, entry: dict[str, Any], purpose: str) -> Check:
    statement = _statement(case, entry)
    state, since = statement.get("state"), _date(statement.get("since"))
    reason = statement.get("reason") if isinstance(statement.get("reason"), str) else None
    other = statement.get("supersededBy")
    if state == "superseded" and isinstance(other, str):
        return _failed(
            SUPERSEDED,
            Message("Replaced by a newer certificate on {date}: {reason}", date=since, reason=reason, url=other),
        )
    if state == "suspended" or (state is None and purpose == "suspension"):
        known = Message("Suspended by the issuer on {date}: {reason}", date=since, reason=reason)
        return _failed(SUSPENDED, known if since and reason else Message("Suspended by the issuer."))
    known = Message("Revoked by the issuer on {date}: {reason}", date=since, reason=reason)
    return _failed(REVOKED, known if since and reason else Message("Revoked by the issuer."))


def _failed(problem: str, detail: Message) -> Check:
    return Check("status", Outcome.FAILED, detail, problem)


def _statement(case: Case, entry: dict[str, Any]) -> dict[str, Any]:
    """Why and since when, in the issuer's words; empty when there is none or it cannot be had."""
    reference = entry.get("statusReference")
    if not isinstance(reference, str) or urlsplit(reference)[:2] != urlsplit(entry["statusListCredential"])[:2]:
        return {}
    try:
        return strict_json.parse_object(case.get(reference, "application/json"))
    except VcError:
        return {}


def _date(value: Any) -> Any:
    try:
        return parse_datetime(value)
    except Invalid:
        return None
