"""What `decide` and `issue` say when they are done: who got what, and who did not and why."""

from pathlib import Path
from typing import TYPE_CHECKING

from issuer.console import Terminal
from issuer.printing import counted, first_rows, listed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from issuer.deciding import Run, Tally
    from issuer.decisions import Decision, Requirement
    from issuer.issuance import Finished
    from issuer.issued import Issued
    from issuer.replay import Replayed
    from issuer.services import Services
    from issuer.signing_requests import FinishedRequests

_OUTCOMES = ("eligible", "not_eligible", "not_active")


def decisions(
    terminal: Terminal,
    services: "Services",
    tally: "Tally",
    run: "Run",
    *,
    detailed: bool,
    dry_run: bool,
    csv: Path | None,
    as_json: bool,
    standing: int,
) -> None:
    """`run`: its decisions are there for `as_json` and `detailed`. `standing`: how many decisions there are in all."""
    url = services.config.credential_url
    if as_json:
        made = [one.decision.to_json() | {"new": one.new, "awarded": one.awarded} for one in run.decided]
        lost = [
            {"learner": one.decision.learner, "program": one.decision.program, "id": url(one.certificate.share_id)}
            for one in run.lost
        ]
        unsupported = [
            {"learner": one.completion.learner, "course": one.completion.course, "id": url(one.certificate.share_id)}
            for one in run.unsupported
        ]
        terminal.json(
            {"dry_run": dry_run, "decisions": made, "lost_evidence": lost, "unsupported_certificates": unsupported}
        )
        return
    if tally.counts:
        _table(terminal, tally)
    elif standing:
        what = counted(standing, "decision")
        terminal.line(f"Nothing came in that changes any of the {what}. To make them all again: issuer decide --all")
    else:
        terminal.line("There is nobody to decide. Next: issuer import completions FILE")
    for one in run.decided if detailed else ():
        _in_detail(terminal, one.decision)
    _no_longer_earned(terminal, services, run)
    if csv is not None:
        terminal.line(f"{counted(len(run.decided), 'row')} written to {csv}.")
    if dry_run:
        terminal.line("Nothing was kept (--dry-run).")
    elif tally.count("ready"):
        terminal.line("Next: issuer issue")


def _table(terminal: Terminal, tally: "Tally") -> None:
    heads = ("Program", "Decided", "Eligible", "Not eligible", "Not active", "Awarded", "New")
    words = ("decided", *_OUTCOMES, "awarded", "new")
    rows = [
        (f"{program}, version {version}", *(str(of_it.get(word, 0)) for word in words))
        for (program, version), of_it in tally.counts.items()
    ]
    terminal.table(heads, rows, right=frozenset(range(1, 7)))


def _in_detail(terminal: Terminal, made: "Decision") -> None:
    terminal.line()
    terminal.line(f"{made.program}, version {made.version}: {made.outcome.replace('_', ' ')}", "bold")
    if made.shortest is not None:
        terminal.line(f"  {made.shortest}")
    for note in made.notes:
        terminal.line(f"  {note.message}")
    for requirement in made.requirements:
        # That another choice is enough goes first, so that nobody takes what follows for something to be done.
        told = sorted(requirement.reasons, key=lambda reason: reason.code != "not_needed")
        reasons = "; ".join(str(reason.message) for reason in (requirement.reasons if requirement.met else told))
        terminal.line(f"  {_mark(requirement)} {requirement.code}: {reasons}")


def _mark(requirement: "Requirement") -> str:
    if requirement.met:
        return "✓"
    return "–" if requirement.needed else "·"


def _no_longer_earned(terminal: Terminal, services: "Services", run: "Run") -> None:
    url = services.config.credential_url
    for lost in run.lost:
        made = lost.decision
        terminal.line()
        terminal.line(f"Lost its evidence: {url(lost.certificate.share_id)}", "bold")
        terminal.line(f"  {lost.name}, {made.program}: {made.shortest or made.outcome}")
        terminal.line("  What follows: issuer reconcile (or by hand: issuer suspend, issuer revoke)")
    for gone in run.unsupported:
        terminal.line()
        terminal.line(f"No longer earned: {url(gone.certificate.share_id)}", "bold")
        terminal.line(f"  The completion of {gone.completion.course} was corrected since it was certified.")
        terminal.line("  What follows: issuer reconcile (or by hand: issuer suspend, issuer revoke)")


def replayed(terminal: Terminal, counts: dict[str, int], others: "Sequence[Replayed]") -> None:
    """`others`: those that were not made again as they were."""
    for one in others:
        made = one.stored.decision
        name = f"{one.stored.sequence}: {made.learner}, {made.program}, version {made.version}, of {made.on}"
        terminal.line(f"{name}: {one.outcome.replace('_', ' ')}. {one.why}.")
        if one.again is not None:
            terminal.line(f"  stored:   {one.stored.canonical.decode()}")
            terminal.line(f"  made now: {one.again.canonical().decode()}")
    if not counts:
        terminal.line("There are no decisions yet. Next: issuer decide")
        return
    same = counted(counts.get("same", 0), "decision")
    terminal.line(
        f"{same} made again, byte for byte the same; {counts.get('different', 0)} different, "
        f"{counts.get('not_replayable', 0)} not replayable."
    )


def issued(
    terminal: Terminal,
    services: "Services",
    before: "Finished",
    done: "Issued",
    *,
    new: "Sequence[Mapping[str, Any]]",
    seconds: float,
    as_json: bool,
) -> None:
    """`new`: what was issued, for `as_json`."""
    if as_json:
        terminal.json(
            {
                "issued": new,
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
    if count := done.courses + done.programs:
        rate = f" in {seconds:.0f} s ({count / seconds:.0f}/s)" if seconds >= 1 else ""
        terminal.line(
            f"Issued {counted(done.courses, 'Course Certificate')} and "
            f"{counted(done.programs, 'program certificate')}{rate}."
        )
    elif not done.limited:
        terminal.line(f"Nothing new to issue; {counted(done.present, 'certificate')} issued before.")
        if not done.present:
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
