"""Issuers that are plain https addresses: pages that lend their keys to somebody else (Controlled Identifiers 1.0)."""

from typing import Any

from tests.attacks.attack import Guard, attack, guard
from tests.attacks.families.identifiers import NO_DOCUMENT, ONE
from tests.attacks.stage import Stage

_HTTPS = "vc/dids/https.py"

OWN_KEYS = guard(
    "keys of a page are its own",
    (_HTTPS, 'if isinstance(method, dict) and method.get("controller") != url:', "if False:"),
)
OWN_METADATA = guard(
    "metadata stand at their issuer",
    (_HTTPS, "if not isinstance(issuer, str) or metadata_url(issuer) != url:", "if False:"),
)
ONE_WAY = guard("keys named in one way", (_HTTPS, 'if "jwks" in found and "jwks_uri" in found:', "if False:"))
KEYS_ONCE = guard("a key's name stands once", (_HTTPS, "if len(set(named)) != len(named):", "if False:"))
SAME_ORIGIN = guard("keys speak for their own origin", (_HTTPS, "return controller == origin or (", "return True or ("))
SITES_OWN = guard(
    "only the site's own keys speak for it",
    (
        _HTTPS,
        "controller = origin_of(url) if urlsplit(url).path.startswith(WELL_KNOWN) else url",
        "controller = origin_of(url)",
    ),
)
NO_STEP_BACK = guard("no step back in an address", (_HTTPS, " or _STEP_BACK.search(parts.path)", ""))

ACADEMY = "https://credentials.example.org/academy"


def _page(name: str, threat: str, stopped: str, by: Guard, page: str, key: str, document: Any) -> None:
    """The academy as an https address; `document`: signer -> what stands at `page`."""

    def build(stage: Stage) -> bytes:
        signer = stage.attacker
        stage.pages[page] = stage.text(document(signer))
        credential = stage.course()
        del credential["credentialStatus"]
        credential["issuer"]["id"] = ACADEMY
        return stage.text(stage.secure_as_is(credential, signer=signer, method=page + key))

    attack(f"identifiers/{name}", threat, stopped, by, trust="any")(build)


def _lent(page: str, member: str) -> Any:
    return lambda signer: {
        "id": page,
        "assertionMethod": [f"{page}#k"],
        member: [
            {
                "id": f"{page}#k",
                "type": "Multikey",
                "controller": ACADEMY,
                "publicKeyMultibase": signer.public_key.multibase,
            }
        ],
    }


_ELSEWHERE = "https://evil.example/keys"
_page(
    "page-that-lends-its-key",
    "A page of another domain says that its key is the academy's.",
    NO_DOCUMENT,
    OWN_KEYS,
    _ELSEWHERE,
    "#k",
    _lent(_ELSEWHERE, "verificationMethod"),
)
_page(
    "page-that-lends-its-key-under-a-purpose",
    "The same where a key is written out under its purpose.",
    NO_DOCUMENT,
    OWN_KEYS,
    _ELSEWHERE,
    "#k",
    _lent(_ELSEWHERE, "assertionMethod"),
)
_page(
    "keys-of-another-origin",
    "A set of keys of another domain.",
    "proof PROOF_VERIFICATION_ERROR",
    SAME_ORIGIN,
    _ELSEWHERE,
    "#k",
    lambda signer: {"keys": [{**signer.jwk, "kid": "k"}]},
)
_page(
    "keys-in-somebodys-folder",
    "A set of keys that somebody has put into a folder of the academy's own host.",
    "proof PROOF_VERIFICATION_ERROR",
    SITES_OWN,
    "https://credentials.example.org/~student/keys",
    "#k",
    lambda signer: {"keys": [{**signer.jwk, "kid": "k"}]},
)
_page(
    "keys-below-by-a-step-back",
    "The same folder, by an address that seems to lie below the academy's.",
    "proof MALFORMED_VALUE_ERROR",
    NO_STEP_BACK,
    "https://credentials.example.org/academy/../~student/keys",
    "#k",
    lambda signer: {"keys": [{**signer.jwk, "kid": "k"}]},
)
_METADATA = "https://evil.example/.well-known/jwt-vc-issuer"
_page(
    "metadata-of-another",
    "Another domain's metadata say that they are the academy's.",
    NO_DOCUMENT,
    OWN_METADATA,
    _METADATA,
    "#k",
    lambda signer: {"issuer": ACADEMY, "jwks": {"keys": [{**signer.jwk, "kid": "k"}]}},
)
_OWN = "https://credentials.example.org/.well-known/jwt-vc-issuer/academy"
_page(
    "metadata-that-name-keys-twice",
    "Keys in the metadata and at an address: two readers take two.",
    NO_DOCUMENT,
    ONE_WAY,
    _OWN,
    "#k",
    lambda signer: {"issuer": ACADEMY, "jwks": {"keys": [{**signer.jwk, "kid": "k"}]}, "jwks_uri": 7},
)
_page(
    "two-keys-of-one-name-in-a-set",
    "Two keys of one name in a set.",
    NO_DOCUMENT,
    KEYS_ONCE | ONE,
    "https://credentials.example.org/academy/keys",
    "#k",
    lambda signer: {"keys": [{**signer.jwk, "kid": "k"}, {**signer.jwk, "kid": "k"}]},
)
