"""Is this document an Open Badges 3.0 credential? (1EdTech Open Badges 3.0, appendix B, data model.)

1. the classes, member by member: our JSON Schema (`vc.schemas`); where the model says "one or many", both are read;
2. the rules for every credential (`vc.model`), under VCDM 2.0 or 1.1;
3. what the model says in prose: somebody is awarded, there are criteria, results are of what is described, ids differ.

Embedded endorsements are credentials of their own: what is wrong with one is no fault of the credential that it
endorses, so here it need only be an object. Members that no class has are left to the JSON-LD guard.
"""

from typing import Any

from vc import model, schemas
from vc.errors import ShapeError
from vc.openbadges import results
from vc.values import inside, many, unnamed, wrong


def check_structure(credential: Any, where: str = "") -> None:
    """AchievementCredential. Raises `ShapeError`, `RangeError` or `UnknownContext`, naming the member."""
    check_names(credential, where, "OpenBadgeCredential", "AchievementCredential")
    schemas.validate("achievement-credential", credential, where)
    model.check_credential(credential, where)
    if not isinstance(credential["issuer"], dict):
        # The class ProfileRef allows a URL; but who awarded it is what people want to read, and it must be signed.
        raise wrong(inside(where, "issuer"), "an object", credential["issuer"])
    place = inside(where, "credentialSubject")
    subject = credential["credentialSubject"]
    check_recipient(subject, place)
    check_achievement(subject["achievement"], inside(place, "achievement"))
    results.check_results(subject, place)
    _check_evidence(credential, where)


def check_endorsement(credential: Any, where: str = "") -> None:
    """EndorsementCredential. Raises `ShapeError`, `RangeError` or `UnknownContext`, naming the member."""
    check_names(credential, where, "EndorsementCredential")
    schemas.validate("endorsement-credential", credential, where)
    model.check_credential(credential, where)


def check_names(credential: Any, where: str, *names: str) -> None:
    """First of all, the kind: nobody wants to read what is wrong with an endorsement that was never meant to be one."""
    if isinstance(credential, dict) and not any(name in many(credential.get("type")) for name in names):
        raise unnamed(inside(where, "type"), " or ".join(names))


def check_recipient(subject: dict[str, Any], where: str) -> None:
    """AchievementSubject and ClrSubject: who is awarded. Whether a hash is one, the question for somebody will show."""
    if "id" not in subject and not many(subject.get("identifier")):
        raise ShapeError("{where} has neither an id nor an identifier: it is awarded to nobody.", where=where)


def check_achievement(achievement: dict[str, Any], where: str) -> None:
    criteria = achievement["criteria"]
    if "id" not in criteria and "narrative" not in criteria:
        raise ShapeError("{where} has neither an id nor a narrative.", where=inside(where, "criteria"))
    results.check_descriptions(achievement, where)


def _check_evidence(credential: dict[str, Any], where: str) -> None:
    seen = set()
    for index, evidence in enumerate(many(credential.get("evidence"))):
        if (id_ := evidence.get("id")) in seen:
            raise ShapeError("{where} has the same id as another one.", where=inside(inside(where, "evidence"), index))
        if id_ is not None:
            seen.add(id_)
