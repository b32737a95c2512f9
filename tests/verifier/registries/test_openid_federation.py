"""OpenID Federation 1.0: statements in a file, and a trust anchor that is asked."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.vc.samples import NOW, SoftSigner
from tests.verifier.registries.statements import ANCHOR, CONFIGURATION, FETCH, Anchor, claims, configuration, token
from vc.errors import Invalid, MalformedValue, Unavailable
from vc.keys import PublicKey
from verifier import federation, registries
from verifier.good_copies import Copy, GoodCopies
from verifier.known_issuers import IssuerList, KnownIssuer, ListRefused
from verifier.registries.openid_federation import FORMAT, Statement, verified

SIGNER = SoftSigner("a trust anchor", "P-256")
KEYS = (SIGNER.public_key,)
SCHOOL = "did:web:school.example"


def read(*tokens: str, keys: tuple[PublicKey, ...] = KEYS) -> IssuerList:
    data = tokens[0].encode() if len(tokens) == 1 else json.dumps(tokens).encode()
    return registries.read(data, keys=keys, now=NOW)


def test_one_statement_and_several() -> None:
    one = read(token(claims(SCHOOL), SIGNER))
    assert one.issuers == (KnownIssuer(SCHOOL, "School of Examples", "https://school.example"),)
    several = read(token(configuration(), SIGNER), *(token(claims(f"did:key:z{i}", f"S{i}"), SIGNER) for i in range(3)))
    assert [known.name for known in several.issuers] == ["S0", "S1", "S2"]
    assert several.name == "Consortium of Examples"
    assert several.expires == NOW + timedelta(days=1)


def test_a_stranger_takes_the_name_of_its_identifier() -> None:
    assert read(token(claims(SCHOOL, None), SIGNER)).issuers == (KnownIssuer(SCHOOL, SCHOOL),)


def test_an_issuers_own_word_gives_its_name_when_the_anchor_names_its_keys() -> None:
    school = SoftSigner("a school", "P-256")
    about = token(claims("https://school.example", None, jwks={"keys": [school.public_key.jwk]}), SIGNER)
    own = claims("https://school.example", "School by its own word", iss="https://school.example")
    assert read(about, token(own, school)).issuers[0].name == "School by its own word"
    with pytest.raises(ListRefused, match="not signed by the key"):
        read(about, token(own, SoftSigner("somebody else", "P-256")))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"exp": int(NOW.timestamp()) - 1}, "was valid until"),
        ({"iat": int(NOW.timestamp()) + 3_600}, "dated in the future"),
        ({"exp": None}, "no date"),
        ({"exp": True}, "no date"),
        ({"exp": 1e300}, "no date"),
        ({"iat": "yesterday"}, "no date"),
        ({"crit": ["trust_marks"]}, "critical claims"),
        ({"iss": 7}, "no iss"),
        ({"sub": None}, "no sub"),
        ({"sub": "no identifier"}, "no sub"),
    ],
)
def test_a_statement_that_does_not_hold(change: dict[str, Any], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        FORMAT.read(token(claims(SCHOOL) | change, SIGNER).encode(), keys=KEYS, now=NOW)


def test_a_statement_by_another_key() -> None:
    with pytest.raises(ListRefused, match="not signed by the key that was named"):
        read(token(claims(SCHOOL), SoftSigner("somebody else", "P-256")))
    with pytest.raises(ListRefused, match="not signed"):
        read(token(claims(SCHOOL, jwks={"keys": [SIGNER.public_key.jwk]}), SoftSigner("a", "P-256")))


def test_the_keys_that_a_configuration_brings_along_prove_nothing() -> None:
    attacker = SoftSigner("an attacker", "P-256")
    brought = token(configuration(jwks={"keys": [attacker.public_key.jwk]}), attacker)
    with pytest.raises(ListRefused, match="not signed"):
        read(brought, token(claims(SCHOOL), attacker))


def test_one_bad_statement_spoils_the_list() -> None:
    with pytest.raises(ListRefused):
        read(token(claims(SCHOOL), SIGNER), token(claims("did:key:z"), SoftSigner("somebody else", "P-256")))


def test_without_a_key_nothing_is_believed() -> None:
    with pytest.raises(ListRefused, match="say by whose key"):
        read(token(claims(SCHOOL), SIGNER), keys=())


def test_statements_of_others_are_not_followed() -> None:
    intermediate = SoftSigner("an intermediate", "P-256")
    below = token(claims("did:key:z", iss="https://between.example"), intermediate)
    with pytest.raises(ListRefused, match="2 authorities"):
        read(token(claims("https://between.example"), SIGNER), below)


def test_what_is_no_list_of_statements() -> None:
    good = token(claims(SCHOOL), SIGNER)
    for data in (b"[]", b"[7]", b"{}", b"a.b.c", token(claims(SCHOOL), SIGNER, typ="JWT").encode()):
        assert not FORMAT.recognizes(data)
    with pytest.raises(MalformedValue, match="no entity statement"):
        read(good, token(claims(SCHOOL), SIGNER, typ="JWT"))
    with pytest.raises(ListRefused, match="no statement about an issuer"):
        read(token(configuration(), SIGNER))


# --- a trust anchor that is asked ----------------------------------------------------------------------------


def lookup(anchor: Anchor, issuer: str = SCHOOL, copies: GoodCopies | None = None) -> Copy[Statement] | None:
    copies = copies or GoodCopies()
    own = federation.configuration(CONFIGURATION, keys=KEYS, copies=copies, fetch=anchor, now=NOW)
    return federation.lookup(issuer, own.value, keys=KEYS, copies=copies, fetch=anchor, now=NOW)


def test_an_issuer_that_the_anchor_knows() -> None:
    anchor = Anchor()
    anchor.state(SCHOOL)
    found = lookup(anchor)
    assert found is not None
    assert found.value.entity["organization_name"] == "School of Examples"
    assert anchor.asked == [CONFIGURATION, f"{FETCH}?sub=did%3Aweb%3Aschool.example"]


def test_an_issuer_that_it_does_not_know() -> None:
    assert lookup(Anchor()) is None


def test_an_anchor_that_is_down_is_no_answer() -> None:
    anchor = Anchor()
    anchor.status = 503
    with pytest.raises(Unavailable, match="status 503"):
        lookup(anchor)


def test_the_answer_must_be_about_the_issuer_that_was_asked_for() -> None:
    anchor = Anchor()
    anchor.statements[SCHOOL] = token(claims("did:web:other.example"), anchor.signer)
    with pytest.raises(ListRefused, match=r"answers about did:web:other\.example"):
        lookup(anchor)
    anchor.statements[SCHOOL] = token(claims(SCHOOL, iss="https://other.example"), anchor.signer)
    with pytest.raises(ListRefused):
        lookup(anchor)


def test_an_issuers_own_configuration_is_no_statement_of_the_anchor() -> None:
    anchor, school = Anchor(), SoftSigner("a school", "P-256")
    anchor.statements[SCHOOL] = token(claims(SCHOOL, iss=SCHOOL), school)
    with pytest.raises(Invalid):
        lookup(anchor)


def test_keys_that_the_anchor_rolls_over_to() -> None:
    anchor, new = Anchor(), SoftSigner("the anchor's next key", "P-384")
    anchor.configuration = token(configuration(jwks={"keys": [new.public_key.jwk, {"kty": "?"}, 7]}), anchor.signer)
    anchor.statements[SCHOOL] = token(claims(SCHOOL), new)
    assert lookup(anchor) is not None
    anchor.configuration = token(configuration(jwks={"keys": [new.public_key.jwk]}), new)
    with pytest.raises(ListRefused, match="not signed"):
        lookup(anchor)


@pytest.mark.parametrize("endpoint", [None, 7, "file:///etc/passwd", "registry.example/fetch"])
def test_a_configuration_that_does_not_say_where_to_ask(endpoint: Any) -> None:
    anchor = Anchor()
    metadata = {"federation_entity": {"federation_fetch_endpoint": endpoint}}
    anchor.configuration = token(configuration(metadata=metadata), anchor.signer)
    with pytest.raises(MalformedValue, match="where it can be asked"):
        lookup(anchor)
    assert anchor.asked == [CONFIGURATION]


def test_a_configuration_of_somebody_else() -> None:
    anchor = Anchor()
    anchor.configuration = token(configuration(sub="https://other.example", iss="https://other.example"), anchor.signer)
    with pytest.raises(ListRefused, match=f"Asked about {ANCHOR}"):
        lookup(anchor)


def test_an_issuer_that_was_struck_off_is_not_remembered() -> None:
    anchor, copies = Anchor(), GoodCopies()
    anchor.state(SCHOOL)
    assert lookup(anchor, copies=copies) is not None
    del anchor.statements[SCHOOL]
    later = NOW + timedelta(hours=2)
    own = federation.configuration(CONFIGURATION, keys=KEYS, copies=copies, fetch=anchor, now=later)
    for status in (200, 503):
        anchor.status = status
        if status == 200:
            assert federation.lookup(SCHOOL, own.value, keys=KEYS, copies=copies, fetch=anchor, now=later) is None
        else:
            with pytest.raises(Unavailable):
                federation.lookup(SCHOOL, own.value, keys=KEYS, copies=copies, fetch=anchor, now=later)


def test_a_kept_statement_is_not_used_beyond_its_own_time() -> None:
    anchor, copies = Anchor(), GoodCopies()
    anchor.state(SCHOOL)
    assert lookup(anchor, copies=copies) is not None
    anchor.status = 503
    own = federation.configuration(CONFIGURATION, keys=KEYS, copies=copies, fetch=anchor, now=NOW + timedelta(hours=23))
    assert own.trouble is not None
    with pytest.raises(Unavailable):
        federation.configuration(CONFIGURATION, keys=KEYS, copies=copies, fetch=anchor, now=NOW + timedelta(hours=25))


# --- what a registry published -------------------------------------------------------------------------------

PUBLISHED = json.loads(
    (Path(__file__).parents[2] / "vectors" / "openid-federation" / "dcc-test-registry.json").read_text("utf-8")
)


def test_statements_of_the_digital_credentials_consortium() -> None:
    key = PublicKey.from_jwk(PUBLISHED["key"])
    configured, stated = PUBLISHED["configuration"], PUBLISHED["statement"]

    def at(one: dict[str, Any]) -> datetime:
        return datetime.fromtimestamp(one["issued"] + 60, UTC)

    anchor = verified(configured["token"].encode(), keys=(key,), now=at(configured))
    assert anchor.keys == (key,)
    assert anchor.entity["federation_fetch_endpoint"] == "https://test.registry.dcconsortium.org/fetch"
    (known,) = registries.read(stated["token"].encode(), keys=(key,), now=at(stated)).issuers
    assert (known.id, known.name) == (stated["subject"], stated["name"])
    with pytest.raises(ListRefused, match="was valid until"):
        registries.read(stated["token"].encode(), keys=(key,), now=NOW)
    with pytest.raises(ListRefused, match="not signed by the key"):
        registries.read(stated["token"].encode(), keys=KEYS, now=at(stated))
