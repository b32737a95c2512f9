"""Does the policy know whom it is dealing with? The name in a credential is a claim; the domain is a fact."""

from verifier.case import Case
from verifier.report import Check


def check(case: Case) -> Check:
    found = case.assessment
    return Check("issuer", found.outcome, found.reason, found.problem)
