"""How the OpenAPI document describes the two addresses of `issuer.protocols.vc_api`: words, shapes, examples.

The handlers read bodies by their own strict rules, so nothing of this is generated from them; the tests send the
examples.
"""

from typing import Any

from issuer.describing import Answers, takes

ISSUE = """An Open Badge, an endorsement or a comprehensive learner record, under VCDM 2.0, not signed yet.

`issuer` may be left out, or be a DID of this installation; `validFrom` may be left out, and is now. The credential's
`id` is the caller's own and is signed once: the same request again gets the same answer, another one under the same
id is refused (409). An `Idempotency-Key` binds a request in the same way (422).

What is signed here is no award: certificates come from decisions. It has no status, except that it may name that of
one of this issuer's certificates."""

STATUS = """By statusPurpose and status: revocation and true revokes, suspension and true suspends, suspension and false
reinstates. A revocation is final.

Beyond the specification, `reason` is required: whoever opens the certificate reads it. Of credentials that were signed
by /credentials/issue no status is kept yet (404)."""

CREDENTIAL_EXAMPLE: dict[str, Any] = {
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ],
    "id": "urn:uuid:3f0e6e5c-6f0a-4d26-9b6c-5d2b6f2f7a11",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "name": "Forum guide",
    "credentialSubject": {
        "type": ["AchievementSubject"],
        "identifier": [
            {
                "type": "IdentityObject",
                "identityHash": "Zoë Ünlü-Beispiel",
                "identityType": "name",
                "hashed": False,
            }
        ],
        "achievement": {
            "id": "https://lms.example.org/badges/forum-guide",
            "type": ["Achievement"],
            "name": "Forum guide",
            "description": "Answered other learners' questions.",
            "criteria": {"narrative": "Give fifty answers that others call helpful."},
        },
    },
}
STATUS_EXAMPLE: dict[str, Any] = {
    "credentialId": "https://awards.example.org/credentials/3mJr7AoUXx2Wqd",
    "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"},
    "status": True,
    "reason": "The grade was corrected.",
}

_STATUS_ENTRY = {
    "type": "object",
    "description": "Which entry; members copied from the certificate must be its own.",
    "required": ["type", "statusPurpose"],
    "properties": {
        "type": {"enum": ["BitstringStatusListEntry", "BitstringStatusList"]},
        "statusPurpose": {"enum": ["revocation", "suspension"]},
        "id": {"type": "string"},
        "statusListIndex": {"type": "string"},
        "statusListCredential": {"type": "string"},
    },
}


ISSUE_REQUEST = takes(
    {"credential": CREDENTIAL_EXAMPLE},
    {
        "credential": {"type": "object", "description": "Without a proof."},
        "options": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"credentialId": {"type": "string", "description": "The credential's own id, if given."}},
        },
    },
    ["credential"],
)

STATUS_REQUEST = takes(
    STATUS_EXAMPLE,
    {
        "credentialId": {"type": "string", "description": "The whole id of a certificate."},
        "credentialStatus": _STATUS_ENTRY,
        "status": {"type": "boolean"},
        "reason": {"type": "string", "description": "Shown to whoever opens the certificate.", "minLength": 1},
    },
    ["credentialId", "credentialStatus", "status", "reason"],
    idempotent=False,  # what is so already is not changed again
)


def _problem(description: str, name: str, detail: str, status: int) -> dict[str, Any]:
    example = {
        "type": name if ":" in name else f"https://testamur.example/problems/issuer#{name}",
        "title": description,
        "status": status,
        "detail": detail,
    }
    return {"description": description, "content": {"application/problem+json": {"example": example}}}


_SHARED: Answers = {
    401: _problem("No key, or none that is accepted", "api-key-refused", "This is no key of this issuer.", 401),
    403: _problem("The key is for something else", "scope-missing", "This key lacks the scope sign.", 403),
    413: _problem("The request is too large", "body-too-large", "A request has at most 1000000 bytes.", 413),
    415: _problem("Not JSON", "media-type-refused", "Send the request as application/json.", 415),
    503: _problem("Nothing can be signed or recorded now", "store-unavailable", "Please try again later.", 503),
}

ISSUED: Answers = {
    201: {
        "description": "The credential, signed: now, or when it was asked for first.",
        "content": {
            "application/json": {
                "example": {
                    "verifiableCredential": CREDENTIAL_EXAMPLE
                    | {
                        "issuer": {"id": "did:web:awards.example.org", "type": ["Profile"], "name": "Example Academy"},
                        "validFrom": "2026-06-01T12:00:00Z",
                        "proof": [
                            {
                                "type": "DataIntegrityProof",
                                "created": "2026-06-01T12:00:00Z",
                                "verificationMethod": "did:web:awards.example.org#key-1",
                                "cryptosuite": "eddsa-rdfc-2022",
                                "proofPurpose": "assertionMethod",
                                "proofValue": "z…",
                            }
                        ],
                    }
                }
            }
        },
    },
    400: _problem(
        "The request or the credential cannot be what it is; the detail names the member",
        "https://www.w3.org/TR/vc-data-model#MALFORMED_VALUE_ERROR",
        "credentialSubject.achievement.criteria is missing.",
        400,
    ),
    409: _problem(
        "The id was signed with other content",
        "conflict",
        "A credential with the id … was signed with other content.",
        409,
    ),
    422: _problem(
        "The Idempotency-Key was used for another request",
        "idempotency-key-reused",
        "It came before, with another credential: urn:uuid:….",
        422,
    ),
    **_SHARED,
}

CHANGED: Answers = {
    200: {
        "description": "What is true of the certificate now.",
        "content": {
            "application/json": {
                "example": {
                    "credentialId": STATUS_EXAMPLE["credentialId"],
                    "state": "revoked",
                    "since": "2026-06-01T12:00:00Z",
                    "reason": STATUS_EXAMPLE["reason"],
                    "supersededBy": None,
                    "until": None,
                }
            }
        },
    },
    400: _problem("The request cannot be what it is", "request-refused", "reason is missing.", 400),
    404: _problem(
        "No certificate of this issuer has the id", "unknown-credential", "No certificate has the id https://….", 404
    ),
    409: _problem(
        "That status cannot follow", "transition-refused", "… is revoked since 1 June 2026 (…), and that is final.", 409
    ),
    **_SHARED,
}
