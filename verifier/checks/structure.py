"""Is it an Open Badges 3.0 credential, in words that are known here?"""

from templates.messages import Message
from vc.context_rules import check_contexts
from vc.openbadges import check_structure
from verifier.case import Case
from verifier.report import Check, Outcome


def check(case: Case) -> Check:
    check_contexts(case.document.get("@context"), case.rule)
    check_structure(case.document)
    return Check("structure", Outcome.PASSED, Message("It is a complete Open Badges 3.0 credential."))
