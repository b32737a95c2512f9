"""What the commands after the award say when they are done: what became of which certificate, and why."""

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from issuer.console import Terminal
from issuer.printing import counted, first_rows, listed, on_day
from issuer.printing_runs import finished

if TYPE_CHECKING:
    from issuer.corrections import Outdated
    from issuer.issuance import Finished
    from issuer.queue_items import Item, Tried
    from issuer.reconciled import Reconciled
    from issuer.services import Services
    from issuer.store.credentials import StoredCredential
    from issuer.store.status import StatusChange

# Of two lines each; of more than fit, the first of each kind are shown.
_ITEMS_ON_A_SCREEN = 12
_ITEMS_OF_A_KIND = 4

# What a deed is called in a sentence, done and to be done.
_DONE = {
    "finished": "finished, which an interruption had left",
    "suspended": "suspended",
    "reinstated": "reinstated",
    "revoked": "revoked",
    "renewed": "renewed",
    "reissued": "issued anew",
    "issued": "issued",
}


def changed(terminal: Terminal, services: "Services", id_: str, change: "StatusChange") -> None:
    share_id = id_.rstrip("/").rpartition("/")[2]
    terminal.line(
        f"{services.config.credential_url(share_id)} is {change.status} since {on_day(change.at)}: {change.reason}"
    )
    terminal.line("Its page, its statement and its status list say so from now on.")


def reissued(terminal: Terminal, services: "Services", new: "StoredCredential") -> None:
    terminal.line(f"Issued anew: {services.config.credential_url(new.share_id)}")
    terminal.line("The old one stays revoked; its page leads here.")
    if new.kind == "course":
        terminal.line("Next, for the programs that rest on it: issuer reconcile")


def corrected(terminal: Terminal, services: "Services", done: "Finished") -> None:
    first, *others = done.released
    terminal.line(f"Issued anew: {services.config.credential_url(first.share_id)}")
    terminal.line("The old one is superseded; its page leads here.")
    for one in others:
        terminal.line(f"Renewed with it, because it includes it: {services.config.credential_url(one.share_id)}")
    finished(terminal, type(done)(failed=done.failed))


def to_correct(terminal: Terminal, services: "Services", work: "Sequence[Outdated]", *, as_json: bool) -> None:
    if as_json:
        terminal.json(
            [listed(services, one.certificate) | {"title": one.before, "corrected_title": one.after} for one in work]
        )
        return
    terminal.line(f"{counted(len(work), 'certificate')} would be issued anew.")
    titles = sorted({(one.before, one.after) for one in work})
    first_rows(terminal, [f"“{before}” becomes “{after}”" for before, after in titles], "titles")


def corrected_all(terminal: Terminal, services: "Services", done: "Finished", *, as_json: bool) -> None:
    if as_json:
        failed = [listed(services, one) | {"why": str(why)} for one, why in done.failed]
        terminal.json({"issued": [listed(services, one) for one in done.released], "failed": failed})
        return
    terminal.line(f"Issued anew: {counted(len(done.released), 'certificate')}; the old ones lead to them.")
    finished(terminal, type(done)(failed=done.failed))


def reconciled(terminal: Terminal, services: "Services", done: "Reconciled", *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        terminal.json({"dry_run": dry_run} | done.to_json(services.config.credential_url))
        return
    checked = f"{counted(done.learners, 'learner')} with certificates looked at"
    if not done.deeds:
        terminal.line(f"{checked}: facts and awards agree, nothing to do.")
    else:
        terminal.line(f"{checked}; {'would be done' if dry_run else 'done'}:")
    rows = [
        f"{one.certificate.learner}, {one.certificate.subject}: {_DONE[one.did]}. {one.why}"
        + ("" if one.until is None else f" (until {on_day(one.until)})")
        for one in done.deeds
    ]
    first_rows(terminal, rows, "deeds")
    if done.left:
        terminal.line(f"{len(done.left)} left as they are:")
        why = {"held": "could not be done", "overruled": "somebody decided that it stands"}
        left = [
            f"{one.certificate.learner}, {one.certificate.subject}: {why[one.left]}. {one.why}" for one in done.left
        ]
        first_rows(terminal, left, "left")


def queue(terminal: Terminal, items: "Sequence[Item]", *, as_json: bool) -> None:
    if as_json:
        terminal.json([one.to_json() for one in items])
        return
    if not items:
        terminal.line("Nothing is stuck. (Whether facts and awards agree: issuer reconcile --dry-run)")
        return
    some = len(items) if len(items) <= _ITEMS_ON_A_SCREEN else _ITEMS_OF_A_KIND
    for _, grouped in groupby(items, key=lambda item: item.kind):
        of_it = list(grouped)
        for one in of_it[:some]:
            whose = ", ".join(part for part in (one.learner, one.subject) if part)  # an unread delivery is nobody's
            terminal.line(f"{whose}: {one.why}", "bold")
            terminal.line(f"  {'' if one.since is None else f'Since {on_day(one.since)}. '}{one.what_to_do}.")
        if len(of_it) > some:
            terminal.line(f"  … and {len(of_it) - some} more of this kind; --json has them all.")
    terminal.line(f"{counted(len(items), 'item')}. To try again what can be tried: issuer queue --retry")


def tried(terminal: Terminal, results: "Sequence[Tried]", *, as_json: bool) -> None:
    if as_json:
        terminal.json([one.to_json() for one in results])
        return
    if not results:
        terminal.line("There is nothing that could be tried again.")
        return
    done = sum(one.done for one in results)
    terminal.line(f"Tried {counted(len(results), 'item')}: {done} put right, {len(results) - done} stay.")
    first_rows(terminal, [f"{one.id}: {one.why}" for one in results], "items")
