"""Who may call the API: whoever shows a key that the registrar has made. None exists by default, so nobody may.

    key, text = create(database, name="LMS", scopes=("sign",), now=now)
    authenticate(database, text, scope="sign")     # the key, or an error
    _, text = create(database, name="Registrar", role="registrar", organization="duke", now=now)
    caller_of(database, text).require("record", organization="duke")

The text `testamur_NUMBER_SECRET` is shown once, when it is made. What is kept is the SHA-256 of its 32 random bytes:
nobody guesses those, so a slow hash would protect nothing more.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, cast, get_args

from issuer.access import ROLES, Caller, Permission, Role, checked_name, permissions_of
from issuer.api_errors import ApiKeyMissing, ApiKeyRefused, ScopeMissing, UnknownApiKey, UnknownOrganization
from issuer.errors import InputRefused
from issuer.limits import Limits
from issuer.store import api_keys, audit, catalogues
from issuer.store.api_keys import ApiKey
from issuer.store.database import Database
from vc.dates import timestamp

Scope = Literal["sign", "status"]
SCOPES: tuple[Scope, ...] = get_args(Scope)

SECRET_BYTES = 32
_FORM = re.compile(r"testamur_([1-9][0-9]{0,8})_([0-9a-f]{64})", re.ASCII)
_NOBODYS = bytes(32)  # no secret is known that hashes to it


def create(
    database: Database,
    *,
    name: str,
    now: datetime,
    scopes: Iterable[str] = (),
    role: str | None = None,
    organization: str | None = None,
    created_by: str = "command line",
    limits: Limits | None = None,
) -> tuple[ApiKey, str]:
    """The key, and the text that its holder shows. It has a role, or scopes. `organization` None: the operator's, for
    every organization. Raises `InputRefused` or `UnknownOrganization`."""
    name = checked_name(name, limit=(limits or Limits()).api_key_name_length.value)
    wanted = set(scopes)
    if unknown := wanted - set(SCOPES):
        raise InputRefused("There is no scope {scope}; there is: {known}.", scope=min(unknown), known=SCOPES)
    if role is not None and role not in ROLES:
        raise InputRefused("There is no role {role}; there is: {known}.", role=role, known=ROLES)
    if not wanted and role is None:
        raise InputRefused("A key that is for nothing is no use; there is: {known}.", known=(*ROLES, *SCOPES))
    if wanted and role is not None:
        raise InputRefused("A key has a role or scopes, not both.")
    secret = secrets.token_bytes(SECRET_BYTES)
    scope = " ".join(one for one in SCOPES if one in wanted)
    with database.write() as tx:
        if organization is not None and organization not in catalogues.organizations(tx):
            raise UnknownOrganization("There is no organization {code}.", code=organization[:80])
        key = api_keys.add(
            tx,
            name=name,
            hash=_hashed(secret),
            scope=scope,
            role=role,
            organization=organization,
            created_by=created_by,
            at=now,
        )
        audit.append(
            tx,
            organization,
            actor=created_by,
            action="api-key.create",
            subject=str(key.id),
            at=now,
            name=name,
            role=role,
            scope=scope,
        )
    return key, f"testamur_{key.id}_{secret.hex()}"


def authenticate(database: Database, text: str | None, *, scope: Scope) -> ApiKey:
    """The key that `text` is. Raises `ApiKeyMissing`, `ApiKeyRefused` or `ScopeMissing`."""
    key = _shown(database, text)
    if scope not in key.scopes | _permissions(key):
        raise ScopeMissing("This key lacks the scope {scope}.", scope=scope)
    return key


def caller_of(database: Database, text: str | None) -> Caller:
    """Who shows that key. What he may do, he is asked for then (`Caller.require`). Raises `ApiKeyMissing` or
    `ApiKeyRefused`."""
    return holder_of(_shown(database, text))


def holder_of(key: ApiKey) -> Caller:
    """Who shows that key, as the audit log calls him."""
    return Caller(f"{key.name} (key {key.id})", key.organization, _permissions(key), key.id)


def _permissions(key: ApiKey) -> frozenset[Permission]:
    """A key with scopes alone is for the two calls of the VC API, and for nothing of the office."""
    return frozenset() if key.role is None else permissions_of(cast(Role, key.role))


def _shown(database: Database, text: str | None) -> ApiKey:
    # (1) there is one, and it looks like one
    if text is None:
        raise ApiKeyMissing("Send “Authorization: Bearer” with a key that `issuer api-keys new` has made.")
    form = _FORM.fullmatch(text)
    if form is None:
        raise ApiKeyRefused("This is no key of this issuer.")
    # (2) it is one: compared in a time that tells nothing, also where there is no key of that number
    with database.read() as tx:
        try:
            key = api_keys.get(tx, int(form[1]))
        except LookupError:
            key = None
    same = hmac.compare_digest(_hashed(bytes.fromhex(form[2])), _NOBODYS if key is None else key.hash)
    if key is None or not same:
        raise ApiKeyRefused("This is no key of this issuer.")
    # (3) it still holds
    if key.revoked_at is not None:
        raise ApiKeyRefused("This key was revoked on {date}.", date=key.revoked_at.date())
    return key


def revoke(
    database: Database, id: int, *, now: datetime, actor: str = "command line", organization: str | None = None
) -> ApiKey:
    """At once, and for good; once more, it stays as it is. `organization`: whose key it must be. The last administrator
    may go too: a key that leaked must end, and the operator makes another. Raises `UnknownApiKey`."""
    with database.write() as tx:
        try:
            key = api_keys.get(tx, id)
        except LookupError:
            key = None
        if key is None or organization not in (None, key.organization):
            raise UnknownApiKey("There is no key {id}.", hint="`issuer api-keys list` shows them all.", id=id)
        if key.revoked_at is None:
            key = api_keys.revoke(tx, id, at=now)
            audit.append(tx, key.organization, actor=actor, action="api-key.revoke", subject=str(id), at=now)
        return key


def described(key: ApiKey) -> dict[str, Any]:
    """What may be told of a key: all but what makes it one."""
    return {
        "id": key.id,
        "name": key.name,
        "organization": key.organization,
        "role": key.role,
        "scopes": sorted(key.scopes),
        "created": timestamp(key.created_at),
        "created_by": key.created_by,
        "revoked": None if key.revoked_at is None else timestamp(key.revoked_at),
    }


def _hashed(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()
