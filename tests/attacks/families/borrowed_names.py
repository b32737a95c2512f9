"""Claims that are a presentation too: their signer answers for one name, and another is shown."""

from tests.attacks.attack import attack, guard
from tests.attacks.stage import Stage
from tests.vc.composed import presentation

_SD = "vc/formats/sd_jwt.py"

NO_PRESENTATION = guard(
    "claims are no presentation",
    (_SD, "        if is_presentation(document):\n", "        if False:\n"),
    (_SD, 'if "issuer" in document and issuer_of(document) != document.get("iss"):', "if False:"),
)
THIEF = "did:web:thief.example"


@attack(
    "sd-jwt/claims-that-are-a-presentation-too",
    "A thief signs as the holder of a presentation, and the same claims are shown as a badge by the academy.",
    "proof PROOF_VERIFICATION_ERROR",
    NO_PRESENTATION,
)
def _(stage: Stage) -> bytes:
    stage.publish(THIEF, {"key-1": stage.attacker.public_key})
    badge = stage.course()
    del badge["credentialStatus"]
    claims = {**badge, "type": [*badge["type"], "VerifiablePresentation"], "vct": "x", "iss": THIEF, "holder": THIEF}
    token = stage.token(claims, {"typ": "dc+sd-jwt", "kid": f"{THIEF}#key-1"}, signer=stage.attacker) + b"~"
    return stage.text(presentation("did:example:anybody", [token.decode()]))
