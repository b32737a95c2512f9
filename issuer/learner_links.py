"""Links with which a learner sees how things stand in one program, without an account.

    link, token = create(database, organization="duke", learner="ana", program="android", by="…", now=now)
    config.learner_url(token)                    # for the learner, this once
    opened(tx, token)                            # the link, or `UnknownLink`
    revoke(database, organization="duke", learner="ana", program="android", by="…", now=now)

The token is 16 random bytes in base58, which nobody guesses; what is kept is their SHA-256. Whoever has the link may
read, so it says nothing that the learner should not show: no address, no ids.
"""

import hashlib
import secrets
from datetime import datetime

from issuer.api_errors import UnknownLink
from issuer.config import Config
from issuer.learner_answers import answer
from issuer.store import audit, learner_links
from issuer.store.database import Database, Transaction
from issuer.store.learner_links import LearnerLink
from vc.errors import VcError
from vc.multibase import base58btc_decode, base58btc_encode

TOKEN_BYTES = 16


def create(
    database: Database, config: Config, *, organization: str, learner: str, program: str, by: str, now: datetime
) -> tuple[LearnerLink, str]:
    """The link and its token. Raises `UnknownProgram` or `UnknownLearner`: a link would lead to nothing."""
    secret = secrets.token_bytes(TOKEN_BYTES)
    with database.write() as tx:
        answer(tx, config, organization=organization, learner=learner, program=program, now=now)
        link = learner_links.add(
            tx,
            hash=_hashed(secret),
            organization=organization,
            learner=learner,
            program=program,
            created_by=by,
            at=now,
        )
        _note(tx, link, actor=by, action="learner-link.create", at=now)
    return link, base58btc_encode(secret)


def opened(tx: Transaction, token: str) -> LearnerLink:
    """Raises `UnknownLink`, the same for a link that never was and for one that was revoked."""
    try:
        link = learner_links.get(tx, _hashed(base58btc_decode(token)))
    except (VcError, LookupError):
        link = None
    if link is None or link.revoked_at is not None:
        raise UnknownLink(
            "It was not copied whole, or it does not hold any more. Your institution can give you a new one."
        )
    return link


def revoke(
    database: Database,
    *,
    organization: str,
    learner: str,
    program: str,
    by: str,
    now: datetime,
    id: str | None = None,
) -> tuple[LearnerLink, ...]:
    """Revokes the link `id`, or all that the learner has for the program; answers what was revoked now.

    Raises `UnknownLink` when there is none to revoke."""
    with database.write() as tx:
        gone = learner_links.revoke(tx, organization, learner, program, at=now, id=id)
        if not gone:
            raise UnknownLink("There is no such link that still holds.")
        for link in gone:
            _note(tx, link, actor=by, action="learner-link.revoke", at=now)
    return gone


def _note(tx: Transaction, link: LearnerLink, *, actor: str, action: str, at: datetime) -> None:
    audit.append(
        tx,
        link.organization,
        actor=actor,
        action=action,
        subject=link.id[:16],
        at=at,
        learner=link.learner,
        program=link.program,
    )


def _hashed(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()
