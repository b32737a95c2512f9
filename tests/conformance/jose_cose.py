"""The command that the JOSE and COSE suite runs for each of its tests:

    python -m tests.conformance.jose_cose issue|verify --input F --key VM.json --feature credential_jose
        [--sd '["credentialSubject.name"]'] --output OUT [--profile proof-only] [--below SUITE]

It writes `{"result": "success"|"failure"|"indeterminate", "data": …}` to OUT: what was made, or the document that is
proved. `indeterminate` is for what exists and is not supported. The suite thinks it runs in a container, where its
own folder is `/`; `--below` says where that folder is.
"""

import argparse
import base64
import binascii
import json
import secrets
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.conformance import envelopes, p521
from tests.conformance.data_model import check_credential, check_known_members
from tests.conformance.jwk_signer import JwkSigner
from tests.conformance.profiles import PROFILES, Profile
from tests.conformance.tokens import proved
from vc import model, strict_json
from vc.dids import VerificationMethod
from vc.errors import Invalid, ParsingError, Unavailable
from vc.formats import cose, sd_jwt, vc_jwt
from vc.keys import PublicKey
from vc.values import many

FEATURES = tuple(f"{what}_{how}" for what in ("credential", "presentation") for how in ("jose", "sdjwt", "cose"))


@dataclass(frozen=True)
class Task:
    """`key`: a verification method with `publicKeyJwk` and, for issuing, `secretKeyJwk`. `paths`: what a holder may
    leave out."""

    profile: Profile
    now: datetime
    feature: str
    data: bytes
    key: dict[str, Any]
    paths: Sequence[str] = ()

    @property
    def presentation(self) -> bool:
        return self.feature.startswith("presentation")

    def check(self, document: dict[str, Any]) -> None:
        """Raises `Invalid` for a document that is not what it should be. The credentials of a presentation must be in
        envelopes (VC-JOSE-COSE section 3.1.2); whose keys they have, the suite does not tell."""
        if not self.presentation:
            check_credential(document)
            return
        listed = [_tidy(one) for one in many(document.get("verifiableCredential"))]
        model.check_presentation({**document, "verifiableCredential": listed})
        for credential in listed:
            envelopes.content(credential, model.ENVELOPED_CREDENTIAL)


def _tidy(envelope: Any) -> Any:
    """One of the suite's data URLs ends with a line break."""
    if isinstance(envelope, dict) and isinstance(envelope.get("id"), str):
        return {**envelope, "id": envelope["id"].strip()}
    return envelope


def issue(task: Task) -> str:
    document = strict_json.parse_object(task.data)
    task.check(document)
    if not task.presentation:
        check_known_members(document)
    return _MAKERS[task.feature.partition("_")[2]](task, document)


def verify(task: Task) -> str:
    key = PublicKey.from_jwk(task.key["publicKeyJwk"])
    method = VerificationMethod(task.key["id"], task.key["controller"], key)
    data = _bytes(task.data) if task.feature.endswith("cose") else task.data
    document = proved(
        data, task.profile, task.now, presentation=task.presentation, dereference=lambda url, purpose: method
    )
    task.check(document)
    return json.dumps(document)


def run(function: Callable[[Task], str], task: Task) -> dict[str, str]:
    with p521.allowed() if task.profile.anything else nullcontext():
        try:
            return {"result": "success", "data": function(task)}
        except Invalid as error:
            return {"result": "failure", "data": str(error)}
        except Unavailable as error:
            return {"result": "indeterminate", "data": str(error)}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.jose_cose")
    parser.add_argument("function", choices=("issue", "verify"))
    for name in ("input", "key", "output"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--feature", choices=FEATURES, required=True)
    parser.add_argument("--sd", type=json.loads, default=[])
    parser.add_argument("--profile", choices=PROFILES, default="strict")
    parser.add_argument("--below", type=Path)
    chosen = parser.parse_args(arguments)

    def at(path: str) -> Path:
        return Path(path) if chosen.below is None else chosen.below / path.lstrip("/")

    task = Task(
        profile=PROFILES[chosen.profile],
        now=datetime.now(UTC),
        feature=chosen.feature,
        data=at(chosen.input).read_bytes(),
        key=json.loads(at(chosen.key).read_text("utf-8")),
        paths=chosen.sd,
    )
    result = run(issue if chosen.function == "issue" else verify, task)
    at(chosen.output).write_text(json.dumps(result), "utf-8")
    return 0


def _as_jwt(task: Task, document: dict[str, Any]) -> str:
    signer = JwkSigner(task.key["secretKeyJwk"])
    return vc_jwt.secure(document, signer=signer, verification_method=task.key["id"]).decode("ascii")


def _as_sd_jwt(task: Task, document: dict[str, Any]) -> str:
    token = sd_jwt.secure(
        document,
        signer=JwkSigner(task.key["secretKeyJwk"]),
        verification_method=task.key["id"],
        disclosable=[_pointer(path) for path in task.paths],
        salts=[secrets.token_bytes(16) for _ in task.paths],
        typ="vp+sd-jwt" if task.presentation else "vc+sd-jwt",
    )
    return token.decode("ascii")


def _pointer(path: str) -> str:
    """`a.b[0]` as a JSON pointer (RFC 6901)."""
    return "/" + path.replace("[", ".").replace("]", "").replace(".", "/")


def _as_cose(task: Task, document: dict[str, Any]) -> str:
    signer = JwkSigner(task.key["secretKeyJwk"])
    message = cose.secure(document, signer=signer, verification_method=task.key["id"])
    return base64.b64encode(message).decode("ascii")


_MAKERS: dict[str, Callable[[Task, dict[str, Any]], str]] = {
    "jose": _as_jwt,
    "sdjwt": _as_sd_jwt,
    "cose": _as_cose,
}


def _bytes(data: bytes) -> bytes:
    """COSE is written as base64 without padding in the suite's files."""
    text = data.strip()
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise ParsingError("The text is not base64.") from error


if __name__ == "__main__":
    raise SystemExit(main())
