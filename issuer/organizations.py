"""The organizations of this installation: a new one, with its key; a new key for one that is here.

    add(database, keyring, {"code": "duke", "name": "Duke", "url": "https://duke.example/"}, actor=…, at=now)
    rotate_key(database, keyring, "duke", actor=…, at=now)

What was signed by the key before goes on verifying: it stays in the organization's DID document.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from issuer import catalogue_imports
from issuer.catalogue import Organization
from issuer.catalogue_files import CatalogueError, read_tables
from issuer.errors import CatalogueRefused, Conflict
from issuer.keyring import Keyring
from issuer.problems import Problem
from issuer.store import audit, catalogues
from issuer.store.database import Database
from issuer.store.organization_keys import OrganizationKey
from issuer.toml_table import Table


def add(
    database: Database, keyring: Keyring, members: Mapping[str, Any], *, actor: str, at: datetime, file: str = "options"
) -> Organization:
    """`members`: as in a catalogue; `file`: what problems call the place where they stand. Raises `CatalogueRefused`,
    or `Conflict` when there is one of that code."""
    problems: list[Problem] = []
    table = Table({"organizations": [dict(members)]}, file, "", problems)
    try:
        found = read_tables([table], problems, beside=catalogue_imports.beside(database, None))
    except CatalogueError as error:
        raise CatalogueRefused(error.problems, "The organization was not added; what is wrong with it:") from error
    (organization,) = found.catalogue.organizations.values()
    with database.read() as tx:
        if organization.code in catalogues.organizations(tx):
            raise Conflict(
                "There is an organization {code} already.",
                hint="What it says of itself is changed by an import of its catalogue.",
                code=organization.code,
            )
    catalogue_imports.take_in(database, keyring, found, actor=actor, at=at)
    return organization


def rotate_key(database: Database, keyring: Keyring, code: str, *, actor: str, at: datetime) -> OrganizationKey:
    """A new key signs from now on. Raises `UnknownOrganization`, or `Conflict` when another process does the same."""
    # the file first: what a power cut leaves of it, the next call opens
    key = keyring.next_key(code, at=at)
    with database.write() as tx:
        keyring.record(tx, key)
        audit.append(tx, code, actor=actor, action="organization.rotate-key", subject=code, at=at, key=key.id)
    return key
