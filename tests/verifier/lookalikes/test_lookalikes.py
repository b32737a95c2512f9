"""Who is compared with whom, and what is strange in itself."""

import pytest

from verifier.known_issuers import KnownIssuer
from verifier.lookalikes import MAX_FLAGS, Lookalikes, oddities
from verifier.lookalikes.domains import decoded, domain, shown
from verifier.lookalikes.edits import exchanged, one_edit

HARVARD = KnownIssuer("did:web:harvard.edu", "Harvard University", aliases=("Harvard College",))
ACADEMY = KnownIssuer("did:key:z6MkAcademy", "Example Academy", url="https://www.example-academy.org/about")


def said(issuer: str, name: str, *known: KnownIssuer) -> list[str]:
    return [str(flag.said) for flag in Lookalikes(known).flags(issuer, name)]


def test_the_sentence_names_both_and_says_why() -> None:
    assert said("did:web:examp1e-academy.org", "A school", ACADEMY) == [
        "The domain examp1e-academy.org looks like www.example-academy.org, which is known as Example Academy, and is "
        "another."
    ]


def test_a_domain_in_other_letters_is_shown_in_both_forms() -> None:
    (sentence,) = said("did:web:xn--hrvrd-4vec.example", "A school", HARVARD)
    assert "xn--hrvrd-4vec.example (h\u0430rv\u0430rd.example)" in sentence
    assert shown("harvard.edu") == "harvard.edu"
    assert decoded("xn--\u00e4.example") == "xn--\u00e4.example", "what cannot be decoded is shown as it is"


def test_an_https_issuer_is_compared_by_its_host() -> None:
    assert said("https://harvard-diplomas.example/issuers/1", "A school", HARVARD)


def test_a_port_changes_nothing() -> None:
    assert said("did:web:harvard.example%3A8443", "A school", HARVARD)
    assert not said("did:web:credentials.harvard.edu%3A8443", "Harvard University", HARVARD)


def test_the_list_gives_names_and_aliases() -> None:
    assert said("did:key:z6Mk", "Harvard College", HARVARD) == [
        "It calls itself Harvard College, as an issuer does that is known here under harvard.edu; it is not that one."
    ]


def test_a_name_of_another_is_noticed_with_a_known_issuer_too() -> None:
    flags = Lookalikes([HARVARD, ACADEMY]).flags(ACADEMY.id, "Harvard University", (ACADEMY,))
    assert [flag.strong for flag in flags] == [True]


def test_a_part_of_a_known_owners_domain_is_its_own() -> None:
    rival = KnownIssuer("did:web:harvard-university.example", "Harvard of Examples")
    assert not said("did:web:pages.harvard-university.example", "Something else", HARVARD, rival)


def test_strong_ones_come_first_and_only_some_are_shown() -> None:
    known = [KnownIssuer(f"did:web:other{number}.example", "Harvard University Online") for number in range(9)]
    flags = Lookalikes([HARVARD, *known]).flags("did:key:z6Mk", "Harvard University Online")
    assert len(flags) == MAX_FLAGS
    assert all(flag.strong for flag in flags)


def test_what_another_list_calls_it_it_may_call_itself() -> None:
    entry = KnownIssuer("did:key:z6MkElsewhere", "Harvard University")
    assert Lookalikes([HARVARD]).flags(entry.id, entry.name, (entry,)) == ()
    assert Lookalikes([HARVARD]).flags(entry.id, entry.name)


def test_no_name_and_the_identifier_as_name_are_like_nobody() -> None:
    for name in ("", "  ", "did:key:z6Mk"):
        assert not said("did:key:z6Mk", name, HARVARD, KnownIssuer("did:web:a.example", "did:key:z6Mk"))


@pytest.mark.parametrize("host", ["localhost", "192.0.2.7", "co.uk", "", "intranet"])
def test_what_nobody_registered_is_no_domain(host: str) -> None:
    assert domain(host) is None


def test_edits() -> None:
    for a, b in (("harvard", "havard"), ("harvard", "harvvard"), ("harvard", "hervard"), ("harvard", "hravard")):
        assert one_edit(a, b), (a, b)
        assert one_edit(b, a), (b, a)
    for a, b in (("harvard", "harvard"), ("harvard", "drahvar"), ("harvard", "hrvrd"), ("ab", "cd"), ("", "ab")):
        assert not one_edit(a, b), (a, b)
    assert not exchanged("a", "a")


# --- what is strange in itself -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("issuer", "name", "words"),
    [
        ("did:key:z6Mk", "Harv\u202eard", "cannot be seen: U+202E"),
        ("did:key:z6Mk", "Har\u200bvard\u2060", "cannot be seen: U+200B and U+2060"),
        ("did:key:z6Mk", "Har\u200cvard", "cannot be seen: U+200C"),
        ("did:key:z6Mk", "Har\u3164vard", "cannot be seen: U+3164"),
        ("did:key:z6Mk", "H\u0430rvard University", "in the word H\u0430rvard: Latin and Cyrillic"),
        ("did:key:z6Mk", "\u039fxford", "Greek and Latin"),
        ("did:web:xn--hrvard-3nf.example", "A", "mixes letters of several scripts in one word: Latin and Cyrillic"),
        ("did:web:xn--80ak6aa92e.example", "A", "written in other letters that look like Latin ones"),
    ],
)
def test_oddities(issuer: str, name: str, words: str) -> None:
    found = [str(message) for message in oddities(issuer, name)]
    assert len(found) == 1
    assert words in found[0]


@pytest.mark.parametrize(
    ("issuer", "name"),
    [
        ("did:web:harvard.edu", "Harvard University"),
        ("did:web:xn--mnchen-3ya.example", "Ludwig-Maximilians-Universit\u00e4t M\u00fcnchen"),
        ("did:web:xn--e1afmkfd.example", "\u041c\u0413\u0423 \u0438\u043c\u0435\u043d\u0438 M. V. Lomonosov"),
        ("did:web:xn--fsqu00a.example", "\u6771\u4eac\u5927\u5b66 University"),
        ("did:key:z6Mk", "NHK\u30e9\u30b8\u30aa\u5b66\u6821"),
        ("did:key:z6Mk", "\u062f\u0627\u0646\u0634\u06af\u0627\u0647 \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("did:key:z6Mk", "\u0915\u094d\u200d\u0937 \u0935\u093f\u0926\u094d\u092f\u093e\u0932\u092f"),
        ("did:key:z6Mk", "Universit\u00e9 d\u2019\u00c9tat n\u00ba 2 \u2013 \u00b5"),
    ],
)
def test_names_of_the_world_are_not_odd(issuer: str, name: str) -> None:
    assert oddities(issuer, name) == ()
