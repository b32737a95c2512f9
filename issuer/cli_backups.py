"""`issuer backup`: a copy from which the issuer can be put back. `issuer restored`: it was, and what follows."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from issuer.cli_options import AsJson, By, Home, acting, services_in
from issuer.console import Terminal

if TYPE_CHECKING:
    from issuer.restoring import Restored, TakenOver
    from issuer.services import Services

# What nobody but the operator can do, in this order.
_TO_DO = (
    "Bring the lists that were published last, so that what was revoked stays revoked: from a cache in front of this "
    "issuer, or from a verifier that kept them. Then run: issuer restored --list FILE …",
    "Revoke and suspend again what was since then, and revoke again API keys, webhooks and learners' links.",
    "Import again what came in since then, and decide: who was awarded since then is awarded again, with another "
    "certificate. The one that he has already goes on verifying, and nothing can be said of it here any more.",
    "Look at what waits to be sent: issuer outbox list. It may have been sent before.",
    "Compare the log's newest hashes with those kept elsewhere: issuer audit verify",
)


def add_to(app: typer.Typer) -> None:
    app.command()(backup)
    app.command()(restored)


def say_if_copy(terminal: Terminal, services: "Services") -> None:
    """Until the operator has said so himself."""
    from issuer.store import copies

    with services.database.read() as tx:
        found = copies.unsettled(tx)
    if found is not None:
        of = "" if found.at is None else f" of {found.at:%Y-%m-%d %H:%M} UTC"
        terminal.note(f"These records are a copy{of}. If they were put in the original's place, run: issuer restored")


def backup(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to: a new folder.")],
    with_keys: Annotated[
        bool, typer.Option("--with-keys", help="The private keys too: whoever has the backup can sign.")
    ] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Copies the issuer while it works. To put it back, put the folder in the place of the one that was lost."""
    from issuer import backups

    services, terminal = services_in(context), Terminal()
    with terminal.progress("Copying", 100) as advance:
        told = 0

        def progress(done: int, of: int) -> None:
            nonlocal told
            while told < done * 100 // max(1, of):
                told += 1
                advance()

        made = backups.make(
            services.config, folder.absolute(), with_keys=with_keys, at=services.now(), progress=progress
        )
    if as_json:
        terminal.json(
            {
                "folder": str(made.folder),
                "certificates": made.certificates,
                "bytes": made.size,
                "with_keys": made.with_keys,
            }
        )
        return
    terminal.line(f"{made.folder}: {made.certificates} certificates, {made.size:,} bytes, read and found whole.")
    if made.with_keys:
        terminal.note("The private keys are in it: keep it as you keep them.")
    else:
        terminal.note(f"Without the private keys. Keep those elsewhere: {services.config.home / backups.KEYS}")


def restored(
    context: typer.Context,
    lists: Annotated[
        list[Path] | None,
        typer.Option(
            "--list", metavar="FILE", exists=True, dir_okay=False, help="A status list as it was published last."
        ),
    ] = None,
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Says that the records were put back from a copy. No status index is given out twice, and what is to be done."""
    from issuer import restoring

    services, terminal = services_in(context), Terminal()
    bodies = [path.read_bytes() for path in lists or ()]
    now, actor = services.now(), acting(by).name
    found = restoring.settle(services.database, now=now, actor=actor)
    taken = [
        restoring.take_over(services.config, services.database, services.keyring, body, now=now, actor=actor)
        for body in bodies
    ]
    if as_json:
        terminal.json(_as_json(found, taken))
    else:
        _say(terminal, found, taken)


def _as_json(found: "Restored", taken: "list[TakenOver]") -> dict[str, object]:
    return {
        "copied_at": None if found.copied_at is None else found.copied_at.isoformat(),
        "ends_at": None if found.ends_at is None else found.ends_at.isoformat(),
        "lists_closed": found.closed,
        "lists": [{"name": one.name, "suspended": list(one.suspended), "kept": one.kept} for one in taken],
    }


def _say(terminal: Terminal, found: "Restored", taken: "list[TakenOver]") -> None:
    ends = found.copied_at or found.ends_at
    closed = f"{found.closed} status lists were closed" if found.closed else "All status lists are closed"
    terminal.line(f"{closed}: the next certificates get new ones.")
    for one in taken:
        terminal.line(f"List {one.name}: {len(one.suspended)} suspended, {one.kept} kept of unknown certificates.")
        for share_id in one.suspended:
            terminal.line(f"  {share_id}: reinstate it or revoke it")
    known = "unknown here" if ends is None else f"unknown here since {ends:%Y-%m-%d %H:%M} UTC"
    terminal.line(f"What was done after the copy was made is {known}. Now:")
    for number, what in enumerate(_TO_DO[1 if taken else 0 :], 1):
        terminal.line(f"{number}. {what}")
