"""`issuer learners`: how things stand for one learner in one program, and the link with which the learner sees it."""

from typing import Annotated

import typer

from issuer.cli_options import AsJson, By, Home, acting, services_in
from issuer.console import Terminal

learners = typer.Typer(no_args_is_help=True, help="What one learner may know.")

Learner = Annotated[str, typer.Argument(metavar="LEARNER", help="The learner's id.")]
Code = Annotated[str, typer.Option("--program", metavar="CODE", help="The program.")]


@learners.command("link")
def link(
    context: typer.Context,
    learner: Learner,
    program: Code,
    revoke: Annotated[bool, typer.Option("--revoke", help="Revoke every link that was made before.")] = False,
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Makes a link for the learner and prints it, this once; or revokes what was made."""
    from issuer import learner_links
    from issuer.learner_answers import owner_of

    services = services_in(context)
    with services.database.read() as tx:
        organization = owner_of(tx, program)
    actor, now, terminal = acting(by).name, services.now(), Terminal()
    if revoke:
        gone = learner_links.revoke(
            services.database, organization=organization, learner=learner, program=program, by=actor, now=now
        )
        if as_json:
            terminal.json({"revoked": [one.id for one in gone]})
        else:
            terminal.line(f"Revoked: {len(gone)}.")
        return
    made, token = learner_links.create(
        services.database,
        services.config,
        organization=organization,
        learner=learner,
        program=program,
        by=actor,
        now=now,
    )
    url = services.config.learner_url(token)
    if as_json:
        terminal.json({"id": made.id, "url": url})
        return
    terminal.line(url)
    terminal.note("Whoever has it can read the page. It is not shown again.")


@learners.command("show")
def show(context: typer.Context, learner: Learner, program: Code, as_json: AsJson = False, home: Home = None) -> None:
    """Says how things stand."""
    from issuer.learner_answers import answer, owner_of
    from issuer.standing_json import standing_to_json
    from templates.languages import language_name

    services = services_in(context)
    with services.database.read() as tx:
        standing = answer(
            tx,
            services.config,
            organization=owner_of(tx, program),
            learner=learner,
            program=program,
            now=services.now(),
        )
    terminal = Terminal()
    if as_json:
        terminal.json(standing_to_json(standing, "en"))
        return
    terminal.line(f"{standing.title}: {standing.next_step}")
    for way in standing.ways:
        head = f"In {language_name(way.language, 'en')}" if way.language else "What it takes"
        terminal.line()
        terminal.line(f"{head}: {way.done} of {way.total}", "bold")
        for line in way.lines:
            sign = "✓" if line.met else "–" if line.needed else " "
            reasons = "; ".join(str(reason.message) for reason in line.reasons)
            terminal.line(f"  {sign} {line.title}: {reasons}")
