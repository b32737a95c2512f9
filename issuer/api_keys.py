"""Who may call the API: whoever shows a key that the registrar has made. None exists by default, so nobody may.

    key, text = create(database, name="LMS", scopes=("sign",), now=now)
    authenticate(database, text, scope="sign")     # the key, or an error

The text `testamur_NUMBER_SECRET` is shown once, when it is made. What is kept is the SHA-256 of its 32 random bytes:
nobody guesses those, so a slow hash would protect nothing more.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Literal, get_args

from issuer.errors import ApiKeyMissing, ApiKeyRefused, InputRefused, ScopeMissing, UnknownApiKey
from issuer.limits import Limits
from issuer.store import api_keys
from issuer.store.api_keys import ApiKey
from issuer.store.database import Database

Scope = Literal["sign", "status"]
SCOPES: tuple[Scope, ...] = get_args(Scope)

SECRET_BYTES = 32
_FORM = re.compile(r"testamur_([1-9][0-9]{0,8})_([0-9a-f]{64})", re.ASCII)
_NOBODYS = bytes(32)  # no secret is known that hashes to it


def create(
    database: Database, *, name: str, scopes: Iterable[str], now: datetime, limits: Limits | None = None
) -> tuple[ApiKey, str]:
    """The key, and the text that its holder shows. Raises `InputRefused`."""
    name = " ".join(name.split())
    limit = (limits or Limits()).api_key_name_length.value
    if not name or not name.isprintable() or len(name) > limit:
        raise InputRefused("A key's name has 1 to {limit} printable characters.", limit=limit)
    wanted = set(scopes)
    if unknown := wanted - set(SCOPES):
        raise InputRefused("There is no scope {scope}; there is: {known}.", scope=min(unknown), known=SCOPES)
    if not wanted:
        raise InputRefused("A key that is for nothing is no use; there is: {known}.", known=SCOPES)
    secret = secrets.token_bytes(SECRET_BYTES)
    scope = " ".join(one for one in SCOPES if one in wanted)
    with database.write() as tx:
        key = api_keys.add(tx, name=name, hash=_hashed(secret), scope=scope, at=now)
    return key, f"testamur_{key.id}_{secret.hex()}"


def authenticate(database: Database, text: str | None, *, scope: Scope) -> ApiKey:
    """The key that `text` is. Raises `ApiKeyMissing`, `ApiKeyRefused` or `ScopeMissing`."""
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
    # (3) it still holds, and for this
    if key.revoked_at is not None:
        raise ApiKeyRefused("This key was revoked on {date}.", date=key.revoked_at.date())
    if scope not in key.scopes:
        raise ScopeMissing("This key lacks the scope {scope}.", scope=scope)
    return key


def revoke(database: Database, id: int, *, now: datetime) -> ApiKey:
    """At once, and for good. Raises `UnknownApiKey`."""
    with database.write() as tx:
        try:
            return api_keys.revoke(tx, id, at=now)
        except LookupError as error:
            raise UnknownApiKey(
                "There is no key {id}.", hint="`issuer api-keys list` shows them all.", id=id
            ) from error


def _hashed(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()
