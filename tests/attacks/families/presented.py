"""Presentations by somebody else; records and endorsements that lend their signature (VCDM 2.0 section 4.13)."""

from typing import Any

from tests.attacks.attack import Guard, attack, guard
from tests.attacks.families.disclosing import ASKED, HOLDER
from tests.attacks.families.json_ld import COUNT, DROPPED, ONCE, SHARED
from tests.attacks.families.proofs import CHALLENGE, DOMAIN, PURPOSE
from tests.attacks.guards import CONTROLLER, SIGNATURE
from tests.attacks.keys import WordSigner
from tests.attacks.stage import EVIL, Stage
from tests.simulators import DID
from tests.vc.composed import endorsement, presentation, record
from tests.vc.samples import NOW
from vc.context_rules import CLR, CREDENTIAL, OPEN_BADGES
from vc.dids import key
from vc.formats import data_integrity

_SHOWN, _RECORD, _SUITE = "verifier/presentations.py", "verifier/record.py", "vc/cryptosuites/ecdsa_sd_2023.py"

UNSIGNED = guard(
    "a challenge needs a signature",
    (_SHOWN, "if case.asked.challenge is not None or case.asked.domain is not None:", "if False:"),
)
MANY = guard("bounded presentations", (_SHOWN, "if len(found) > MAX_PRESENTED:", "if False:"))
NONE = guard(
    "a presentation of something",
    (_SHOWN, "    if not found:\n", "    if False:\n"),
    (
        _SHOWN,
        "if len(reports) == 1:",
        "if not reports:\n        return Report(tuple(checks))\n    if len(reports) == 1:",
    ),
)
SUBJECT = guard("presented by the learner", (_SHOWN, "    if subject == holder:\n", "    if True:\n"))
FORGED = guard(
    "no forgery in a record",
    (_RECORD, "    if forged:\n", "    if False:\n"),
    (_RECORD, "if any(not own for _, own in judged):", "if False:"),
)
LEARNER = guard(
    "a record of one learner",
    (_RECORD, 'if learner is not None and subject.get("id") not in (None, learner):', "if False:"),
)
EXPECTED_DOMAIN = guard(
    "made for us",
    (
        "vc/formats/data_integrity.py",
        "expected.domain is not None and expected.domain not in (domains if isinstance(domains, list) else [domains])",
        "False",
    ),
)

EACH = guard(
    "a signature for each statement",
    (_SUITE, "if len(rest) != len(derived.signatures):", "if False:"),
    (_SUITE, "derived.signatures, strict=True", "derived.signatures"),
)

INVALID = "proof PROOF_VERIFICATION_ERROR"
HOLDER_DID = key.did_of(HOLDER.public_key)


def awarded(stage: Stage, learner: str | None = HOLDER_DID) -> dict[str, Any]:
    credential = stage.course()
    if learner is not None:
        credential["credentialSubject"] = {"id": learner, **credential["credentialSubject"]}
    return stage.secure(credential)


def presented(stage: Stage, *credentials: Any, signer: Any = HOLDER, **options: Any) -> dict[str, Any]:
    values: dict[str, Any] = {"proofPurpose": "authentication", **ASKED}
    return data_integrity.secure(
        presentation(HOLDER_DID, list(credentials) or [awarded(stage)]),
        signer=signer,
        verification_method=key.method_of(signer.public_key),
        created=NOW,
        rule=CREDENTIAL,
        **{name: value for name, value in (values | options).items() if value is not None},
    )


def _shown(name: str, threat: str, stopped: str, by: Guard, build: Any, verdict: str = "rejected", **more: Any) -> None:
    attack(f"presentation/{name}", threat, stopped, by, verdict=verdict, **more)(lambda stage: stage.text(build(stage)))


def _changed(document: dict[str, Any], change: Any) -> dict[str, Any]:
    change(document)
    return document


_shown(
    "made-for-somebody-else",
    "What was presented to one is passed on to another.",
    INVALID,
    DOMAIN | CHALLENGE,
    lambda s: presented(s),
)
_shown(
    "for-another-domain",
    "An answer to another asker.",
    INVALID,
    EXPECTED_DOMAIN,
    lambda s: presented(s, domain="https://shop.example"),
    asked=ASKED,
)
_shown(
    "with-another-challenge",
    "An answer to another question.",
    INVALID,
    CHALLENGE,
    lambda s: presented(s, challenge="another"),
    asked=ASKED,
)
_shown(
    "without-challenge",
    "A presentation that answers nothing.",
    INVALID,
    CHALLENGE,
    lambda s: presented(s, challenge=None),
    asked=ASKED,
)
_shown(
    "not-signed",
    "A copy without the holder's signature is handed in as an answer.",
    "proof PROOF_MISSING",
    UNSIGNED,
    lambda s: presentation(HOLDER_DID, [awarded(s)]),
    asked=ASKED,
)
_shown(
    "signed-as-an-assertion",
    "A proof for another purpose.",
    "proof INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD",
    PURPOSE,
    lambda s: presented(s, proofPurpose="assertionMethod"),
    asked=ASKED,
)
_shown(
    "signed-by-a-thief",
    "Somebody else signs for the holder.",
    INVALID,
    CONTROLLER,
    lambda s: presented(s, signer=s.attacker),
    asked=ASKED,
)
_shown(
    "credential-added-afterwards",
    "A credential is put into a presentation after it was signed.",
    INVALID,
    SIGNATURE,
    lambda s: _changed(presented(s), lambda d: d["verifiableCredential"].append(awarded(s))),
    asked=ASKED,
)
_shown(
    "of-somebody-elses-credential",
    "A stolen credential is presented by its thief.",
    "holder PRESENTED_BY_ANOTHER",
    SUBJECT,
    lambda s: presented(s, awarded(s, "did:example:the-learner")),
    verdict="undetermined",
    asked=ASKED,
)
_shown(
    "of-a-forged-credential",
    "A genuine presentation of a forged credential.",
    INVALID,
    SIGNATURE,
    lambda s: presentation(
        HOLDER_DID, [_changed(awarded(s), lambda d: d["credentialSubject"]["result"][0].update(value="100"))]
    ),
)
_shown(
    "of-nothing",
    "A presentation that holds no credential.",
    "structure MALFORMED_VALUE_ERROR",
    NONE,
    lambda s: presentation(HOLDER_DID, []),
)
_shown(
    "of-twenty-one",
    "Credentials beyond number.",
    "structure MALFORMED_VALUE_ERROR",
    MANY,
    lambda s: presentation(HOLDER_DID, [awarded(s)] * 21),
)

# --- records -----------------------------------------------------------------------------------------------


def clr(stage: Stage, *credentials: Any, learner: str | None = None) -> dict[str, Any]:
    document = record(DID, list(credentials))
    if learner is not None:
        document["credentialSubject"] = {"id": learner, **document["credentialSubject"]}
    return stage.secure_as_is(document, rule=CLR, suite="eddsa-jcs-2022")


def contained(stage: Stage, learner: str | None = None) -> dict[str, Any]:
    return awarded(stage, learner)


def _record(name: str, threat: str, stopped: str, by: Guard, build: Any, verdict: str = "rejected") -> None:
    attack(f"record/{name}", threat, stopped, by, verdict=verdict)(lambda stage: stage.text(build(stage)))


_record(
    "with-a-forged-certificate",
    "A record lends its signature to a certificate that was changed.",
    "courses CONTAINED_CREDENTIAL_FORGED",
    FORGED,
    lambda s: clr(s, _changed(contained(s), lambda d: d["credentialSubject"]["result"][0].update(value="100"))),
)
_record(
    "with-an-unsigned-certificate",
    "A certificate without proof inside a record.",
    "courses CONTAINED_CREDENTIAL_FORGED",
    FORGED,
    lambda s: clr(s, s.course()),
)
_record(
    "with-somebody-elses-certificate",
    "Another learner's certificate in a record.",
    "courses CONTAINED_CREDENTIAL_FORGED",
    LEARNER,
    lambda s: clr(s, contained(s, "did:example:another"), learner=HOLDER_DID),
)
_record(
    "changed-after-signing",
    "A certificate is put into a record after it was signed.",
    INVALID,
    SIGNATURE,
    lambda s: _changed(
        clr(s, contained(s)), lambda d: d["credentialSubject"].update(verifiableCredential=[awarded(s)])
    ),
)

# --- endorsements ------------------------------------------------------------------------------------------


def endorsed(stage: Stage) -> dict[str, Any]:
    """A badge whose achievement is endorsed; the achievement is a node of both."""
    credential = stage.course()
    achievement = credential["credentialSubject"]["achievement"]
    stage.publish(EVIL, {"key-1": stage.attacker.public_key})
    inner = data_integrity.secure(
        endorsement(EVIL, achievement["id"]),
        signer=stage.attacker,
        verification_method=f"{EVIL}#key-1",
        created=NOW,
        rule=OPEN_BADGES,
    )
    achievement["endorsement"] = [inner]
    return stage.secure(credential)


@attack(
    "endorsement/member-moved-into-it",
    "The achievement's code is moved into the endorsement, where nobody looks for it.",
    "proof UNSIGNED_DATA",
    SHARED | ONCE | DROPPED | COUNT,
)
def _(stage: Stage) -> bytes:
    secured = endorsed(stage)
    achievement = secured["credentialSubject"]["achievement"]
    achievement["endorsement"][0]["credentialSubject"]["inLanguage"] = achievement.pop("inLanguage")
    return stage.text(secured)


@attack(
    "endorsement/swapped-after-signing", "The endorsement inside a badge is swapped for another.", INVALID, SIGNATURE
)
def _(stage: Stage) -> bytes:
    secured = endorsed(stage)
    secured["credentialSubject"]["achievement"]["endorsement"][0]["credentialSubject"]["endorsementComment"] = (
        "The best."
    )
    return stage.text(secured)


# --- selective disclosure of statements --------------------------------------------------------------------


def derived(stage: Stage, *pointers: str) -> dict[str, Any]:
    signer = WordSigner("a campus", "P-256")
    stage.publish(DID, {"key-1": stage.signer.public_key, "key-2": signer.public_key})
    credential = stage.course()
    mandatory = (
        "issuer",
        "validFrom",
        "credentialStatus",
        "credentialSubject/achievement",
        "credentialSubject/identifier",
    )
    base = data_integrity.secure_base(
        credential,
        signer=signer,
        ephemeral=WordSigner("for one proof", "P-256"),
        hmac_key=bytes(range(32)),
        mandatory_pointers=[f"/{pointer}" for pointer in mandatory],
        verification_method=f"{DID}#key-2",
        created=NOW,
        rule=OPEN_BADGES,
    )
    return data_integrity.derive(base, selective_pointers=pointers or ("",), rule=OPEN_BADGES)


def _part(name: str, threat: str, stopped: str, by: Guard, change: Any) -> None:
    attack(f"ecdsa-sd/{name}", threat, stopped, by)(lambda stage: stage.text(_changed(derived(stage), change)))


def _proof(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["proof"][0] if isinstance(document["proof"], list) else document["proof"]
    return found


def _with_parts(**changes: Any) -> Any:
    """`changes`: part -> function of its value."""

    def change(document: dict[str, Any]) -> None:
        from dataclasses import replace

        from vc.selective.proof_value import Derived

        parts = Derived.read(_proof(document)["proofValue"])
        _proof(document)["proofValue"] = replace(parts, **{n: f(getattr(parts, n)) for n, f in changes.items()}).text

    return change


_part(
    "another-learner",
    "The learner's name is changed in what is shown.",
    INVALID,
    SIGNATURE,
    lambda d: d["credentialSubject"]["identifier"][0].update(identityHash="Somebody Else"),
)
_part(
    "better-grade",
    "The grade is changed in what is shown.",
    INVALID,
    SIGNATURE,
    lambda d: d["credentialSubject"]["result"][0].update(value="100"),
)
_part(
    "zero-signature", "A base signature of zeros.", INVALID, SIGNATURE, _with_parts(base_signature=lambda v: bytes(64))
)
_part(
    "undefined-member",
    "A member that no context defines is no statement.",
    "proof UNSIGNED_DATA",
    DROPPED | COUNT,
    lambda d: d.update(honours="x"),
)
_part(
    "fewer-signatures",
    "A statement without a signature of its own.",
    INVALID,
    EACH,
    _with_parts(signatures=lambda v: v[:-1]),
)
