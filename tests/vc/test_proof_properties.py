"""What holds for every cryptosuite and every credential: random texts of all of Unicode, random members, any order.

`TESTAMUR_EXAMPLES` says how many random credentials each property is tried on (for a long night: 1000).
"""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cache, partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.vc.samples import NOW, SoftSigner, dereference
from tests.vc.samples import status as status_entry
from vc import formats
from vc.context_rules import OB_303, OPEN_BADGES, VC2
from vc.cryptosuites import CRYPTOSUITES, SELECTIVE
from vc.cryptosuites.ecdsa_sd_2023 import ALWAYS_SHOWN
from vc.dates import timestamp
from vc.dids import key
from vc.errors import Invalid, Unavailable
from vc.formats import data_integrity
from vc.hashed_proof import HashedProof
from vc.openbadges.structure import check_structure
from vc.securing import Expected, Secured, Verified

EXAMPLES = int(os.environ.get("TESTAMUR_EXAMPLES", "5"))
few = partial(
    settings,
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],  # explaining a failure takes minutes here
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
every_suite = pytest.mark.parametrize("suite", sorted(CRYPTOSUITES))

# --- credentials ---------------------------------------------------------------------------------------------

# All of Unicode but half characters, which JSON cannot carry (`vc.strict_json` refuses them).
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(str.strip)
URLS = st.builds("https://example.org/{}".format, st.text("abcdefghij-_~0123456789", min_size=1, max_size=8))
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2026, 1, 1)).map(
    lambda moment: timestamp(moment.replace(microsecond=0, tzinfo=NOW.tzinfo))
)
CREDITS = st.integers(0, 40_000).map(lambda number: number / 4)


def _objects(type_: str, required: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"type": st.just([type_]), **required}, optional=optional)


def _ids(word: str) -> st.SearchStrategy[str]:
    """Ids never meet: two nodes of one id are refused."""
    return st.uuids().map(lambda uuid: f"urn:uuid:{uuid}#{word}")


ACHIEVEMENTS = _objects(
    "Achievement",
    {
        "id": _ids("achievement"),
        "name": TEXT,
        "description": TEXT,
        "criteria": st.fixed_dictionaries({"narrative": TEXT}, optional={"id": _ids("criteria")}),
    },
    {
        "achievementType": st.sampled_from(["Badge", "Course", "MicroCredential", "ext:Quest"]),
        "alignment": st.lists(
            _objects(
                "Alignment",
                {"targetName": TEXT, "targetUrl": URLS},
                {"targetDescription": TEXT, "targetFramework": TEXT, "targetCode": TEXT},
            ),
            min_size=1,
            max_size=3,
        ),
        "creditsAvailable": CREDITS,
        "fieldOfStudy": TEXT,
        "humanCode": TEXT,
        "inLanguage": st.sampled_from(["en", "es-MX", "zh-Hant"]),
        "specialization": TEXT,
        "tag": st.lists(TEXT, min_size=1, max_size=4, unique=True),
        "version": TEXT,
    },
)
SUBJECTS = _objects(
    "AchievementSubject",
    {"id": _ids("learner"), "achievement": ACHIEVEMENTS},
    {
        "activityEndDate": MOMENTS,
        "creditsEarned": CREDITS,
        "licenseNumber": TEXT,
        "narrative": TEXT,
        "role": TEXT,
        "term": TEXT,
        "identifier": st.lists(
            _objects(
                "IdentityObject",
                {"identityHash": TEXT, "identityType": st.just("name"), "hashed": st.booleans()},
                {"salt": TEXT},
            ),
            min_size=1,
            max_size=2,
        ),
    },
)


@st.composite
def credentials(draw: st.DrawFn, issuer: str) -> dict[str, Any]:
    credential = draw(
        st.fixed_dictionaries(
            {
                "@context": st.just([VC2, OB_303]),
                "id": _ids("credential"),
                "type": st.just(["VerifiableCredential", "OpenBadgeCredential"]),
                "name": TEXT,
                "issuer": _objects(
                    "Profile", {"id": st.just(issuer), "name": TEXT}, {"url": URLS, "email": TEXT, "description": TEXT}
                ),
                "validFrom": MOMENTS,
                "credentialSubject": SUBJECTS,
            },
            optional={
                "description": TEXT,
                "awardedDate": MOMENTS,
                "validUntil": st.just("2099-01-01T00:00:00Z"),
                "credentialStatus": st.just(status_entry()),
                "evidence": st.lists(
                    _objects("Evidence", {"id": _ids("evidence"), "name": TEXT}, {"narrative": TEXT, "genre": TEXT}),
                    min_size=1,
                    max_size=2,
                ),
            },
        )
    )
    check_structure(credential)
    return credential


# --- signing with whatever suite -----------------------------------------------------------------------------


@cache
def signer_of(suite: str) -> SoftSigner:
    return SoftSigner("an issuer", min(CRYPTOSUITES[suite].key_kinds))


def issuer_of(suite: str) -> str:
    return key.did_of(signer_of(suite).public_key)


def signed(credential: dict[str, Any], suite: str) -> dict[str, Any]:
    signer = signer_of(suite)
    method = key.method_of(signer.public_key)
    if suite in SELECTIVE:
        base = data_integrity.secure_base(
            credential,
            signer=signer,
            ephemeral=SoftSigner("for one proof", "P-256"),
            hmac_key=bytes(32),
            mandatory_pointers=[f"/{name}" for name in ALWAYS_SHOWN if name in credential],
            verification_method=method,
            created=NOW,
            rule=OPEN_BADGES,
            suite=suite,
        )
        return data_integrity.derive(base, selective_pointers=[""], rule=OPEN_BADGES)
    making: Any = CRYPTOSUITES[suite]
    options = {"type": "DataIntegrityProof", "cryptosuite": suite}
    if isinstance(making, HashedProof) and making.verify_only:
        making, options = replace(making, verify_only=False), {"type": suite}
        credential = {
            **credential,
            "@context": [*credential["@context"], "https://w3id.org/security/suites/ed25519-2020/v1"],
        }
    options |= {"created": timestamp(NOW), "verificationMethod": method, "proofPurpose": "assertionMethod"}
    return {**credential, "proof": making.create_proof(credential, options, signer=signer, rule=OPEN_BADGES)}


def verify(secured: Secured) -> Verified:
    return formats.verify(secured, dereference=dereference, expected=Expected(now=NOW, rule=OPEN_BADGES))


def unsecured(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "proof"}


def received(document: Any, **how: Any) -> Secured:
    return formats.read(json.dumps(document, **how).encode("utf-8"))


def refused(data: bytes, original: dict[str, Any]) -> bool:
    """Whether it is refused; or accepted with nothing changed, which spelling an escape otherwise does."""
    try:
        verified = verify(formats.read(data))
    except (Invalid, Unavailable):
        return True
    return verified.document == unsecured(original)


# --- the properties ------------------------------------------------------------------------------------------


@every_suite
@few()
@given(data=st.data())
def test_what_was_signed_verifies_and_is_what_is_shown(suite: str, data: st.DataObject) -> None:
    document = signed(data.draw(credentials(issuer_of(suite))), suite)
    verified = verify(received(document))
    assert verified.document == unsecured(document)
    assert verified.methods == (key.method_of(signer_of(suite).public_key),)


@every_suite
@few()
@given(data=st.data())
def test_white_space_escapes_and_the_order_of_members_do_not_matter(suite: str, data: st.DataObject) -> None:
    document = signed(data.draw(credentials(issuer_of(suite))), suite)
    shuffled = _shuffled(document, data.draw(st.randoms(use_true_random=False)).shuffle)
    how: dict[str, Any] = {
        "indent": data.draw(st.sampled_from([None, 0, 1, "\t"])),
        "ensure_ascii": data.draw(st.booleans()),
    }
    assert verify(received(shuffled, **how)).digest == verify(received(document)).digest


@every_suite
@few()
@given(data=st.data())
def test_no_bit_can_be_flipped(suite: str, data: st.DataObject) -> None:
    """Any bit of the whole file: of values, names, marks, contexts, of the proof."""
    document = signed(data.draw(credentials(issuer_of(suite))), suite)
    raw = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    for number in data.draw(st.lists(st.integers(0, 2**32), min_size=4, max_size=4, unique=True)):
        bit = number % (len(raw) * 8)  # how long an ECDSA proof is, is not the same each time
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        assert refused(bytes(flipped), document)


@every_suite
@few()
@given(data=st.data())
def test_no_value_can_be_changed_taken_out_or_doubled(suite: str, data: st.DataObject) -> None:
    document = signed(data.draw(credentials(issuer_of(suite))), suite)
    leaves = list(_leaves(document))
    for path in data.draw(st.lists(st.sampled_from(leaves), min_size=3, max_size=3)):
        for change in (_altered, _without, _doubled):
            changed = json.loads(json.dumps(document))
            parent = changed
            for step in path[:-1]:
                parent = parent[step]
            if change is _doubled and (not isinstance(parent, list) or "type" in path):
                continue  # a type that stands twice says no more than once
            change(parent, path[-1])
            with pytest.raises((Invalid, Unavailable)):
                verify(received(changed))


def _shuffled(value: Any, shuffle: Callable[[list[Any]], None]) -> Any:
    if isinstance(value, list):
        return [_shuffled(item, shuffle) for item in value]
    if not isinstance(value, dict):
        return value
    members = [(name, _shuffled(member, shuffle)) for name, member in value.items()]
    shuffle(members)
    return dict(members)


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Any:
    if isinstance(value, dict | list):
        for step, member in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(member, (*path, step))
    else:
        yield path


def _altered(parent: Any, step: Any) -> None:
    old = parent[step]
    parent[step] = (not old) if isinstance(old, bool) else old + 1 if isinstance(old, int | float) else old + "x"


def _without(parent: Any, step: Any) -> None:
    del parent[step]


def _doubled(parent: Any, step: Any) -> None:
    parent.append(parent[step])
