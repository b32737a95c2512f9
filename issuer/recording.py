"""Facts come in: what a source sent is read, and what is sound of it recorded, with a report for every row.

    done = record(database, data, source="csv", label="spring.csv", caller=caller, organization="duke", now=now)
    done.appended.new, done.report.refused

`label` is what the facts name as their source. Nothing is recorded of a delivery that cannot be read at all; of one
that can, a broken row never stops the others.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from issuer import sources
from issuer.access import Caller
from issuer.errors import InputRefused
from issuer.imports import ImportReport
from issuer.limits import Limits
from issuer.mappings import NOTHING, Mapped
from issuer.store import audit, catalogues, facts
from issuer.store.database import Database
from issuer.store.facts import Appended


@dataclass(frozen=True)
class Recorded:
    """`appended`: what became of the accepted rows; after a dry run, what would have."""

    report: ImportReport
    appended: Appended
    dry_run: bool = False

    def to_json(self, limits: Limits) -> dict[str, Any]:
        """`refused` lists problems up to a limit; `refused_rows` counts rows."""
        told = self.report.to_json()
        return told | {
            "refused": told["refused"][: limits.problems_listed.value],
            "refused_rows": len(self.report.refused),
            "new": len(self.appended.new),
            "known": len(self.appended.known),
            "outdated": len(self.appended.outdated),
            "dry_run": self.dry_run,
        }


def record(
    database: Database,
    data: bytes,
    *,
    source: str,
    label: str,
    caller: Caller,
    organization: str | None,
    now: datetime,
    mapping: Mapped = NOTHING,
    dry_run: bool = False,
) -> Recorded:
    """`organization`: only rows about its courses and programs are taken; None: about anybody's (the operator). Raises
    `InputRefused` for an unknown source, and when nothing of `data` can be read."""
    reader = sources.source(source)
    with database.read() as tx:
        catalogue = catalogues.load(tx)
    if not catalogue.courses:
        raise InputRefused("There are no courses yet.", hint="First run: issuer import catalogue PATH")
    report = reader.read(
        data, catalogue=catalogue, source=label, recorded_at=now, organization=organization, mapping=mapping
    )
    if report.problems:
        lines = tuple(str(problem) for problem in report.problems)
        raise InputRefused("{file} was not imported.", file=label, lines=lines)
    with database.write() as tx:
        appended = facts.append(tx, report.facts, keep=not dry_run)
        if not dry_run:
            audit.append(
                tx,
                organization,
                actor=caller.name,
                action="facts.record",
                subject=label,
                at=now,
                source=source,
                new=len(appended.new),
                known=len(appended.known),
                refused=len(report.refused),
            )
    return Recorded(report, appended, dry_run)
