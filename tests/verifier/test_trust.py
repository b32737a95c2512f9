"""What is said of an issuer: the facts apart from each other, a reason beside each, and a look-alike never green."""

import json
from dataclasses import replace
from typing import Any

import pytest

from templates.messages import Message
from templates.pages import render
from tests.simulators import DID, METHOD, World
from tests.vc.samples import NOW, SoftSigner, course, secure
from vc import jose
from verifier import Outcome, Policy, Report, Verdict
from verifier.issuer_lists import IssuerLists, Source
from verifier.policies import AllOf, DomainVouches, KnownIssuers
from verifier.trust import ISSUER_UNKNOWN, LOOKALIKE, TRUSTS, Trust
from verifier.verification import run

NAME = "Example Academy (demonstration)"
HERE = {DID: NAME}
KEEPER = SoftSigner("a keeper of lists")
LIST = "https://lists.example/issuers"


@pytest.fixture
def world() -> World:
    return World()


def verify(world: World, policy: Policy, credential: dict[str, Any] | None = None) -> Report:
    data = world.issue(credential or course(world.signer))
    return run(data, policy=policy, fetch=world, now=NOW)


def stranger(**issuer: str) -> bytes:
    """By a bare key and without status list."""
    signer = SoftSigner("a stranger")
    credential = course(signer)
    del credential["credentialStatus"]
    credential["issuer"] |= issuer
    return json.dumps(secure(credential, signer)).encode()


def lines(report: Report) -> list[tuple[str, str, str]]:
    assert report.facts is not None
    return [(str(one.outcome), str(one.line), str(one.reason)) for one in report.facts.issuer.trust_lines]


def warnings(report: Report) -> list[str]:
    assert report.facts is not None
    return [str(warning) for warning in report.facts.issuer.warnings]


# --- the lines -----------------------------------------------------------------------------------------------


def test_each_fact_has_its_reason(world: World) -> None:
    assert lines(verify(world, Policy(known=HERE))) == [
        (
            "passed",
            f"The signature is by the key {METHOD}.",
            "It was checked with this key, and it covers everything that is shown.",
        ),
        (
            "passed",
            "The key is published by credentials.example.org.",
            "It stands at https://credentials.example.org/.well-known/did.json, where only those can put it who run "
            "credentials.example.org.",
        ),
        (
            "passed",
            f"{DID} stands in the list known issuers as {NAME}.",
            "The list known issuers is kept by whoever runs this verifier.",
        ),
        ("passed", f"It calls itself {NAME}.", "A list of known issuers calls it so too."),
    ]


def test_without_lists_the_name_is_a_claim(world: World) -> None:
    found = lines(verify(world, Policy()))
    assert len(found) == 3
    assert found[-1] == (
        "unknown",
        f"It calls itself {NAME}.",
        "The name is a claim of the credential; no list confirms it.",
    )


def test_a_bare_key() -> None:
    report = run(stranger(), policy=Policy(known={DID: "Another School"}), fetch=World(), now=NOW)
    outcomes = [outcome for outcome, _, _ in lines(report)]
    assert outcomes == ["passed", "unknown", "unknown", "unknown"]
    assert "No domain publishes the key." in lines(report)[1][1]
    assert "stands in none of the lists" in lines(report)[2][1]
    assert "Asked were: known issuers." in lines(report)[2][2]


def test_a_list_knows_it_by_another_name(world: World) -> None:
    found = lines(verify(world, Policy(known={DID: "Academy of Examples"})))
    assert found[-1][0] == "unknown"
    assert "calls it Academy of Examples instead" in found[-1][2]


def test_the_contract_of_the_json_report(world: World) -> None:
    issuer = verify(world, Policy(known=HERE)).to_json()["credential"]["issuer"]
    assert list(issuer) == ["id", "name", "domain", "trust", "trust_lines", "warnings"]
    assert isinstance(issuer["trust"], str)
    assert [list(line) for line in issuer["trust_lines"]] == [["line", "reason", "outcome"]] * 4
    assert issuer["warnings"] == []


# --- policies ------------------------------------------------------------------------------------------------


def test_a_policy_of_ones_own(world: World) -> None:
    both = AllOf(DomainVouches(), KnownIssuers())
    assert verify(world, Policy(rule=both)).verdict is Verdict.UNDETERMINED
    assert verify(world, Policy(rule=both, known=HERE)).verdict is Verdict.ACCEPTED


def test_a_list_on_the_web(world: World) -> None:
    lists = IssuerLists((Source(LIST, keys=(KEEPER.public_key,)),))
    world.pages[LIST] = jose.sign({"typ": "issuer-list+jws"}, json.dumps(HERE).encode(), KEEPER)
    report = verify(world, Policy(trust="known", lists=lists))
    assert report.verdict is Verdict.ACCEPTED
    assert report.facts is not None
    assert report.facts.issuer.known == NAME
    assert any("is signed by the key" in reason for _, _, reason in lines(report))


@pytest.mark.parametrize("body", [b"", jose.sign({"typ": "issuer-list+jws"}, b"{}", SoftSigner("somebody else"))])
def test_a_list_that_cannot_be_had_leaves_it_open(world: World, body: bytes) -> None:
    lists = IssuerLists((Source(LIST, keys=(KEEPER.public_key,)),))
    if body:
        world.pages[LIST] = body
    report = verify(world, Policy(trust="known", lists=lists))
    assert report.verdict is Verdict.UNDETERMINED
    assert "cannot be told now" in str(report.reason)
    assert LIST in str(report.reason)
    assert ("unknown", "Whether a list knows the issuer cannot be told now.") in [one[:2] for one in lines(report)]
    assert len(warnings(report)) == 1
    assert verify(world, Policy(trust="domain", lists=lists)).verdict is Verdict.ACCEPTED


# --- look-alikes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trust", TRUSTS)
def test_a_lookalike_is_never_green_whatever_the_policy(world: World, trust: Trust) -> None:
    known = {"did:web:credentials.examp1e.org": "Another Academy"}
    report = verify(world, Policy(trust=trust, known=known))
    check = next(check for check in report.checks if check.name == "issuer")
    assert (check.outcome, check.problem) == (Outcome.UNKNOWN, LOOKALIKE)
    assert report.verdict is Verdict.UNDETERMINED
    assert str(report.reason) == (
        "The domain credentials.example.org looks like credentials.examp1e.org, which is known as Another Academy, "
        "and is another."
    )
    assert str(report.reason) in warnings(report)


def test_the_name_of_a_known_issuer_with_another_key() -> None:
    report = run(stranger(name=NAME), policy=Policy(trust="any", known=HERE), fetch=World(), now=NOW)
    assert report.verdict is Verdict.UNDETERMINED
    assert "as an issuer does that is known here under credentials.example.org" in str(report.reason)


def test_a_stranger_who_resembles_nobody_is_merely_unknown() -> None:
    report = run(stranger(name="Nobody's Academy"), policy=Policy(known=HERE), fetch=World(), now=NOW)
    check = next(check for check in report.checks if check.name == "issuer")
    assert (check.outcome, check.problem) == (Outcome.UNKNOWN, ISSUER_UNKNOWN)


def test_a_forgery_stays_a_forgery_and_no_list_is_asked(world: World) -> None:
    lists = IssuerLists((Source(LIST, keys=(KEEPER.public_key,)),))
    forged = world.issue(course(world.signer)).replace(b"The Toolbox", b"The Hammer")
    report = run(forged, policy=Policy(lists=lists), fetch=world, now=NOW)
    assert report.verdict is Verdict.REJECTED
    assert LIST not in world.asked


def test_what_cannot_be_seen_in_a_name_is_said_and_shown() -> None:
    report = run(stranger(name="Har\u202evard\u200b"), policy=Policy(trust="any"), fetch=World(), now=NOW)
    assert report.verdict is Verdict.ACCEPTED, "an odd name is no reason to doubt"
    assert warnings(report) == ["The issuer's name holds characters that cannot be seen: U+202E and U+200B."]
    page = render("verdict.html", lang="en", report=report)
    assert "\u202e" not in page
    assert "\u200b" not in page
    assert "U+202E" in page
    assert "U+200B" in page


# --- the page ------------------------------------------------------------------------------------------------


def test_the_page_shows_every_line_and_every_warning(world: World) -> None:
    report = verify(world, Policy(known={"did:web:credentials.examp1e.org": "Another <b>Academy</b>"}))
    page = render("verdict.html", lang="en", report=report)
    assert "verdict-undetermined" in page
    assert "verdict-accepted" not in page
    assert "Another <b>" not in page
    assert page.count("and is another.") == 3, "of the verdict, of the issuer and of the check: not once more"
    assert report.facts is not None
    odd = replace(report.facts.issuer, warnings=(*report.facts.issuer.warnings, Message("Something <odd>.")))
    more = render("verdict.html", lang="en", report=replace(report, facts=replace(report.facts, issuer=odd)))
    assert more.count('class="notice"') == 1
    assert "Something &lt;odd&gt;." in more
    assert page.count("<li><p>") == len(report.facts.issuer.trust_lines)


def test_no_green_sign_stands_beside_a_name(world: World) -> None:
    """The lines are words; what is green on the page are the checks alone."""
    page = render("verdict.html", lang="en", report=verify(world, Policy(known=HERE)))
    issuer = page[page.index('class="issuer-name"') : page.index("</dd>", page.index('class="issuer-name"'))]
    assert "trust-lines" in issuer
    assert "mark-passed" not in issuer
    assert "<svg" not in issuer


def test_a_report_without_lines_is_shown_as_before(world: World) -> None:
    report = verify(world, Policy())
    assert report.facts is not None
    bare = replace(report.facts.issuer, trust_lines=(), warnings=())
    page = render("verdict.html", lang="en", report=replace(report, facts=replace(report.facts, issuer=bare)))
    assert "trust-lines" not in page
