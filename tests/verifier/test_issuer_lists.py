"""Where lists of known issuers come from, and what makes us believe them."""

import hashlib
import json
import pickle
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.vc.samples import NOW, SoftSigner
from tests.verifier.registries.statements import CONFIGURATION, Anchor, claims, token
from vc import jose
from vc.dids import jwk, key
from vc.errors import Invalid, Unavailable
from verifier.fetch import Fetched
from verifier.issuer_lists import MAX_LISTS, Heard, IssuerLists, Source, source
from verifier.known_issuers import ListRefused

URL = "https://lists.example/issuers.json"
SCHOOL = "did:web:school.example"
SIGNER = SoftSigner("a keeper of lists")
LISTED = json.dumps({"name": "Schools of Examples", "issuers": [{"id": SCHOOL, "name": "School of Examples"}]}).encode()
HASH = hashlib.sha256(LISTED).hexdigest()


def signed(payload: bytes = LISTED, signer: SoftSigner = SIGNER, **header: Any) -> bytes:
    return jose.sign({"typ": "issuer-list+jws"} | header, payload, signer)


class Server:
    def __init__(self, body: bytes = LISTED) -> None:
        self.pages = {URL: body}
        self.down = False
        self.asked: list[str] = []

    def get(self, url: str, accept: str | None = None) -> Fetched:
        self.asked.append(url)
        if self.down:
            raise Unavailable("{url} cannot be reached.", url=url)
        return Fetched(200 if url in self.pages else 404, {}, url, self.pages.get(url, b""))


def no_file(path: str) -> bytes:
    raise AssertionError(f"read {path}")


def lists(*texts: str, folder: Path | None = None) -> IssuerLists:
    return IssuerLists(tuple(source(text, no_file) for text in texts), folder)


def ask(these: IssuerLists, server: Any = None, *, issuer: str = SCHOOL, days: float = 0) -> Heard:
    return these.ask(issuer, "School of Examples", fetch=server or Server(), now=NOW + timedelta(days=days))


def refused(these: IssuerLists, server: Any, words: str) -> None:
    heard = ask(these, server)
    assert heard.standings == ()
    assert heard.asked == ()
    assert [words in str(reason) for reason in heard.unheard] == [True], [str(reason) for reason in heard.unheard]


# --- where they come from ------------------------------------------------------------------------------------


def test_a_file_is_believed() -> None:
    one = source("/etc/verifier/partners.json", lambda path: LISTED)
    assert (one.place, one.content) == ("/etc/verifier/partners.json", LISTED)
    (standing,) = ask(IssuerLists((one,))).standings
    assert (standing.issuer.name, standing.list) == ("School of Examples", "Schools of Examples")
    assert str(standing.authority) == "The list partners.json is kept by whoever runs this verifier."


def test_a_file_may_have_a_name_with_a_sign_in_it() -> None:
    assert source("lists/#1.json", lambda path: LISTED).place == "lists/#1.json"


def test_a_file_may_be_pinned_and_signed_too() -> None:
    assert ask(IssuerLists((source(f"a.json#sha256={HASH}", lambda path: LISTED),))).standings
    multibase = SIGNER.public_key.multibase
    assert ask(IssuerLists((source(f"a.jws#key={multibase}", lambda path: signed()),))).standings
    refused(IssuerLists((source("a.jws", lambda path: signed()),)), None, "say by whose key")
    refused(IssuerLists((source(f"a.json#key={multibase}", lambda path: LISTED),)), None, "It is not signed")


@pytest.mark.parametrize("url", [URL, "http://localhost:8000/list", "HTTPS://lists.example/list"])
def test_a_url_without_a_pin_is_refused(url: str) -> None:
    with pytest.raises(ListRefused, match=r"neither pinned nor signed.*#sha256=.*#key="):
        source(url, no_file)
    with pytest.raises(ListRefused):
        Source(url)


@pytest.mark.parametrize(
    ("fragment", "words"),
    [
        ("top", "neither sha256=… nor key=…"),
        ("sha256=", "neither"),
        ("sha1=00", "neither"),
        ("sha256=zz", "64 hexadecimal digits"),
        (f"sha256={HASH}&sha256={HASH}", "several contents"),
        ("key=abc", "cannot be read"),
        ("key=did:key:abc", "is no did:key"),
        ("key=did:web:keeper.example", "not fetched"),
        ("key=did:other:abc", "not supported"),
    ],
)
def test_a_pin_that_is_none(fragment: str, words: str) -> None:
    with pytest.raises((Invalid, Unavailable), match=words):
        source(f"{URL}#{fragment}", no_file)


def test_a_key_is_written_in_any_of_three_ways() -> None:
    public = SIGNER.public_key
    for text in (public.multibase, key.did_of(public), jwk.did_of(public)):
        assert source(f"{URL}#key={text}", no_file).keys == (public,)
    assert len(source(f"{URL}#key={public.multibase}&key={SoftSigner('b').public_key.multibase}", no_file).keys) == 2


def test_at_most_some_lists() -> None:
    with pytest.raises(ListRefused, match=f"At most {MAX_LISTS}"):
        IssuerLists((Source("a", content=LISTED),) * (MAX_LISTS + 1))


# --- pinned by its content -----------------------------------------------------------------------------------


def test_a_pinned_list_is_had_once_and_kept(tmp_path: Path) -> None:
    server = Server()
    text = f"{URL}#sha256={HASH.upper()}"
    (standing,) = ask(lists(text, folder=tmp_path), server).standings
    assert "is pinned to one content (SHA-256" in str(standing.authority)
    server.down = True
    for folder in (tmp_path, None):
        assert bool(ask(lists(text, folder=folder), server, days=400).standings) is (folder is not None)


def test_another_content_is_refused_and_said() -> None:
    refused(lists(f"{URL}#sha256={HASH}"), Server(LISTED + b"\n"), "another than the one that was pinned")


# --- signed --------------------------------------------------------------------------------------------------

SIGNED = f"{URL}#key={SIGNER.public_key.multibase}"


def test_a_signed_list() -> None:
    (standing,) = ask(lists(SIGNED), Server(signed())).standings
    assert f"is signed by the key {SIGNER.public_key.multibase}" in str(standing.authority)
    assert "It is of 2 March 2026." in str(standing.authority)


@pytest.mark.parametrize("kind", ["P-256", "P-384", "RSA"])
def test_a_list_signed_by_a_key_of_another_kind(kind: Any) -> None:
    signer = SoftSigner("a keeper", kind)
    text = f"{URL}#key={jwk.did_of(signer.public_key)}"
    assert ask(lists(text), Server(signed(signer=signer))).standings


def test_a_dcc_registry_may_be_signed_as_well() -> None:
    registry = {"meta": {"updated": "2026-02-25T00:00:00+00:00"}, "registry": {SCHOOL: {"name": "School of Examples"}}}
    (standing,) = ask(lists(SIGNED), Server(signed(json.dumps(registry).encode()))).standings
    assert "It is of 25 February 2026." in str(standing.authority)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (LISTED, "It is not signed, although a key was named"),
        (signed(signer=SoftSigner("somebody else")), "not signed by the key that was named"),
        (signed(signer=SoftSigner("somebody else", "P-256")), "not signed by the key that was named"),
        (signed()[:-4] + b"AAAA", "not signed by the key that was named"),
        (signed(typ="vc+jwt"), "no list of known issuers"),
        (signed(b"{}", typ="JWT"), "no list of known issuers"),
        (signed(b"[]"), "no list of known issuers that can be read"),
        (signed(b'{"a:b": 1}'), "A known issuer is written"),
        (b"", "no list of known issuers that can be read"),
        (b"a.b.c", "is refused"),
        (signed(jku="https://evil.example/keys"), "has jku, which is not accepted"),
    ],
)
def test_a_list_that_is_not_signed_as_it_should_be(body: bytes, words: str) -> None:
    refused(lists(SIGNED), Server(body), words)


def test_a_list_of_which_the_time_is_over() -> None:
    listed = json.loads(LISTED) | {"expires": "2026-03-02T12:30:00Z"}
    these, server = lists(SIGNED), Server(signed(json.dumps(listed).encode()))
    assert ask(these, server).standings
    assert "was valid until" in str(ask(these, server, days=0.03).unheard[0]), "also of the copy in memory"
    file = IssuerLists((Source("a.json", content=json.dumps(listed).encode()),))
    assert ask(file).standings
    assert "was valid until" in str(ask(file, days=0.03).unheard[0])


def test_an_issuer_whose_time_in_the_list_is_over() -> None:
    entry = {"id": SCHOOL, "name": "School of Examples", "until": "2026-03-03T00:00:00Z"}
    file = IssuerLists((Source("a.json", content=json.dumps({"issuers": [entry]}).encode()),))
    assert ask(file).standings
    assert not ask(file, days=1).standings


def test_a_copy_serves_while_the_list_is_down_and_says_its_age() -> None:
    these, server = lists(SIGNED), Server(signed())
    ask(these, server)
    server.down = True
    heard = ask(these, server, days=3)
    assert heard.unheard == ()
    assert str(heard.standings[0].authority) == (
        f"The list {URL} is signed by the key {SIGNER.public_key.multibase}. This is a copy of 2 March 2026. The list "
        f"{URL} cannot be had now: {URL} cannot be reached."
    )
    heard = ask(these, server, days=8)
    assert (heard.standings, len(heard.unheard)) == ((), 1)


def test_a_copy_serves_while_the_list_is_forged_and_says_so() -> None:
    these, server = lists(SIGNED), Server(signed())
    ask(these, server)
    forged = json.dumps({"issuers": [{"id": "did:web:evil.example", "name": "Evil"}]}).encode()
    server.pages[URL] = signed(forged, SoftSigner("somebody else"))
    heard = ask(these, server, days=1)
    assert "is refused: It is not signed by the key" in str(heard.standings[0].authority)
    assert not ask(these, server, issuer="did:web:evil.example", days=1).standings


def test_an_issuer_that_was_struck_off_cannot_be_brought_back() -> None:
    first, second = (
        signed(json.dumps({"issued": f"2026-02-0{day}T00:00:00Z", "issuers": issuers}).encode())
        for day, issuers in ((1, [{"id": SCHOOL, "name": "S"}]), (2, []))
    )
    these, server = lists(SIGNED), Server(second)
    assert not ask(these, server).standings
    server.pages[URL] = first
    assert not ask(these, server, days=1).standings


# --- asked of a trust anchor ---------------------------------------------------------------------------------


def test_a_trust_anchor() -> None:
    anchor = Anchor()
    these = lists(f"{CONFIGURATION}#key={anchor.signer.public_key.multibase}")
    assert ask(these, anchor).standings == ()
    anchor.state(SCHOOL)
    (standing,) = ask(these, anchor).standings
    assert (standing.issuer.name, standing.list) == ("School of Examples", "Consortium of Examples")
    anchor.status = 503
    assert "This is a copy of" in str(ask(these, anchor, days=0.5).standings[0].authority)
    heard = ask(these, anchor, days=2)
    assert (heard.standings, len(heard.unheard)) == ((), 1), "the statement was valid for a day"


def test_a_file_of_statements() -> None:
    anchor = Anchor()
    data = json.dumps([token(claims(SCHOOL), anchor.signer)]).encode()
    text = f"statements.json#key={anchor.signer.public_key.multibase}"
    assert ask(IssuerLists((source(text, lambda path: data),))).standings
    refused(IssuerLists((Source("statements.json", content=data),)), None, "say by whose key")


# --- together ------------------------------------------------------------------------------------------------


def test_one_list_that_is_down_hides_no_other() -> None:
    server = Server()
    server.down = True
    these = IssuerLists((source(SIGNED, no_file), Source("a.json", content=LISTED)))
    heard = ask(these, server)
    assert len(heard.standings) == len(heard.unheard) == 1
    assert heard.asked == ("a.json",)


def test_what_one_list_knows_is_no_lookalike_of_what_another_knows() -> None:
    """One institution has several keys, and stands in several lists."""
    other = json.dumps({"did:key:z6MkSchool": "School of Examples"}).encode()
    these = IssuerLists((Source("a.json", content=LISTED), Source("b.json", content=other)))
    for issuer in (SCHOOL, "did:key:z6MkSchool"):
        heard = ask(these, issuer=issuer)
        assert (len(heard.standings), heard.flags) == (1, ())
    assert ask(these, issuer="did:key:z6MkStranger").flags[0].strong


def test_the_verifiers_own_list_counts_beside_the_others() -> None:
    these = IssuerLists((Source("a.json", content=LISTED),))
    heard = these.ask("did:key:z", "Z", own={"did:key:z": "Zed"}, fetch=Server(), now=NOW)
    assert [str(standing.list) for standing in heard.standings] == ["known issuers"]


def test_lists_go_to_another_process(tmp_path: Path) -> None:
    these, server = lists(SIGNED, folder=tmp_path), Server(signed())
    ask(these, server)
    server.down = True
    assert ask(pickle.loads(pickle.dumps(these)), server).standings


def test_lists_are_compared_with_anew_only_when_they_change(monkeypatch: pytest.MonkeyPatch) -> None:
    from verifier import issuer_lists

    made: list[int] = []
    whole = issuer_lists.Lookalikes
    monkeypatch.setattr(issuer_lists, "Lookalikes", lambda issuers: made.append(1) or whole(issuers))
    these, server = lists(SIGNED), Server(signed())
    made.clear()
    for _ in range(3):
        ask(these, server)
    assert len(made) == 1
    server.pages[URL] = signed(json.dumps({"did:key:z": "Z"}).encode())
    ask(these, server, days=1)
    assert len(made) == 2
