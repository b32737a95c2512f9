"""Has the issuer a newer version of it? (VCDM 2.0 section 5.4; Open Badges 3.0, `1EdTechCredentialRefresh`)

The issuer is asked once. A newer version counts when it is the same credential by the same issuer, not older than the
one in hand, and signed; from then on the checks are about it. If none can be had, the one in hand is judged as it is.
"""

from templates.messages import Message
from vc import formats
from vc.dates import parse_datetime
from vc.errors import VcError
from vc.openbadges import many
from vc.securing import issuer_of
from verifier.case import CREDENTIAL, Case
from verifier.report import Check, Outcome

TYPE = "1EdTechCredentialRefresh"


def check(case: Case) -> Check:
    services = [
        one
        for one in many(case.signed.get("refreshService"))
        if TYPE in many(one.get("type")) and isinstance(one.get("id"), str)
    ]
    if not services:
        return _skipped(Message("The issuer offers no newer versions of it."))
    try:
        newer = case.inside(formats.read(case.get(services[0]["id"], CREDENTIAL)))
        checks = case.judge(newer)
    except VcError as error:
        return _skipped(Message("The issuer could not be asked for a newer version of it: {reason}", reason=str(error)))
    needed = [one for one in checks if one.name in ("structure", "proof")]
    bad = next((one for one in needed if one.outcome is not Outcome.PASSED), None)
    if bad is not None:
        return _skipped(Message("What the issuer gives as the newer version is none: {reason}", reason=bad.detail))
    if newer.verified is None or not _continues(newer.signed, case.signed):
        return _skipped(Message("What the issuer gives as the newer version is another credential."))
    if newer.signed == case.signed:
        return Check("refresh", Outcome.PASSED, Message("It is the issuer's newest version."))
    case.secured, case.verified = newer.secured, newer.verified
    return Check("refresh", Outcome.PASSED, Message("The issuer has a newer version of it, and that is what is shown."))


def _continues(newer: dict[str, object], older: dict[str, object]) -> bool:
    since = [parse_datetime(one.get("validFrom") or one.get("issuanceDate")) for one in (newer, older)]
    return newer.get("id") == older.get("id") and issuer_of(newer) == issuer_of(older) and since[0] >= since[1]


def _skipped(detail: Message) -> Check:
    return Check("refresh", Outcome.SKIPPED, detail)
