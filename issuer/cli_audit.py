"""`issuer audit`: who did what, and whether the log of it is still as it was written."""

from typing import Annotated

import typer

from issuer.cli_options import AsJson, Home, Organization, services_in
from issuer.console import Terminal
from issuer.exits import REFUSED

audit = typer.Typer(no_args_is_help=True, help="The log of who did what.")

_SHOWN = 50  # entries, the newest


@audit.command("list")
def list_entries(
    context: typer.Context,
    organization: Organization = None,
    everything: Annotated[bool, typer.Option("--all", help="All entries, not only the newest.")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Lists the newest entries of the operator's log, or of an organization's."""
    from issuer.audit_log import described
    from issuer.store import audit as store

    services = services_in(context)
    with services.database.read() as tx:
        after = 0 if everything else max(0, store.length(tx, organization) - _SHOWN)
        found = store.read(tx, organization, after=after)
    terminal = Terminal()
    if as_json:
        terminal.json([described(one) for one in found])
        return
    if not found:
        terminal.line("Nothing is in this log. Which logs there are, says: issuer audit verify")
        return
    rows = [
        (
            str(one.number),
            f"{one.at:%Y-%m-%d %H:%M}",
            one.actor,
            one.action,
            one.subject,
            ", ".join(f"{name} {value}" for name, value in one.detail.items() if value not in (None, "")),
        )
        for one in found
    ]
    terminal.table(("No.", "At (UTC)", "Who", "What", "To what", "More"), rows, right=frozenset({0}))
    if found[0].number > 1:
        whose = f" --organization {organization}" if organization else ""
        terminal.note(f"{found[0].number - 1} older: issuer audit list --all{whose}")
    if organization is None:
        terminal.note("This is the operator's log. An organization's own: issuer audit list --organization CODE")


@audit.command("verify")
def verify(
    context: typer.Context, organization: Organization = None, as_json: AsJson = False, home: Home = None
) -> None:
    """Checks every log, or one, and prints its newest hash: kept elsewhere, it shows when a log was cut off."""
    from issuer.audit_log import checked
    from issuer.store import audit as store

    services = services_in(context)
    with services.database.read() as tx:
        chains = (organization,) if organization is not None else store.chains(tx)
        found = [checked(tx, chain) for chain in chains]
    terminal = Terminal()
    if as_json:
        terminal.json([one.to_json() for one in found])
    elif not found:
        terminal.line("Nothing was done yet.")
    else:
        rows = [
            (
                one.chain or "(operator)",
                str(one.entries),
                "fits" if one.intact else f"broken at entry {one.broken_at}",
                one.newest.hex(),
            )
            for one in found
        ]
        terminal.table(("Log", "Entries", "State", "Newest hash"), rows, right=frozenset({1}))
    if not all(one.intact for one in found):
        terminal.error("A log was changed after it was written. Restore it from a backup, and compare.")
        raise typer.Exit(REFUSED)
