"""Does the policy know whom it is dealing with? The name in a credential is a claim; the domain is a fact."""

from vc.securing import issuer_of
from verifier import trust
from verifier.case import Case
from verifier.report import Check, Outcome

_UNKNOWN = "https://testamur.example/problems#ISSUER_UNKNOWN"


def check(case: Case) -> Check:
    outcome, reason = trust.judge(issuer_of(case.signed), case.policy)
    return Check("issuer", outcome, reason, _UNKNOWN if outcome is Outcome.UNKNOWN else None)
