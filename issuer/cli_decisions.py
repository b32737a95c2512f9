"""`issuer decide` and `issuer replay`: who has earned what, and whether that was decided as it would be again."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from issuer import printing_runs
from issuer.cli_options import AsJson, By, Home, Organization, Program, acting, services_in
from issuer.console import Terminal


def decide(
    context: typer.Context,
    program: Program = None,
    organization: Organization = None,
    learner: Annotated[str | None, typer.Option(metavar="ID", help="Only this learner, with every reason.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Everybody, and not only whom something changed.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Decide everybody, and keep nothing.")] = False,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Decide everybody, and write a row for each decision.")
    ] = None,
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Decides who has earned which program, and says why not."""
    from issuer import deciding, findings
    from issuer.cohort_csv import cohort_csv
    from issuer.files import write_atomically
    from issuer.store import decisions

    services = services_in(context)
    terminal = Terminal()
    tally = deciding.Tally()
    held: list[deciding.Decided] = []  # only for who wants to see each
    with terminal.counting("Deciding") as progress:
        for one in deciding.stream(
            services.database,
            now=services.now(),
            program=program,
            organization=organization,
            learner=learner,
            dry_run=dry_run,
            everything=everything or dry_run or csv is not None,
            actor=acting(by).name,
            progress=progress,
        ):
            tally.add(one)
            if as_json or csv is not None or learner is not None or (dry_run and one.awarded):
                held.append(one)
    with services.database.read() as tx:
        if dry_run:
            lost = findings.would_be_lost(tx, ((one.decision, one.name) for one in held if one.awarded))
        else:
            lost = findings.lost(tx, organization=organization, program=program, learner=learner)
        run = deciding.Run(tuple(held), lost, findings.unsupported(tx, learner))
        standing = decisions.count(tx)
    if csv is not None:
        write_atomically(csv.absolute(), cohort_csv(run))
    printing_runs.decisions(
        terminal,
        services,
        tally,
        run,
        detailed=learner is not None,
        dry_run=dry_run,
        csv=csv,
        as_json=as_json,
        standing=standing,
    )


def replay(
    context: typer.Context,
    program: Program = None,
    organization: Organization = None,
    learner: Annotated[str | None, typer.Option(metavar="ID", help="Only this learner.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Earlier decisions too, and not only the newest.")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Makes stored decisions again, of what they were made of, and says whether they are the same bytes."""
    from issuer import replay as replaying

    services = services_in(context)
    terminal = Terminal()
    counts: Counter[str] = Counter()
    others: list[replaying.Replayed] = []
    for one in replaying.stream(
        services.database, organization=organization, program=program, learner=learner, everything=everything
    ):
        counts[one.outcome] += 1
        if one.outcome != "same":
            others.append(one)
    if as_json:
        terminal.json(
            {word: counts[word] for word in replaying.OUTCOMES} | {"others": [one.to_json() for one in others]}
        )
    else:
        printing_runs.replayed(terminal, counts, others)
    if counts["different"]:
        raise typer.Exit(1)
