"""VCALM "Update Status": what a caller asks of a list's entry becomes a suspension, reinstatement or revocation.

    change(database, config, caller, credential_id=url, entry={"type": …, "statusPurpose": "suspension"}, value=True,
           reason="under review", now=now)

| statusPurpose | status | what it is here |
|---|---|---|
| revocation | true | revoke |
| suspension | true | suspend |
| suspension | false | reinstate |
| revocation | false | refused: a revocation is final |

Another organization's certificate is one that nobody knows.

A certificate has one entry, and its statement says which of them is true (docs/adr/0005). Asking for what is so already
changes nothing, so a request may be repeated.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from issuer import revocation
from issuer.access import Caller
from issuer.api_errors import RequestRefused
from issuer.config import Config
from issuer.errors import TransitionRefused, UnknownCredential
from issuer.limits import Limits
from issuer.revocation import TRANSITIONS, Action, Statement
from issuer.store import credentials, signed
from issuer.store.credentials import StoredCredential
from issuer.store.database import Database, Transaction
from vc import strict_json
from vc.securing import issuer_of

# The first is the entry's type by Bitstring Status List 1.0, the second what the examples of VCALM call it.
TYPES = ("BitstringStatusListEntry", "BitstringStatusList")

ACTIONS: Mapping[tuple[str, bool], Action] = MappingProxyType(
    {
        ("revocation", True): "revoke",
        ("suspension", True): "suspend",
        ("suspension", False): "reinstate",
    }
)


def change(
    database: Database,
    config: Config,
    caller: Caller,
    *,
    credential_id: str,
    entry: Mapping[str, Any],
    value: bool,
    reason: str,
    now: datetime,
) -> Statement:
    """What is true afterwards. Raises `UnknownCredential`, `NotReleased`,
    `RequestRefused` or `TransitionRefused`."""
    with database.read() as tx:
        stored = _find(tx, config, caller, credential_id)
    action = _action(entry, value, stored)
    reason = checked(reason, config.limits)
    try:
        revocation.change(database, stored.share_id, action, reason=reason, now=now, config=config, actor=caller.name)
    except TransitionRefused:
        with database.read() as tx:
            present = revocation.statement(tx, stored)
        if present.status != TRANSITIONS[action].after:
            raise
        return present
    with database.read() as tx:
        return revocation.statement(tx, stored)


def checked(reason: str, limits: Limits) -> str:
    """A reason that came with a request. Raises `RequestRefused`."""
    try:
        return revocation.checked_reason(reason, limits)
    except TransitionRefused as error:  # not of the certificate's state, but of what was sent
        raise RequestRefused(error.message.text, **error.message.params) from error


def _find(tx: Transaction, config: Config, caller: Caller, credential_id: str) -> StoredCredential:
    """By its whole id: the last part alone might come from another issuer's."""
    unknown = UnknownCredential("No certificate has the id {id}.", id=credential_id[:200])
    on_request = signed.by_id(tx, credential_id)
    if on_request is not None and _may_see(caller, config, issuer_of(strict_json.parse_object(on_request.unsecured))):
        raise UnknownCredential("{id} was signed on request: no status is kept for that yet.", id=credential_id)
    share_id = credential_id.removeprefix(config.credential_url(""))
    if credential_id != config.credential_url(share_id) or "/" in share_id:
        raise unknown
    try:
        stored = credentials.by_share_id(tx, share_id)
    except LookupError as error:
        raise unknown from error
    if caller.organization not in (None, stored.organization):
        raise unknown
    return revocation.find(tx, share_id)


def _may_see(caller: Caller, config: Config, did: str) -> bool:
    return caller.organization is None or config.did_of(caller.organization) == did


def _action(entry: Mapping[str, Any], value: bool, stored: StoredCredential) -> Action:
    if entry.get("type") not in TYPES:
        raise RequestRefused("credentialStatus.type must be {type}.", type=TYPES[0])
    # The members that say which entry is meant; a caller may copy it from the certificate.
    own = strict_json.parse_object(stored.unsecured)["credentialStatus"]
    for name in entry:
        if name not in ("type", "statusPurpose") and entry[name] != own.get(name):
            raise RequestRefused("credentialStatus.{name} is not that of this certificate.", name=name[:80])
    purpose = entry.get("statusPurpose")
    if purpose not in ("revocation", "suspension"):
        raise RequestRefused("credentialStatus.statusPurpose must be revocation or suspension.")
    if (purpose, value) not in ACTIONS:
        raise TransitionRefused("A revocation is not taken back: `status` false is for suspension only.")
    return ACTIONS[purpose, value]
