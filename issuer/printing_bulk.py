"""What `issuer bulk` says: how a run stands, the honest count at its end, and what to do next."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from issuer.bulk.following import note, span
from issuer.console import Terminal
from issuer.printing import counted, on_day

if TYPE_CHECKING:
    from issuer.bulk.standing import BulkStanding
    from issuer.store.bulk_runs import Failure


def asked(terminal: Terminal, found: "BulkStanding", *, as_json: bool) -> None:
    if as_json:
        terminal.json(found.to_json())
        return
    number = found.run.number
    terminal.line(f"Bulk run {number} is asked for. A worker does it (issuer worker, issuer serve).")
    terminal.line(f"To see it: issuer bulk watch {number}")


def listed(terminal: Terminal, found: Sequence["BulkStanding"], *, as_json: bool) -> None:
    if as_json:
        terminal.json([one.to_json() for one in found])
        return
    if not found:
        terminal.line("There are no bulk runs. The first: issuer bulk start --cohort N")
        return
    rows = [
        (str(one.run.number), _what(one), one.stage, note(one) if one.run.state == "running" else _short(one))
        for one in found
    ]
    terminal.table(("Run", "Of", "State", "Certificates"), rows, right=frozenset({0}))


def shown(terminal: Terminal, found: "BulkStanding", *, as_json: bool) -> None:
    if as_json:
        terminal.json(found.to_json())
        return
    run = found.run
    terminal.line(f"Bulk run {run.number}: {found.stage}", "bold")
    facts = [("Of", _what(found)), ("Asked for", f"{on_day(run.asked_at)} by {run.asked_by}")]
    if run.ended_at is not None:
        seconds = (run.ended_at - run.asked_at).total_seconds()
        facts.append(("Took", span(seconds) + (f", {found.issued / seconds:,.0f}/s" if seconds >= 1 else "")))
    elif found.remaining is not None:
        facts.append(("Now", note(found)))
    terminal.facts(facts)
    terminal.line()
    rows = [
        ("issued", found.issued),
        ("there already", found.already),
        ("failed", found.failed),
        ("not begun" if run.ended else "to come", found.left),
        ("together", found.total),
    ]
    terminal.table(("Certificates", ""), [(f"{count:,}", what) for what, count in rows], right=frozenset({0}))
    if found.counts.courses:
        terminal.line(f"{counted(found.counts.courses, 'Course Certificate')} beside them.")
    if found.reasons:
        terminal.line()
        terminal.table(("Failed", "Why"), [(f"{count:,}", why) for why, count in found.reasons], right=frozenset({0}))
    if (advice := _next(found)) is not None:
        terminal.line()
        terminal.line(advice)


def failures(terminal: Terminal, found: Iterable["Failure"], *, as_json: bool) -> None:
    if as_json:
        terminal.json_array(asdict(one) for one in found)
        return
    rows = ((one.learner, one.subject, one.why) for one in found)
    if not terminal.table(("Learner", "Of", "Why"), rows, empty=False):
        terminal.line("Nobody failed.")


def _what(found: "BulkStanding") -> str:
    run = found.run
    if run.cohort is not None:
        return f"cohort {run.cohort}, of {run.organization}"
    due = "what is due" if run.program is None else f"what is due of {run.program}"
    return due if run.organization is None else f"{due}, of {run.organization}"


def _short(found: "BulkStanding") -> str:
    parts = [f"{found.issued:,} issued"]
    parts += [f"{found.already:,} there already"] if found.already else []
    parts += [f"{found.failed:,} failed"] if found.failed else []
    parts += [f"{found.left:,} {'not begun' if found.run.ended else 'to come'}"] if found.left else []
    return ", ".join(parts)


def _next(found: "BulkStanding") -> str | None:
    run = found.run
    match run.state:
        case "running":
            return f"To see it go on: issuer bulk watch {run.number}. If no worker is there: issuer worker"
        case "paused":
            why = f"{run.reason} " if run.reason else ""
            return f"{why}To go on: issuer bulk resume {run.number}"
        case "waiting":
            return f"{run.reason} A worker goes on then by itself (issuer worker, issuer serve)."
        case _ if found.failed:
            return f"Who failed: issuer bulk failures {run.number}"
        case _:
            return None
