"""Every command of `issuer` either changes nothing, or says in the audit log who did what.

A NEW COMMAND NEEDS A LINE in `READS` or in `DEEDS`.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import typer

from issuer import cli
from issuer.revocation import ITSELF
from tests import databases
from tests.issuer import domain
from tests.issuer.endpoints import a_message, a_webhook
from tests.issuer.offices import LEARNERS, OWN, Offices

Words = tuple[str, ...]

READS = frozenset(
    {
        "api-keys list",
        "audit list",
        "audit verify",
        "bulk failures",
        "bulk list",
        "bulk show",
        "bulk watch",
        "backup",  # what it writes is a copy
        "cohorts list",
        "cohorts show",
        "keys list",
        "learners show",
        "list",
        "organizations list",
        "outbox list",
        "outbox send",  # what is sent was written by a deed before
        "queue",  # with --retry, what it sets going says so itself
        "replay",
        "serve",  # what it does, it does for those who ask it, or finishes
        "show",
        "store show",
        "webhooks list",
        "worker",  # what it does, somebody asked for
    }
)
# Before there is a log.
FIRST = frozenset({"init"})
# The log goes elsewhere with it: tests/issuer/test_cli_store.py
MOVES = frozenset({"store move"})


def _certificate(offices: Offices) -> str:
    return offices.certificate("ana").share_id


def _suspended(offices: Offices) -> str:
    offices.change(offices.certificate("ana"), "suspend")
    return _certificate(offices)


def _undecided(offices: Offices) -> Words:
    """Rita has earned the program, and nobody has decided yet."""
    who = {"learner": "rita", "name": "Rita Neizmišljena", "email": "rita@example.org"}
    offices.record(domain.done("toolbox", **who), domain.done("capstone", **who))
    return ()


def _decided(offices: Offices) -> Words:
    _undecided(offices)
    offices.decide()
    return ()


def _revoked(offices: Offices) -> Words:
    offices.change(offices.certificate("ana"), "revoke")
    return (_certificate(offices), "--reason", "it was a mistake")


def _lost(offices: Offices) -> Words:
    """Ana's capstone is failed by now, so her certificates stand without what earned them."""
    offices.later(days=1)
    who = {"learner": "ana", "name": "Ana Invenira", "email": "ana@example.org", "recorded_at": offices.now}
    offices.record(domain.done("capstone", outcome="failed", grade=None, completed_on=None, **who))
    return ()


def _cohort(offices: Offices, *further: str) -> Words:
    """The number of one that Rita (a registrar at the command line) prepared, and `further` was done to."""
    _undecided(offices)
    for words in (("prepare", "--program", "mini"), *((verb, "1") for verb in further)):
        assert cli.run(["--home", str(offices.home), "cohorts", *words, "--by", f"Rita {words[0]}"]) == 0
    return ("1",)


def _run(offices: Offices, *further: str) -> Words:
    """The number of a bulk run over such a cohort, which nobody works on."""
    _cohort(offices, "approve")
    for words in (("start", "--cohort", "1", "--detach"), *((verb, "1") for verb in further)):
        assert cli.run(["--home", str(offices.home), "bulk", *words, "--by", "Rita"]) == 0
    return ("1",)


def _a_message(offices: Offices) -> Words:
    return (a_message(offices)["number"],)


def _webhook(offices: Offices) -> str:
    return a_webhook(offices)["webhook"]


def _mapping(offices: Offices) -> str:
    file = offices.home.parent / "mapping.toml"
    file.write_text("", "utf-8")
    return str(file)


def _csv(offices: Offices) -> str:
    file = offices.home.parent / "completions.csv"
    file.write_text(
        "learner,name,email,course,session,language,outcome,grade,completed_on,identity_verified,fee_paid\n"
        "rita,Rita Neizmišljena,rita@example.org,toolbox,03-en,en,passed,90,2026-03-20,yes,yes\n",
        "utf-8",
    )
    return str(file)


def _catalogue(offices: Offices) -> str:
    folder = Path(__file__).parents[2] / "examples" / "catalogue"
    return str(folder)


# The words behind `issuer`, once what they need is there.
DEEDS: Mapping[str, Callable[[Offices], Words]] = {
    "api-keys new": lambda offices: ("LMS", "--role", "registrar", "--organization", OWN),
    "api-keys revoke": lambda offices: ("5",),
    "restored": lambda offices: (),
    "bulk cancel": _run,
    "bulk pause": _run,
    "bulk resume": lambda offices: (*_run(offices, "pause"), "--detach"),
    "bulk start": lambda offices: ("--cohort", *_cohort(offices, "approve"), "--detach"),
    "cohorts approve": _cohort,
    "cohorts cancel": _cohort,
    "cohorts issue": lambda offices: _cohort(offices, "approve"),
    "cohorts prepare": lambda offices: (*_undecided(offices), "--program", "mini"),
    "cohorts undo": lambda offices: (*_cohort(offices, "approve", "issue"), "--reason", "the wrong version"),
    "correct": lambda offices: (_certificate(offices), "--name", "Ana Bela Invenira", "--reason", "married"),
    "decide": _undecided,
    "import catalogue": lambda offices: (_catalogue(offices),),
    "import completions": lambda offices: (_csv(offices),),
    "issue": _decided,
    "learners link": lambda offices: ("ana", "--program", "mini"),
    "organizations add": lambda offices: ("third", "--name", "Third School", "--url", "https://third.example/"),
    "organizations rotate-key": lambda offices: (OWN,),
    "outbox retry": _a_message,
    "reconcile": _lost,
    "reissue": _revoked,
    "reinstate": lambda offices: (_suspended(offices), "--reason", "looked at again"),
    "revoke": lambda offices: (_certificate(offices), "--reason", "a false identity"),
    "suspend": lambda offices: (_certificate(offices), "--reason", "under review"),
    "webhooks map": lambda offices: (_webhook(offices), _mapping(offices)),
    "webhooks new": lambda offices: ("LMS", "--organization", OWN, "--source", "rest"),
    "webhooks revoke": lambda offices: (_webhook(offices),),
}


def _commands(group: Any, path: Words = ()) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


COMMANDS: Mapping[str, Any] = dict(_commands(typer.main.get_command(cli.app)))


def test_every_command_is_a_deed_or_none() -> None:
    assert set(COMMANDS) == READS | FIRST | MOVES | set(DEEDS)
    assert not READS & set(DEEDS)


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[Offices]:
    offices = Offices(tmp_path)
    yield offices
    offices.close()


@pytest.mark.parametrize("command", DEEDS)
def test_who_did_it_stands_in_the_log(offices: Offices, command: str) -> None:
    words = DEEDS[command](offices)
    before = offices.log()
    takes_a_name = any("--by" in option.opts for option in COMMANDS[command].params)
    by = ("--by", "Olga Orehek") if takes_a_name else ()
    assert cli.run(["--home", str(offices.home), *command.split(), *words, *by]) == 0
    new = [entry for entry in offices.log() if entry not in before]
    # What follows from the deed by itself may stand there as the issuer's own.
    actors = {entry.actor for entry in new} - {ITSELF}
    named = actors == {"Olga Orehek (command line)"}
    assert named, new
    written = "\n".join(f"{entry.action} {entry.subject} {dict(entry.detail)}" for entry in new)
    private = [*LEARNERS.values(), "Neizmi", "Ana Bela", "@", *offices.secrets]
    assert [text for text in private if text in written] == []


NEEDS: Mapping[str, Callable[[Offices], Words]] = {
    "backup": lambda offices: (str(offices.home.parent / "backup"),),
    "bulk failures": lambda offices: ("1",),
    "bulk show": lambda offices: ("1",),
    "bulk watch": lambda offices: ("1",),
    "cohorts show": lambda offices: ("1",),
    "learners show": lambda offices: ("ana", "--program", "mini"),
    "show": lambda offices: (_certificate(offices),),
}


def test_what_only_reads_appends_nothing(offices: Offices) -> None:
    _run(offices, "cancel")
    before = offices.log()
    for command in sorted(READS - {"serve", "worker"}):
        words = NEEDS.get(command, lambda offices: ())(offices)
        # The one says that the run did not come to its end, the other that PostgreSQL has its own ways to be copied.
        expected = int(
            command == "bulk watch" or (command == "backup" and databases.of_this_test().kind == "postgresql")
        )
        assert cli.run(["--home", str(offices.home), *command.split(), *words]) == expected
    assert offices.log() == before
