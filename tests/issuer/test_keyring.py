"""Whose key signs what: each organization by its own, in its own name, whatever is tried."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from issuer import organizations
from issuer.api_errors import UnknownOrganization
from issuer.catalogue import Catalogue, Organization
from issuer.config import Key
from issuer.errors import Conflict, KeyRefused, ReadBackFailed
from issuer.issuance import Issuance
from issuer.keyring import Identity, Keyring
from issuer.signers import file
from issuer.signing import Signing
from issuer.status_lists import StatusLists
from issuer.store import audit, catalogues, organization_keys
from issuer.store.credentials import StoredCredential
from tests.issuer.installation import NOW, Installation, copied, earned
from tests.issuer.two_organizations import ACADEMY, ACADEMY_DID, SCHOOL, SCHOOL_DID, TWO, both_awarded, of_zoe
from vc import formats
from vc.context_rules import OPEN_BADGES
from vc.dids import web
from vc.errors import Invalid
from vc.keys import PublicKey, Signer
from vc.securing import Expected


@pytest.fixture
def two(tmp_path: Path) -> Installation:
    """Both have awarded: the school Ana, the academy Zoë."""
    return copied("two organizations", tmp_path, both_awarded)


def rotate(school: Installation, code: str = SCHOOL) -> organization_keys.OrganizationKey:
    return organizations.rotate_key(school.database, school.services.keyring, code, actor="Olga", at=school.now)


def secured_by(school: Installation, organization: str) -> list[bytes]:
    return [one.secured or b"" for one in school.certificates() if one.organization == organization]


def methods(secured: bytes) -> set[str]:
    return {proof["verificationMethod"] for proof in json.loads(secured)["proof"]}


def verify(school: Installation, secured: bytes) -> None:
    formats.verify(formats.read(secured), dereference=school.dereference, expected=Expected(now=school.now))


# --- each by its own -------------------------------------------------------------------------------------------


def test_each_organization_signs_by_a_key_of_its_own(two: Installation) -> None:
    school, academy = (two.services.keyring.identity(code) for code in (SCHOOL, ACADEMY))
    assert (school.did, academy.did) == (SCHOOL_DID, ACADEMY_DID)
    assert len({school.key, academy.key, PublicKey.from_multibase(two.config.key.public)}) == 3
    for identity in (school, academy):
        for secured in secured_by(two, identity.organization):
            assert methods(secured) == {identity.method}
            verify(two, secured)


def test_its_document_lists_its_own_keys_and_no_other(two: Installation) -> None:
    with two.client() as client:
        for code in (SCHOOL, ACADEMY):
            document = client.get(f"/organizations/{code}/did.json").json()
            listed = [one["publicKeyMultibase"] for one in document["verificationMethod"]]
            assert listed == [two.services.keyring.identity(code).key.multibase]


def test_its_status_list_and_its_tokens_are_by_that_key_too(two: Installation) -> None:
    for secured in secured_by(two, ACADEMY):
        verify(two, two.issuance.as_token(secured))
        name = json.loads(secured)["credentialStatus"]["statusListCredential"].rpartition("/")[2]
        signed = two.services.status_lists.current(name)
        assert methods(signed.body) == {f"{ACADEMY_DID}#key-1"} == {signed.method}


class Mixed(Keyring):
    """What a mistake in finding the key would do: the school's signs for everybody."""

    def signer(self, identity: Identity) -> Signer:
        return super().signer(self.identity(SCHOOL))


def of_academy(two: Installation) -> StoredCredential:
    (stored,) = (one for one in two.certificates() if one.organization == ACADEMY)
    return stored


def _certificate(two: Installation, keyring: Keyring) -> None:
    Issuance(two.config, two.database, keyring, now=lambda: NOW).correct(
        of_academy(two).share_id, name="Zoë Ünlü", reason="typing error"
    )


def _list(two: Installation, keyring: Keyring) -> None:
    StatusLists(two.config, two.database, keyring, now=lambda: NOW).current(two.list_of(of_academy(two)))


def _token(two: Installation, keyring: Keyring) -> None:
    (secured,) = secured_by(two, ACADEMY)
    Issuance(two.config, two.database, keyring, now=lambda: NOW).as_token(secured)


@pytest.mark.parametrize("deed", [_certificate, _list, _token])
def test_another_organizations_key_signs_nothing_here(
    two: Installation, deed: Callable[[Installation, Keyring], None]
) -> None:
    with pytest.raises(ReadBackFailed, match="does not verify"):
        deed(two, Mixed(two.config, two.database, environ={}))


def test_what_names_another_organization_is_not_theirs_for_a_verifier(two: Installation) -> None:
    """The school's key, the academy's name, and the school's verification method in the proof."""
    (secured,) = secured_by(two, ACADEMY)
    document = json.loads(secured)
    del document["proof"]
    school = two.services.keyring.identity(SCHOOL)
    forged = formats.data_integrity.secure(
        document,
        signer=two.services.keyring.signer(school),
        verification_method=school.method,
        created=NOW,
        rule=OPEN_BADGES,
    )
    with pytest.raises(Invalid, match="signed by a key of"):
        verify(two, json.dumps(forged).encode())


@pytest.mark.parametrize(
    "did",
    [
        "did:web:elsewhere.example",
        "did:web:elsewhere.example:organizations:school",
        "did:web:localhost%3A8000:organizations:example-school",  # the installation's slug: its DID has no path
        "did:key:z6MkjchhfUsD6mmvni8mCdXHw216Xrm9bQe2mBH1P5RDjVJG",
        SCHOOL_DID + "#key-1",
    ],
)
def test_in_a_name_that_is_nobodys_here_nothing_is_signed(school: Installation, did: str) -> None:
    with pytest.raises(KeyRefused, match="no identity of this installation"):
        school.services.keyring.identity_of(did)
    with pytest.raises(KeyRefused, match="no identity of this installation"):
        Signing(school.config, school.services.keyring).sign({"issuer": did}, rule=OPEN_BADGES, at=NOW)


def test_an_organization_that_is_not_here_has_no_identity(school: Installation) -> None:
    with pytest.raises(UnknownOrganization, match="There is no organization nowhere"):
        school.services.keyring.identity("nowhere")
    with pytest.raises(UnknownOrganization):
        school.services.keyring.identity_of("did:web:localhost%3A8000:organizations:nowhere")


def test_an_exchanged_key_file_is_refused(two: Installation) -> None:
    keys = two.home / "keys"
    (keys / ACADEMY / "key-1.pem").write_bytes((keys / SCHOOL / "key-1.pem").read_bytes())
    two.restart()
    keyring = two.services.keyring
    keyring.signer(keyring.identity(SCHOOL))
    with pytest.raises(KeyRefused, match="of academy is not the one whose public half is published"):
        keyring.signer(keyring.identity(ACADEMY))


def test_one_organizations_lost_key_stops_no_other(tmp_path: Path) -> None:
    two = Installation(tmp_path, TWO)
    two.record(*earned(), of_zoe())
    (two.home / "keys" / ACADEMY / "key-1.pem").unlink()
    two.decide()
    issued = two.issue()
    assert {one.organization for one in issued.courses + issued.programs} == {SCHOOL}
    (held,) = issued.held
    assert str(held.why) == "The organization’s key cannot be used at present"
    assert all(one.organization == SCHOOL for one in two.certificates())  # nothing was recorded for the academy
    with pytest.raises(KeyRefused, match="There is no key file"):  # now there is nothing else to do
        two.issue()


@pytest.mark.parametrize("code", ["..", "../duke", "a/b", "", "Duke", "-", "key-1.pem"])
def test_a_code_that_is_no_folders_name_reaches_no_file(tmp_path: Path, code: str) -> None:
    with pytest.raises(KeyRefused, match="no code of an organization"):
        file.create(tmp_path, "key-1", {}, organization=code)
    assert not (tmp_path / "keys").exists()


# --- new organizations, new keys -------------------------------------------------------------------------------


def test_a_running_service_notices_a_new_organization_and_a_new_key(school: Installation) -> None:
    """`other` is another process over the same home."""
    other = Installation.found(school.home)
    with school.client() as client:
        assert client.get("/organizations/academy/did.json").status_code == 404
        other.take_in(TWO)
        document = client.get("/organizations/academy/did.json").json()
        assert document["assertionMethod"] == [f"{ACADEMY_DID}#key-1"]
        rotate(other, ACADEMY)
        document = client.get("/organizations/academy/did.json").json()
        assert document["assertionMethod"] == [f"{ACADEMY_DID}#key-1", f"{ACADEMY_DID}#key-2"]
    school.record(of_zoe())
    school.decide_and_issue()
    (secured,) = secured_by(school, ACADEMY)
    assert methods(secured) == {f"{ACADEMY_DID}#key-2"}


def test_a_new_key_signs_and_the_old_one_stays_published(two: Installation) -> None:
    before = secured_by(two, SCHOOL)
    name = two.list_of(two.certificates()[0])
    old_list = two.services.status_lists.current(name)
    key = rotate(two)
    assert (key.id, key.own) == ("key-2", True)
    for secured in before:
        verify(two, secured)
    new_list = two.services.status_lists.current(name)
    assert methods(old_list.body) == {f"{SCHOOL_DID}#key-1"}
    assert methods(new_list.body) == {f"{SCHOOL_DID}#key-2"}
    corrected = two.issuance.correct(two.certificates()[0].share_id, name="Ana M. Invenira", reason="typing error")
    for one in corrected.released:
        assert methods(one.secured or b"") == {f"{SCHOOL_DID}#key-2"}
        verify(two, one.secured or b"")
    assert two.services.keyring.identity(ACADEMY).key_id == "key-1"
    with two.database.read() as tx:
        (entry,) = (one for one in audit.read(tx, SCHOOL) if one.action == "organization.rotate-key")
    assert (entry.actor, entry.subject, entry.detail) == ("Olga", SCHOOL, {"key": "key-2"})


def test_keys_follow_each_other_by_number_and_not_by_alphabet_or_clock(school: Installation) -> None:
    for _ in range(10):
        school.later(days=-1)  # a clock that is set back
        rotate(school)
    keys = school.services.keyring.keys_of(SCHOOL)
    assert [key.id for key in keys] == [f"key-{number}" for number in range(1, 12)]
    assert school.services.keyring.identity(SCHOOL).key_id == "key-11"


def test_the_installations_own_key_is_not_rotated_here(tmp_path: Path) -> None:
    organization = Organization("example-school", "Example School", "https://school.example/")
    own = Installation(tmp_path, Catalogue({"example-school": organization}))
    identity = own.services.keyring.identity("example-school")
    assert (identity.did, identity.own) == (own.config.did, False)
    assert not (own.home / "keys" / "example-school").exists()
    with pytest.raises(Conflict, match="is this installation itself"):
        rotate(own, "example-school")


@pytest.mark.both_databases
def test_two_processes_that_rotate_at_once_make_one_key(school: Installation) -> None:
    keyring = school.services.keyring
    first = keyring.next_key(SCHOOL, at=NOW)
    second = Keyring(school.config, school.database, environ={}).next_key(SCHOOL, at=NOW)
    assert first == second  # the file is opened if it is there
    for again in (False, True):
        with school.database.write() as tx:
            if again:
                with pytest.raises(Conflict, match="was given a key just now"):
                    keyring.record(tx, second)
            else:
                keyring.record(tx, first)
    assert [key.id for key in keyring.keys_of(SCHOOL)] == ["key-1", "key-2"]


def test_two_that_make_the_same_key_file_at_once_get_the_same_key(tmp_path: Path) -> None:
    start = threading.Barrier(8)
    made: list[PublicKey] = []

    def make() -> None:
        start.wait()
        made.append(file.create(tmp_path, "key-1", {}, organization="duke").public_key)

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len(set(made)) == 1


def test_a_power_cut_between_the_file_and_the_row_loses_no_key(
    school: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Cut(BaseException):
        pass

    def cut(*_: Any, **__: Any) -> None:
        raise Cut

    monkeypatch.setattr(catalogues, "save", cut)
    with pytest.raises(Cut):
        school.take_in(TWO)
    monkeypatch.undo()
    left = (school.home / "keys" / ACADEMY / "key-1.pem").read_bytes()
    with pytest.raises(UnknownOrganization):
        school.services.keyring.identity(ACADEMY)
    school.restart()
    school.take_in(TWO)
    assert (school.home / "keys" / ACADEMY / "key-1.pem").read_bytes() == left
    keyring = school.services.keyring
    assert keyring.signer(keyring.identity(ACADEMY)).public_key == keyring.identity(ACADEMY).key


# --- organizations that are older than their keys --------------------------------------------------------------


@pytest.fixture
def older(tmp_path: Path) -> Installation:
    return Installation(tmp_path, own_keys=False)


def test_an_older_organization_keeps_the_installations_key_until_it_has_its_own(older: Installation) -> None:
    older.record(*earned())
    older.decide_and_issue()
    before = secured_by(older, SCHOOL)
    identity = older.services.keyring.identity(SCHOOL)
    assert (identity.own, identity.key.multibase) == (False, older.config.key.public)
    key = rotate(older)
    assert key.id == "key-2"  # key-1 is the installation's in this document
    keys = older.services.keyring.keys_of(SCHOOL)
    assert [(one.id, one.own) for one in keys] == [("key-1", False), ("key-2", True)]
    for secured in before:
        assert methods(secured) == {f"{SCHOOL_DID}#key-1"}
        verify(older, secured)
    corrected = older.issuance.correct(older.certificates()[0].share_id, name="Ana M. Invenira", reason="typing error")
    assert methods(corrected.released[0].secured or b"") == {f"{SCHOOL_DID}#key-2"}
    verify(older, corrected.released[0].secured or b"")


def test_an_import_leaves_an_older_organization_its_key(older: Installation) -> None:
    """A new key is the operator's decision: partners may have pinned the one before."""
    older.take_in(TWO)
    assert not older.services.keyring.identity(SCHOOL).own
    assert older.services.keyring.identity(ACADEMY).own


def test_each_of_the_installations_keys_stays_published_for_it(older: Installation) -> None:
    old = Key("key-1", "z6MkjchhfUsD6mmvni8mCdXHw216Xrm9bQe2mBH1P5RDjVJG", "2025-01-01T00:00:00Z")
    config = replace(older.config, keys=(old, replace(older.config.key, id="key-2")))
    keyring = Keyring(config, older.database, environ={})
    organizations.rotate_key(older.database, keyring, SCHOOL, actor="Olga", at=NOW)
    assert list(keyring.identity(SCHOOL).published) == ["key-1", "key-2", "key-3"]
    assert list(web.document(SCHOOL_DID, keyring.identity(SCHOOL).published)["assertionMethod"]) == [
        f"{SCHOOL_DID}#key-{number}" for number in (1, 2, 3)
    ]
