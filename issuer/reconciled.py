"""What a reconciliation did, and what it left as it is: certificate by certificate, each with its reason."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from issuer.store.credentials import StoredCredential
from templates.i18n import say
from templates.messages import Message

Did = Literal["finished", "suspended", "reinstated", "revoked", "renewed", "reissued", "issued"]
Left = Literal["held", "overruled"]


@dataclass(frozen=True)
class Deed:
    """`certificate`: the one it was done to, as it was; `until`: the last day of grace; `new`: what was issued."""

    did: Did
    certificate: StoredCredential
    why: Message
    until: date | None = None
    new: StoredCredential | None = None


@dataclass(frozen=True)
class LeftAlone:
    """What disagrees and was not put right: it could not be issued, or somebody decided otherwise."""

    left: Left
    certificate: StoredCredential
    why: Message


@dataclass(frozen=True)
class Reconciled:
    """`learners`: how many were looked at."""

    deeds: tuple[Deed, ...]
    left: tuple[LeftAlone, ...]
    learners: int

    def to_json(self, credential_url: Callable[[str], str], lang: str = "en") -> dict[str, Any]:
        """`credential_url`: a function from a share id to the credential's id."""
        return {
            "learners": self.learners,
            "done": [
                {
                    "did": one.did,
                    "learner": one.certificate.learner,
                    "subject": one.certificate.subject,
                    "id": credential_url(one.certificate.share_id),
                    "why": say(one.why, lang),
                    "until": None if one.until is None else one.until.isoformat(),
                    "new": None if one.new is None else credential_url(one.new.share_id),
                }
                for one in self.deeds
            ],
            "left": [
                {
                    "left": one.left,
                    "learner": one.certificate.learner,
                    "subject": one.certificate.subject,
                    "id": credential_url(one.certificate.share_id),
                    "why": say(one.why, lang),
                }
                for one in self.left
            ],
        }
