"""What each command of `issuer.cli` says when it is done: JSON for programs, or a report that fits a screen.

Empty states say what to do next.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from issuer.console import Terminal
from templates.i18n import day

if TYPE_CHECKING:
    from issuer.presentation import Shown
    from issuer.recording import Recorded
    from issuer.services import Services
    from issuer.setup import Setup
    from issuer.store.catalogues import Saved
    from issuer.store.credentials import Kind, Line, StoredCredential
    from issuer.store.status import StatusChange

# Rows of a report that are printed; the rest is counted, and --csv or --json has it.
SHOWN_ROWS = 20

_FOLLOWED = {"superseded": "Replaced by", "revoked": "Issued anew"}


def inventory(services: "Services") -> dict[str, int]:
    """How much of everything is there."""
    from issuer.store import catalogues, credentials, decisions, facts

    with services.database.read() as tx:
        catalogue = catalogues.load(tx)
        return {
            "courses": len(catalogue.courses),
            "programs": len(catalogue.programs),
            "facts": facts.count(tx),
            "decisions": decisions.count(tx),
            "certificates": credentials.count(tx),
        }


def setup(terminal: Terminal, made: "Setup", there: dict[str, int], *, as_json: bool) -> None:
    config = made.config
    if as_json:
        identity = {"home": str(config.home), "url": config.url, "verifier_url": config.verifier_url, "did": config.did}
        terminal.json({"created": made.created, "organization": config.organization, **identity, **there})
        return
    terminal.line("The issuer is ready." if made.created else "This issuer is set up already; nothing was changed.")
    terminal.facts(
        [
            ("Organization", config.organization),
            ("Identity", config.did),
            ("Address", config.url),
            ("Verifier", config.verifier_url),
            ("Key", f"{config.key.id}, since {config.key.created}"),
            ("Folder", str(config.home)),
            ("Holds", ", ".join(f"{count} {what}" for what, count in there.items())),
        ]
    )
    if not there["courses"]:
        terminal.line("Next: issuer import catalogue PATH")
    if made.created:
        terminal.line(f"Keep copies of {config.home / 'keys'}: without them nothing more can be signed.")


def catalogue(terminal: Terminal, saved: "Saved", *, as_json: bool) -> None:
    if as_json:
        terminal.json(
            {
                "new_courses": saved.new_courses,
                "new_programs": saved.new_programs,
                "organizations": saved.organizations,
                "courses": saved.courses,
                "programs": saved.programs,
                "sessions": saved.sessions,
            }
        )
        return
    terminal.line(f"New: {counted(saved.new_courses, 'course')}, {counted(saved.new_programs, 'program')}.")
    terminal.line(
        f"In the catalogue now: {counted(saved.organizations, 'organization')}, {counted(saved.courses, 'course')} "
        f"with {counted(saved.sessions, 'session')}, {counted(saved.programs, 'program')}."
    )


def completions(terminal: Terminal, done: "Recorded", *, as_json: bool) -> None:
    report, appended, dry_run = done.report, done.appended, done.dry_run
    problems = [str(problem) for problem in report.all_problems]
    if as_json:
        terminal.json(
            {
                "rows": len(report.rows),
                "accepted": len(report.accepted),
                "refused": len(report.refused),
                "new": len(appended.new),
                "known": len(appended.known),
                "known_and_corrected_since": len(appended.outdated),
                "dry_run": dry_run,
                "problems": problems,
            }
        )
        return
    verb = "would be recorded" if dry_run else "recorded"
    terminal.line(
        f"{counted(len(report.rows), 'row')}: {len(appended.new)} {verb}, {len(appended.known)} known already, "
        f"{len(report.refused)} refused."
    )
    if appended.outdated:
        terminal.line(
            f"{len(appended.outdated)} of the known ones were corrected since; the correction stands. "
            "If they are right again, send them with a later “as_of”."
        )
    first_rows(terminal, problems, "problems")


def certificates(terminal: Terminal, services: "Services", program: str | None, *, as_json: bool) -> None:
    from issuer.concerned import courses_of, require_program
    from issuer.store import catalogues, credentials

    subjects: list[tuple[Kind, str]] | None = None
    with services.database.read() as tx:
        if program is not None:
            catalogue = catalogues.load(tx)
            require_program(catalogue, program)
            versions = [one for (code, _), one in catalogue.programs.items() if code == program]
            courses = sorted({code for one in versions for code in courses_of(catalogue, one)})
            subjects = [("program", program), *(("course", code) for code in courses)]
        found = credentials.lines(tx, subjects=subjects)
        if as_json:
            terminal.json_array(listed(services, one) for one in found)
            return
        rows = (
            (one.share_id, one.kind, one.subject, one.learner, _state(one), on_day(one.released_at)) for one in found
        )
        number = terminal.table(("Id", "Kind", "Of", "Learner", "Status", "Issued"), rows, empty=False)
    if not number:
        terminal.line("There are no certificates yet. Next: issuer decide, then: issuer issue")
        return
    terminal.line(f"{counted(number, 'certificate')}. Each is at {services.config.credential_url('ID')}")


def certificate(
    terminal: Terminal, services: "Services", shown: "Shown", history: "Sequence[StatusChange]", *, as_json: bool
) -> None:
    view, config = shown.view, services.config
    if as_json:
        past = [one.to_json() for one in history]
        terminal.json(
            listed(services, shown.stored)
            | {
                "name": view.title,
                "recipient": view.learner,
                "statement": shown.statement.to_json(config.credential_url),
            }
            | {"verify_url": view.verify_url, "history": past}
        )
        return
    parts = [(part.kind.capitalize(), f"{part.title}, {on_day(part.awarded)}") for part in view.parts]
    terminal.facts(
        [
            ("Certificate", view.title),
            ("Learner", f"{view.learner} ({shown.stored.learner})"),
            ("Organization", view.organization),
            *parts,
            ("Language", view.language),
            ("Completed", on_day(view.completed_on)),
            ("Awarded", on_day(view.awarded)),
            ("Issued", on_day(shown.stored.released_at)),
            ("Status", view.status),
            *((one.status.capitalize(), _change(one)) for one in history),
            *([(_FOLLOWED[view.status], view.superseded_by)] if view.superseded_by else []),
            ("Page", view.url),
            ("Verify", view.verify_url),
        ]
    )


def _change(change: "StatusChange") -> str:
    """“1 June 2026 until 1 July 2026: grade corrected; by Rita”."""
    until = "" if change.until is None else f", to be put right until {on_day(change.until)}"
    by = f"; by {change.actor}" if change.actor else ""
    return f"{on_day(change.at)}: {change.reason}{until}{by}"


def listed(services: "Services", one: "StoredCredential | Line") -> dict[str, Any]:
    """One entry of `issuer list --json`."""
    url = services.config.credential_url(one.share_id)
    return {
        "id": url,
        "kind": one.kind,
        "program": one.subject if one.kind == "program" else None,
        "course": one.subject if one.kind == "course" else None,
        "learner": one.learner,
        "status": _state(one),
        "url": url,
    }


def _state(one: "StoredCredential | Line") -> str:
    return one.status if one.released else "pending"


def first_rows(terminal: Terminal, rows: Sequence[str], what: str) -> None:
    """As many as fit a screen; the rest is counted."""
    for row in rows[:SHOWN_ROWS]:
        terminal.line(f"  {row}")
    if len(rows) > SHOWN_ROWS:
        terminal.line(f"  … and {len(rows) - SHOWN_ROWS} more {what}; --json has them all.")


def counted(number: int, noun: str) -> str:
    """“1 course”, “2 courses”."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def on_day(value: date | datetime | None) -> str:
    return "–" if value is None else day(value, "en")
