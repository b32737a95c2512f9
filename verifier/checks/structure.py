"""Is it an Open Badges 3.0 credential, in words that are known here?"""

from templates.messages import Message
from vc.context_rules import check_contexts
from vc.kinds import check_structure
from vc.shapes import unnamed
from verifier.case import Case
from verifier.report import Check, Outcome


def check(case: Case) -> Check:
    check_contexts(case.document.get("@context"), case.rule)
    if check_structure(case.document) != "achievement":
        raise unnamed("type", "OpenBadgeCredential or AchievementCredential")
    return Check("structure", Outcome.PASSED, Message("It is a complete Open Badges 3.0 credential."))
