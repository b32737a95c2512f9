"""Takes in a catalogue that was read: in whose name, with whose codes, and with a key for each new organization.

    found = read_path(path, beside=beside(database, owner))
    take_in(database, keyring, found, owner=owner, actor=caller.name, at=now)

    (1) judge    whose codes these are (`issuer.catalogue_ownership`): a code of others' is refused, and all with it
    (2) keys     a key file for each organization that is new, made or opened
    (3) record   one transaction looks once more, then: the catalogue as a revision, the keys, the log

A power cut after (2) leaves key files that nobody knows of; the next import opens them.
"""

from datetime import datetime
from typing import Any

from issuer import catalogue_ownership
from issuer.api_errors import UnknownOrganization
from issuer.catalogue import Catalogue
from issuer.catalogue_checks import Findings
from issuer.errors import CatalogueRefused
from issuer.keyring import Keyring
from issuer.store import audit, catalogues, organization_keys
from issuer.store.catalogues import Saved
from issuer.store.database import Database, Transaction


def beside(database: Database, owner: str | None) -> Catalogue:
    """What a catalogue that comes in that name may refer to. Raises `UnknownOrganization`."""
    with database.read() as tx:
        recorded = catalogues.load(tx, with_sessions=False)
    if owner is not None and owner not in recorded.organizations:
        raise UnknownOrganization("There is no organization {code}.", code=owner[:80])
    return catalogue_ownership.referable(recorded, owner)


def take_in(
    database: Database, keyring: Keyring, found: Findings, *, actor: str, at: datetime, owner: str | None = None
) -> Saved:
    """`owner`: in whose name it comes; None: the operator's. Raises `CatalogueRefused`, or `InputRefused` when a
    version is recorded with other content; then nothing was taken."""
    catalogue = found.catalogue

    def entry(tx: Transaction, chain: str | None, action: str, subject: str, **detail: Any) -> None:
        audit.append(tx, chain, actor=actor, action=action, subject=subject, at=at, **detail)

    # (1) judge
    with database.read() as tx:
        _judge(tx, found, owner)
        known = catalogues.organizations(tx)
    # (2) keys
    made = [keyring.first_key(code, at=at) for code in sorted(catalogue.organizations) if code not in known]
    keys = [key for key in made if key is not None]
    # (3) record
    with database.write() as tx:
        _judge(tx, found, owner)
        saved = catalogues.save(tx, catalogue, at=at, owner=owner)
        for key in keys:
            if not organization_keys.of(tx, key.organization):  # else another process was first, with this very key
                keyring.record(tx, key)
                entry(tx, key.organization, "organization.add", key.organization, key=key.id)
        number = str(catalogues.revision(tx))
        brought = {"new_courses": saved.new_courses, "new_programs": saved.new_programs}
        entry(tx, owner, "catalogue.import", number, **brought)
        for chain in sorted(_concerned(catalogue) - {owner}):
            entry(tx, chain, "catalogue.import", number)
    return saved


def _judge(tx: Transaction, found: Findings, owner: str | None) -> None:
    recorded = catalogues.load(tx, with_sessions=False)
    if problems := catalogue_ownership.check(found, recorded, owner=owner):
        raise CatalogueRefused(problems)


def _concerned(catalogue: Catalogue) -> set[str]:
    """The organizations whose catalogue it is."""
    courses = {one.organization for one in catalogue.courses.values()}
    programs = {one.organization for one in catalogue.programs.values()}
    return set(catalogue.organizations) | courses | programs
