"""Who may do what: roles of an organization's staff, and what each may do.

A key (`issuer.api_keys`) belongs to the staff of one organization, or to the operator, who may act for each of them.
A role may do all that the roles before it may. Two things no role can do alone: more than the hourly limit of
certificates needs the approval of two different approvers (`issuer.cohorts`).

    caller.require("approve", organization="duke")     # returns, or raises `NotAllowed` or `UnknownOrganization`

Another organization's things answer as if there were none: that they exist is not for others to know.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

from issuer.api_errors import NotAllowed, UnknownOrganization
from issuer.errors import InputRefused

Role = Literal["viewer", "registrar", "approver", "administrator"]
ROLES: tuple[Role, ...] = get_args(Role)

Permission = Literal["read", "record", "decide", "status", "approve", "sign", "administer"]

# What each role may do beyond the one before it.
_ADDED: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        "viewer": frozenset({"read"}),  # decisions, certificates, cohorts, the queue
        "registrar": frozenset({"record", "decide", "status"}),  # facts in; dry runs; suspend, revoke, correct; links
        "approver": frozenset({"approve"}),  # that a cohort may be issued, or is undone
        "administrator": frozenset({"sign", "administer"}),  # keys, webhooks, the catalogue, the audit log
    }
)


# What `Caller.name` has behind a person's name, to say how he came in.
_WAY_IN = re.compile(r"\s*\((?:key \d+|command line)\)\Z")


def permissions_of(role: Role) -> frozenset[Permission]:
    """
    >>> sorted(permissions_of("registrar"))
    ['decide', 'read', 'record', 'status']
    """
    upto = ROLES[: ROLES.index(role) + 1]
    return frozenset().union(*(_ADDED[one] for one in upto))


@dataclass(frozen=True)
class Caller:
    """Somebody who acts. `name` is what the audit log calls him; `organization` None: the operator, for each;
    `api_key`: the number of the key that was shown, None on the command line."""

    name: str
    organization: str | None
    permissions: frozenset[Permission]
    api_key: int | None = None

    def require(self, permission: Permission, *, organization: str) -> None:
        """Raises `UnknownOrganization` when the organization is another's, `NotAllowed` when the role is too small."""
        if self.organization not in (None, organization):
            raise UnknownOrganization("There is no organization {code}.", code=organization[:80])
        if permission not in self.permissions:
            raise NotAllowed(
                "This key may not {permission}; it needs the role {role}.",
                permission=permission,
                role=least_role(permission),
            )


def least_role(permission: Permission) -> Role:
    return next(role for role in ROLES if permission in permissions_of(role))


def checked_name(name: str, *, limit: int) -> str:
    """Of somebody who acts: the audit log keeps it for ever, and others read it. Raises `InputRefused`."""
    name = " ".join(name.split())
    if not name or not name.isprintable() or len(name) > limit:
        raise InputRefused("A name has 1 to {limit} printable characters.", limit=limit)
    if "@" in name:
        raise InputRefused("Give a name and no e-mail address: the audit log keeps it for ever.")
    if _WAY_IN.search(name):
        raise InputRefused("What stands in brackets at the end says how somebody came in: give the name alone.")
    return name


def operator(name: str) -> Caller:
    """Who sits at the command line has the database and the keys in his hands: there is nothing to forbid."""
    return Caller(name, None, permissions_of("administrator"))


def same_person(one: str, other: str) -> bool:
    """Whether two callers' names are one person's: the same name, whichever way he came in, or the same key.

    >>> same_person("Zoë (key 1)", "zoë (command line)"), same_person("Zoë (key 1)", "Ada (key 2)")
    (True, False)
    """
    keys = [found[0] for found in map(_WAY_IN.search, (one, other)) if found and "key" in found[0]]
    return _person(one) == _person(other) or (len(keys) > 1 and keys[0] == keys[1])


def _person(caller: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", _WAY_IN.sub("", caller)).casefold().split())
