"""`issuer outbox`: the e-mail that is to be sent, was sent, or could not be. `issuer serve` sends by itself."""

from typing import Annotated

import typer

from issuer.cli_options import AsJson, By, Home, Organization, acting, services_in
from issuer.console import Terminal
from issuer.printing import counted

outbox = typer.Typer(no_args_is_help=True, help="E-mail to learners and staff.")


@outbox.command("send")
def send(
    context: typer.Context,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=1, help="At most so many.")] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Sends what is due, and says how many went."""
    from issuer.outbox import send_due

    services = services_in(context)
    done = send_due(services.config, services.database, services.transport(), now=services.now, limit=limit)
    terminal = Terminal()
    if as_json:
        terminal.json({"sent": done.sent, "failed": done.failed, "stuck": done.given_up})
        return
    if done.sent + done.failed + done.given_up == 0:
        terminal.line("Nothing is due.")
        return
    terminal.line(f"Sent {done.sent}; to be tried again {done.failed}; stuck {done.given_up}.")
    if done.given_up:
        terminal.note("Why: issuer outbox list. Again: issuer outbox retry NUMBER")


@outbox.command("list")
def list_mail(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Also what was sent.")] = False,
    organization: Organization = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Lists the messages that wait or are stuck, and why."""
    from issuer.outbox import mail_to_json
    from issuer.store import mail

    services = services_in(context)
    with services.database.read() as tx:
        found = mail.listed(tx, organization, unsent=not everything)
    terminal = Terminal()
    said = [mail_to_json(one) | {"organization": one.organization} for one in found]
    if as_json:
        terminal.json(said)
        return
    if not said:
        terminal.line("There are no messages." if everything else "No message waits. What was sent: --all")
        return
    rows = [
        (
            str(one["number"]),
            one["organization"],
            one["learner"] or "staff",
            one["kind"],
            one["state"],
            str(one["attempts"]),
            one["problem"] or "",
        )
        for one in said
    ]
    terminal.table(("Number", "Of", "To", "About", "State", "Attempts", "Problem"), rows, right=frozenset({0, 5}))
    terminal.line(f"{counted(len(rows), 'message')}. What is due is sent by issuer serve, or now: issuer outbox send")


@outbox.command("retry")
def retry(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="NUMBER", min=1, max=2**53, help="The number of the message.")],
    by: By = None,
    home: Home = None,
) -> None:
    """Makes a message due at once, as if it were new."""
    from issuer.outbox import try_again

    services = services_in(context)
    one = try_again(services.database, number, organization=None, actor=acting(by).name, now=services.now())
    Terminal().line(f"Message {one.number} is due. Now: issuer outbox send")
