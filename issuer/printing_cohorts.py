"""What `issuer cohorts` says: who would get what and why not, what became of it, and what to do next."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from issuer.cohort_standing import NOT_ACTIVE
from issuer.console import Terminal
from issuer.printing import counted, first_rows, on_day

if TYPE_CHECKING:
    from issuer.cohort_issuing import Progressed
    from issuer.cohort_standing import Group, Standing
    from issuer.cohort_undoing import Undone
    from issuer.store.cohorts import State


def cohort(terminal: Terminal, found: "Standing", *, hourly: int, csv: Path | None, as_json: bool) -> None:
    """`hourly`: how many may be issued in an hour with one approval."""
    if as_json:
        terminal.json(found.to_json())
        return
    one = found.cohort
    terminal.line(f"Cohort {one.number}" + (f": {one.name}" if one.name else ""), "bold")
    terminal.facts(
        [
            ("Program", f"{one.program}, version {one.version}, of {one.organization}"),
            ("State", found.state),
            *(
                (event.event.capitalize(), f"{on_day(event.at)} by {event.actor}" + _because(event.reason))
                for event in found.events
            ),
        ]
    )
    if found.not_active:
        terminal.line()
        terminal.line(f"{found.not_active}.", "bold")
    terminal.line()
    rows = [
        ("will be issued" if not found.became("issued") + found.became("undone") else "were to be issued", found.ready),
        ("issued before", found.outcome("issued_already")),
        ("not eligible", found.outcome("not_eligible")),
        ("held", found.outcome("held")),
    ]
    terminal.table(("Learners", "Dry run"), [(str(count), what) for what, count in rows], right=frozenset({0}))
    if found.state in ("issuing", "issued", "undone"):
        terminal.line()
        became = [(found.became(state), word) for state, word in _BECAME if found.became(state)]
        terminal.table(("Learners", "Became"), [(str(n), what) for n, what in became], right=frozenset({0}))
    _groups(terminal, "Of the ready ones:", found.notes)
    _groups(terminal, f"{counted(found.outcome('not_eligible'), 'learner')} not eligible:", found.needs)
    held = tuple(group for group in found.held if group.code not in NOT_ACTIVE)  # which is said above
    _groups(terminal, f"{counted(found.outcome('held'), 'learner')} held:", held)
    _groups(terminal, f"{counted(found.became('failed'), 'learner')} failed:", found.failures)
    terminal.line()
    if csv is not None:
        terminal.line(f"{counted(found.learners, 'row')} written to {csv}.")
    terminal.line(_next(found, hourly))
    if any(group.code in ("revoked_before", "undone_before") for group in held):
        terminal.line(f"To issue anew what was revoked: issuer cohorts prepare --program {one.program} --again")


_BECAME: tuple[tuple["State", str], ...] = (
    ("issued", "issued"),
    ("failed", "failed"),
    ("undone", "undone"),
    ("", "wait"),
)


def listed(terminal: Terminal, found: "Sequence[Standing]", *, as_json: bool) -> None:
    if as_json:
        terminal.json([one.to_json() for one in found])
        return
    if not found:
        terminal.line("There are no cohorts yet. Next: issuer cohorts prepare --program CODE")
        return
    rows = [
        (
            str(one.cohort.number),
            one.cohort.name or "–",
            f"{one.cohort.program}, version {one.cohort.version}",
            on_day(one.cohort.prepared_at),
            one.state,
            str(one.learners),
            str(one.ready),
            str(one.became("issued")),
            str(one.became("failed")),
        )
        for one in found
    ]
    heads = ("No.", "Name", "Program", "Prepared", "State", "Learners", "Ready", "Issued", "Failed")
    terminal.table(heads, rows, right=frozenset({0, 5, 6, 7, 8}))


def approved(terminal: Terminal, found: "Standing", *, hourly: int) -> None:
    number = found.cohort.number
    terminal.line(f"Cohort {number} is approved by {_and(tuple(one.actor for one in found.approvals))}.")
    terminal.line(_next(found, hourly))


def issued(terminal: Terminal, done: "Progressed", found: "Standing", *, seconds: float, as_json: bool) -> None:
    if as_json:
        terminal.json(
            {
                "issued": done.issued,
                "course_certificates": done.courses,
                "failed": done.failed,
                "waiting": found.waiting,
                "limit": None if done.limit is None else str(done.limit.message),
                "cohort": found.to_json(),
            }
        )
        return
    number = found.cohort.number
    made = done.issued + done.courses
    rate = f" in {seconds:.0f} s ({made / seconds:.0f}/s)" if seconds >= 1 else ""
    terminal.line(
        f"Issued {counted(done.issued, 'program certificate')} and {counted(done.courses, 'Course Certificate')}{rate}."
    )
    _groups(terminal, f"{counted(found.became('failed'), 'learner')} failed:", found.failures)
    if done.limit is not None:
        terminal.line(f"{counted(found.waiting, 'learner')} still to come: {done.limit.message}", "bold")
        terminal.line(
            f"To go on at once: issuer cohorts approve {number} --by NAME, then: issuer cohorts issue {number}"
        )
    elif found.waiting:
        terminal.line(f"{counted(found.waiting, 'learner')} still to come. Next: issuer cohorts issue {number}")
    elif found.became("failed"):
        terminal.line(f"To try the failed ones again: issuer cohorts issue {number}")
    terminal.line(f"A row for each: issuer cohorts show {number} --csv FILE")


def undone(terminal: Terminal, done: "Undone", number: int) -> None:
    terminal.line(f"Cohort {number} is undone: {counted(done.revoked, 'program certificate')} revoked ({done.reason}).")
    if done.before:
        terminal.line(f"{counted(done.before, 'certificate')} had been revoked before.")
    terminal.line("The Course Certificates stay valid: they were earned.")
    if done.failed:
        terminal.line(f"{counted(len(done.failed), 'certificate')} could not be revoked; run it again:", "bold")
        first_rows(terminal, [f"{learner}: {why}" for learner, why in done.failed], "failed")
    terminal.line("Pages, statements and status lists say so from now on.")


def _groups(terminal: Terminal, head: str, groups: "Sequence[Group]") -> None:
    if not groups:
        return
    terminal.line()
    terminal.line(head)
    width = len(str(groups[0].count))
    for group in groups:
        terminal.line(f"  {group.count:>{width}}  {group.text}")


def _next(found: "Standing", hourly: int) -> str:
    number = found.cohort.number
    match found.state:
        case "unfinished":
            return f"Its preparation was interrupted. Next: issuer cohorts cancel {number}, and prepare it anew."
        case "prepared" if not found.ready:
            return "There is nobody to issue."
        case "prepared":
            more = f" More than {hourly} in an hour need a second approval." if found.ready > hourly else ""
            return f"Nothing is issued yet. Somebody else approves it: issuer cohorts approve {number} --by NAME.{more}"
        case "approved" | "issuing":
            return f"Next: issuer cohorts issue {number}"
        case "issued":
            return f"To take it back: issuer cohorts undo {number} --reason TEXT"
        case "undone":
            return "What it issued is revoked; the Course Certificates stay valid."
        case _:
            return "Nothing of it is issued."


def _and(names: tuple[str, ...]) -> str:
    return " and ".join(names)


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""
