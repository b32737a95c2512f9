"""What `decide`, `issue` and `correct` say when they are done: who got what, and who did not and why."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from issuer.console import Terminal
from issuer.printing import counted, first_rows, listed

if TYPE_CHECKING:
    from issuer.deciding import Run
    from issuer.issuance import Finished, Issued
    from issuer.selection import Plan
    from issuer.services import Services
    from issuer.signing_requests import FinishedRequests

_OUTCOMES = ("eligible", "not_eligible", "not_active")


def decisions(
    terminal: Terminal,
    services: "Services",
    run: "Run",
    *,
    detailed: bool,
    dry_run: bool,
    csv: Path | None,
    as_json: bool,
) -> None:
    url = services.config.credential_url
    lost = [
        {"learner": one.decision.learner, "program": one.decision.program, "id": url(one.certificate.share_id)}
        for one in run.lost
    ]
    unsupported = [
        {"learner": one.completion.learner, "course": one.completion.course, "id": url(one.certificate.share_id)}
        for one in run.unsupported
    ]
    if as_json:
        made = [one.decision.to_json() | {"new": one.new, "awarded": one.awarded} for one in run.decided]
        terminal.json(
            {"dry_run": dry_run, "decisions": made, "lost_evidence": lost, "unsupported_certificates": unsupported}
        )
        return
    if not run.decided:
        terminal.line("There is nobody to decide. Next: issuer import completions FILE")
        return
    by_program: dict[str, list[Any]] = {}
    for one in run.decided:
        by_program.setdefault(f"{one.decision.program}, version {one.decision.version}", []).append(one)
    heads = ("Program", "Decided", "Eligible", "Not eligible", "Not active", "Awarded", "New")
    rows = [
        (
            name,
            str(len(of_it)),
            *(str(sum(one.decision.outcome == word for one in of_it)) for word in _OUTCOMES),
            str(sum(one.awarded for one in of_it)),
            str(sum(one.new for one in of_it)),
        )
        for name, of_it in by_program.items()
    ]
    terminal.table(heads, rows, right=frozenset(range(1, 7)))
    for one in run.decided if detailed else ():
        made_ = one.decision
        terminal.line()
        terminal.line(f"{made_.program}, version {made_.version}: {made_.outcome.replace('_', ' ')}", "bold")
        if made_.shortest is not None:
            terminal.line(f"  {made_.shortest}")
        for note in made_.notes:
            terminal.line(f"  {note.message}")
        for requirement in made_.requirements:
            reasons = "; ".join(str(reason.message) for reason in requirement.reasons)
            terminal.line(f"  {'✓' if requirement.met else '–'} {requirement.code}: {reasons}")
    for lost_one in run.lost:
        made_ = lost_one.decision
        terminal.line()
        terminal.line(f"Lost its evidence: {url(lost_one.certificate.share_id)}", "bold")
        terminal.line(f"  {lost_one.name}, {made_.program}: {made_.shortest or made_.outcome}")
        terminal.line(f"  To suspend it: issuer suspend {lost_one.certificate.share_id} --reason TEXT")
    for gone in run.unsupported:
        terminal.line()
        terminal.line(f"No longer earned: {url(gone.certificate.share_id)}", "bold")
        terminal.line(f"  The completion of {gone.completion.course} was corrected since it was certified.")
        terminal.line(f"  To revoke it: issuer revoke {gone.certificate.share_id} --reason TEXT")
    if csv is not None:
        terminal.line(f"{counted(len(run.decided), 'row')} written to {csv}.")
    if dry_run:
        terminal.line("Nothing was kept (--dry-run).")
    elif any(one.decision.eligible and not one.awarded for one in run.decided):
        terminal.line("Next: issuer issue")


def issued(
    terminal: Terminal,
    services: "Services",
    before: "Finished",
    plan: "Plan",
    done: "Issued",
    *,
    seconds: float,
    as_json: bool,
) -> None:
    new = (*done.courses, *done.programs)
    if as_json:
        terminal.json(
            {
                "issued": [listed(services, one) for one in new],
                "finished": [listed(services, one) for one in before.released],
                "held": [
                    {"kind": one.kind, "learner": one.learner, "subject": one.subject, "why": str(one.why)}
                    for one in done.held
                ],
                "waiting": [{"count": count, "why": str(why)} for why, count in done.limited],
            }
        )
        return
    finished(terminal, before)
    if new:
        rate = f" in {seconds:.0f} s ({len(new) / seconds:.0f}/s)" if seconds >= 1 else ""
        terminal.line(
            f"Issued {counted(len(done.courses), 'Course Certificate')} and "
            f"{counted(len(done.programs), 'program certificate')}{rate}."
        )
    elif not done.limited:
        terminal.line(f"Nothing new to issue; {counted(plan.present, 'certificate')} issued before.")
        if not plan.present:
            terminal.line("Next: issuer import completions FILE, then: issuer decide")
    held = [f"{one.learner}, {one.subject}: {one.why}" for one in done.held]
    if held:
        terminal.line(f"{len(held)} held back:")
        first_rows(terminal, held, "held back")
    _waiting(terminal, done)


def _waiting(terminal: Terminal, done: "Issued") -> None:
    for why, count in done.limited:
        terminal.line(f"{counted(count, 'program certificate')} still to come: {why.message}", "bold")
        terminal.line("To go on at once: issuer issue --approve-more NAME")


def finished(terminal: Terminal, done: "Finished") -> None:
    """What was left by an interruption; silent when nothing was."""
    if done.released:
        terminal.line(f"Finished what an interruption had left: {counted(len(done.released), 'certificate')}.")
    for stored, why in done.failed:
        terminal.line(f"Could not be finished, and stays to be tried again: {stored.share_id}: {why}")


def finished_requests(terminal: Terminal, done: "FinishedRequests") -> None:
    """The same of what callers of the API wanted signed."""
    if done.released:
        what = counted(len(done.released), "signature")
        terminal.line(f"Finished what an interruption had left of requests: {what}.")
    for one, why in done.failed:
        terminal.line(f"Could not be signed, and stays to be tried again: {one.id}: {why}")


def corrected(terminal: Terminal, services: "Services", done: "Finished") -> None:
    first, *others = done.released
    terminal.line(f"Issued anew: {services.config.credential_url(first.share_id)}")
    terminal.line("The old one is superseded; its page leads here.")
    for one in others:
        terminal.line(f"Renewed with it, because it includes it: {services.config.credential_url(one.share_id)}")
    finished(terminal, type(done)(failed=done.failed))
