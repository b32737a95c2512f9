"""What becomes of certificates after the award: `issuer revoke`, `suspend`, `reinstate`, `reissue`, `correct`,
`reconcile` and `queue`."""

from typing import Annotated

import typer

from issuer.cli_options import AsJson, By, Home, Id, Organization, Reason, acting, services_in
from issuer.console import Terminal
from issuer.revocation import Action

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]


def add_to(app: typer.Typer) -> None:
    for command in (revoke, suspend, reinstate, reissue, correct, reconcile, queue):
        app.command()(command)


def revoke(context: typer.Context, id_: Id, reason: Reason, by: By = None, home: Home = None) -> None:
    """Revokes a certificate, for good."""
    _change(context, id_, "revoke", reason, by)


def suspend(context: typer.Context, id_: Id, reason: Reason, by: By = None, home: Home = None) -> None:
    """Suspends a certificate until it is reinstated or revoked."""
    _change(context, id_, "suspend", reason, by)


def reinstate(context: typer.Context, id_: Id, reason: Reason, by: By = None, home: Home = None) -> None:
    """Makes a suspended certificate valid again."""
    _change(context, id_, "reinstate", reason, by)


def reissue(context: typer.Context, id_: Id, reason: Reason, by: By = None, home: Home = None) -> None:
    """Issues anew what was revoked and is earned now; the old one stays revoked and leads to the new one."""
    from issuer import printing_after

    services = services_in(context)
    new = services.issuance().by(acting(by).name).reissue(id_, reason=reason)
    printing_after.reissued(Terminal(), services, new)


def correct(
    context: typer.Context,
    reason: Reason,
    id_: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="A certificate's id, or the last part of it.")
    ] = None,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="The learner's name as it should be.")] = None,
    course: Annotated[
        str | None, typer.Option("--course", metavar="CODE", help="Every certificate of this course: its new title.")
    ] = None,
    program: Annotated[
        str | None, typer.Option("--program", metavar="CODE", help="Every certificate of this program: its new title.")
    ] = None,
    dry_run: DryRun = False,
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Issues certificates anew with the right name, or with the newest version's title; the old ones lead there."""
    from issuer import printing_after
    from issuer.corrections import correct_all, outdated

    if sum(one is not None for one in (id_, course, program)) != 1 or (name is not None and id_ is None):
        raise typer.BadParameter("Give one of: a certificate's ID (with --name or without), --course, --program.")
    services, terminal = services_in(context), Terminal()
    if id_ is not None:
        if dry_run:
            raise typer.BadParameter("--dry-run is for --course and --program.")
        finished = services.issuance().by(acting(by).name).correct(id_, name=name, reason=reason)
        printing_after.corrected(terminal, services, finished)
        return
    with services.database.read() as tx:
        work = outdated(tx, now=services.now(), course=course, program=program)
    if dry_run:
        printing_after.to_correct(terminal, services, work, as_json=as_json)
        return
    with terminal.progress("Correcting", len(work)) as advance:
        finished = correct_all(services.issuance().by(acting(by).name), work, reason=reason, progress=advance)
    printing_after.corrected_all(terminal, services, finished, as_json=as_json)


def reconcile(
    context: typer.Context,
    organization: Organization = None,
    dry_run: DryRun = False,
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Holds every certificate against the record: suspends, renews, reinstates and revokes what follows from it."""
    from issuer import printing_after
    from issuer.reconciliation import Reconciliation

    services, terminal = services_in(context), Terminal()
    issuance = services.issuance()
    reconciliation = Reconciliation(
        services.config, services.database, issuance, now=services.now, actor=acting(by).name
    )
    with terminal.counting("Reconciling") as progress:
        done = reconciliation.run(organization=organization, dry_run=dry_run, progress=progress)
    printing_after.reconciled(terminal, services, done, dry_run=dry_run, as_json=as_json)


def queue(
    context: typer.Context,
    retry: Annotated[bool, typer.Option("--retry", help="Try again what can be tried.")] = False,
    organization: Organization = None,
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Shows what is stuck, since when, why, and what to do."""
    from issuer import printing_after
    from issuer import queue as stuck
    from issuer.queue_items import Desk

    services, terminal = services_in(context), Terminal()
    desk = Desk(
        services.config,
        services.database,
        services.issuance,
        services.now,
        organization,
        acting(by).name,
    )
    if retry:
        printing_after.tried(terminal, tuple(stuck.retry(desk)), as_json=as_json)
        return
    printing_after.queue(terminal, tuple(stuck.queue(desk)), as_json=as_json)


def _change(context: typer.Context, id_: str, action: Action, reason: str, by: str | None) -> None:
    from issuer import printing_after, revocation

    services = services_in(context)
    changed = revocation.change(
        services.database,
        id_,
        action,
        reason=reason,
        now=services.now(),
        config=services.config,
        actor=acting(by).name,
    )
    printing_after.changed(Terminal(), services, id_, changed)
