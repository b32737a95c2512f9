"""Whose key is it? Documents of issuers that lie, are about somebody else, or are reached by a trick (DID Core)."""

from typing import Any

from tests.attacks.attack import Guard, attack, caught, guard
from tests.attacks.guards import CONTROLLER, TWICE
from tests.attacks.stage import EVIL, Stage
from tests.simulators import DID, METHOD
from vc.dids import key, web

_DIDS, _WEB, _JWK = "vc/dids/__init__.py", "vc/dids/web.py", "vc/dids/jwk.py"

ABOUT = guard("a document is about whom was asked", (_DIDS, 'if document.get("id") != did:', "if False:"))
REVOKED = guard("a withdrawn key", (_DIDS, 'if "revoked" in method:', "if False:"))
OWNER = guard(
    "a key's owner", (_DIDS, "if not isinstance(controller, str) or (controller != did and not web_page):", "if False:")
)
LISTED = guard(
    "listed for the purpose",
    (
        _DIDS,
        "if not isinstance(listed, list) or not any(_absolute(entry, did) == url for entry in listed):",
        "if False:",
    ),
)
LIST = guard("a list of keys", (_DIDS, "if not isinstance(listed, list) or not", "if not"))
ONE = guard("one key of a name", (_DIDS, "if len(named) > 1:", "if False:"))
THERE = (
    guard(
        "the key stands in its owner's document",
        (
            _DIDS,
            '    raise InvalidKey("{did} has no key {url}: it was withdrawn, or it never existed.", did=did, url=url)',
            '    said = url.partition("#")[2] or url.rpartition(":")[2]\n'
            '    return {"type": "Multikey", "controller": did, "publicKeyMultibase": said}',
        ),
    )
    | LISTED
)
FRAGMENT = guard("a fragment", (_DIDS, "if not fragment and not web_page:", "if False:"))
METHOD_KNOWN = guard(
    "known DID methods", (_DIDS, 'if name not in METHODS or (name == "https" and scheme == "did"):', "if False:")
)
HOST = guard("a host's name", (_WEB, 'did.startswith("did:web:") and _HOST.match(host) and len(did) <= 500', "True"))
PATH = guard(
    "a path's segments", (_WEB, 'not all(_SEGMENT.match(segment) and segment.strip(".") for segment in path)', "False")
)
UNREADABLE = caught("documents that cannot be read", _WEB, "Invalid as error")
JWK_LENGTH = guard("bounded did:jwk", (_JWK, "if len(text) > MAX_LENGTH:", "if False:"))

NO_KEY = "proof INVALID_VERIFICATION_METHOD"
NO_DOCUMENT = "proof INVALID_CONTROLLED_IDENTIFIER_DOCUMENT"


def _document(name: str, threat: str, stopped: str, by: Guard, **changes: Any) -> None:
    """The academy's own document, wrong in one way."""

    def build(stage: Stage) -> bytes:
        stage.publish(DID, {"key-1": stage.signer.public_key}, **changes)
        return stage.text(stage.secure(stage.course()))

    attack(name, threat, stopped, by)(build)


def _method(stage: Stage, **changes: Any) -> dict[str, Any]:
    return {
        "id": METHOD,
        "type": "Multikey",
        "controller": DID,
        "publicKeyMultibase": stage.signer.public_key.multibase,
    } | changes


def _methods(name: str, threat: str, stopped: str, by: Guard, *methods: dict[str, Any], **changes: Any) -> None:
    def build(stage: Stage) -> bytes:
        stage.publish(
            DID,
            {},
            verificationMethod=[_method(stage, **one) for one in methods],
            **({"assertionMethod": [METHOD]} | changes),
        )
        return stage.text(stage.secure(stage.course()))

    attack(name, threat, stopped, by)(build)


_document(
    "identifiers/document-about-another",
    "The document at the academy's address is about somebody else.",
    NO_DOCUMENT,
    ABOUT,
    id=EVIL,
)
_document("identifiers/document-about-nobody", "A document that does not say whose it is.", NO_DOCUMENT, ABOUT, id=None)
_document("identifiers/document-about-a-list", "A document about a list of identifiers.", NO_DOCUMENT, ABOUT, id=[DID])
_document(
    "identifiers/document-about-another-case",
    "An id that differs in letters' case.",
    NO_DOCUMENT,
    ABOUT,
    id=DID.upper(),
)
_document(
    "identifiers/not-for-assertions",
    "A key for logging in signs certificates.",
    "proof INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD",
    LISTED,
    assertionMethod=None,
    authentication=[METHOD],
)
_document(
    "identifiers/listed-for-nothing",
    "A key that its owner took off the list.",
    "proof INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD",
    LISTED,
    assertionMethod=[],
)
_document(
    "identifiers/listed-by-a-number",
    "A list that is none.",
    "proof INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD",
    LIST,
    assertionMethod=7,
)
_document(
    "identifiers/listed-in-part-of-a-name",
    "A list that holds only the beginning of the key's name.",
    "proof INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD",
    LISTED,
    assertionMethod=[METHOD[:-1], METHOD + "0"],
)
_methods(
    "identifiers/key-of-another-controller",
    "The academy's document lends its name to somebody else's key.",
    NO_KEY,
    OWNER | CONTROLLER,
    {"controller": EVIL},
)
_methods(
    "identifiers/key-without-controller",
    "A key that belongs to nobody.",
    NO_KEY,
    OWNER | CONTROLLER,
    {"controller": None},
)
_methods(
    "identifiers/withdrawn-key",
    "A key that its owner withdrew still signs.",
    NO_KEY,
    REVOKED,
    {"revoked": "2026-01-01T00:00:00Z"},
)
_methods(
    "identifiers/two-keys-of-one-name",
    "Two keys of one name: which is meant?",
    NO_KEY,
    ONE,
    {},
    {"publicKeyMultibase": "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"},
)


@attack(
    "identifiers/key-in-the-fragment",
    "The key stands in the URL's fragment and nowhere in the academy's document.",
    NO_KEY,
    THERE,
)
def _(stage: Stage) -> bytes:
    method = f"{DID}#{stage.attacker.public_key.multibase}"
    return stage.text(stage.secure_as_is(stage.course(), signer=stage.attacker, method=method))


def _stranger(name: str, threat: str, url: Any, stopped: str, by: Guard, verdict: str = "rejected") -> None:
    """`url`: attacker's multibase -> the key that its proof names; its own credential, without domain."""

    def build(stage: Stage) -> bytes:
        signer = stage.attacker
        credential = stage.course()
        del credential["credentialStatus"]
        method = url(signer.public_key.multibase)
        credential["issuer"]["id"] = method.partition("#")[0]
        return stage.text(stage.secure_as_is(credential, signer=signer, method=method))

    attack(name, threat, stopped, by, verdict=verdict, trust="any")(build)


_VICTIM = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
_stranger(
    "identifiers/did-key-with-another-fragment",
    "A did:key whose fragment names the attacker's key.",
    lambda k: f"did:key:{_VICTIM}#{k}",
    NO_KEY,
    THERE,
)
_stranger(
    "identifiers/unknown-method",
    "A DID of a method that nobody here can look up.",
    lambda k: f"did:example:1#{k}",
    "proof UNKNOWN_DID_METHOD",
    METHOD_KNOWN,
    "undetermined",
)
_stranger(
    "identifiers/key-without-fragment",
    "A key's URL that names its owner only.",
    lambda k: f"did:key:{k}",
    "proof MALFORMED_VALUE_ERROR",
    FRAGMENT | THERE,
)


def _address(name: str, threat: str, did: str, page: str, by: Guard) -> None:
    """An identifier that reads like the academy's and is served from elsewhere on its host, or from another one."""

    def build(stage: Stage) -> bytes:
        stage.pages[page] = stage.text(web.document(did, {"key-1": stage.attacker.public_key}))
        credential = stage.course()
        del credential["credentialStatus"]
        credential["issuer"]["id"] = did
        return stage.text(stage.secure_as_is(credential, signer=stage.attacker, method=f"{did}#key-1"))

    attack(name, threat, "proof MALFORMED_VALUE_ERROR", by)(build)


_KNOWN = "/.well-known/did.json"
_address(
    "identifiers/slash-in-the-host",
    "An escaped slash moves the document to a place that a user of the host may write.",
    f"{DID}%2Fusers%2Fmallory",
    f"https://credentials.example.org/users/mallory{_KNOWN}",
    HOST,
)
_address(
    "identifiers/at-sign-in-the-host",
    "What stands before an @ looks like the host and is a user's name.",
    f"{DID}%40evil.example",
    f"https://credentials.example.org@evil.example{_KNOWN}",
    HOST,
)
_address(
    "identifiers/question-mark-in-the-host",
    "An escaped question mark turns the path into a query.",
    f"{DID}%3Fx",
    f"https://credentials.example.org?x{_KNOWN}",
    HOST,
)
_address(
    "identifiers/hash-in-the-host",
    "An escaped # ends the address early.",
    f"{DID}%23",
    f"https://credentials.example.org#{_KNOWN}",
    HOST,
)
_address(
    "identifiers/cyrillic-host",
    "A host whose first letter is Cyrillic looks like the academy's.",
    "did:web:\u0441redentials.example.org",
    f"https://\u0441redentials.example.org{_KNOWN}",
    HOST,
)
_address(
    "identifiers/escaped-cyrillic-host",
    "The same, escaped.",
    "did:web:%D1%81redentials.example.org",
    f"https://\u0441redentials.example.org{_KNOWN}",
    HOST,
)
_address(
    "identifiers/capital-letters",
    "A host in capital letters is another identifier for the same domain.",
    "did:web:Credentials.Example.ORG",
    f"https://Credentials.Example.ORG{_KNOWN}",
    HOST,
)
_address(
    "identifiers/no-port",
    "A port that is none.",
    f"{DID}%3A0x1bb",
    f"https://credentials.example.org:0x1bb{_KNOWN}",
    HOST,
)
_address("identifiers/empty-host", "No host at all.", "did:web:", f"https://{_KNOWN}", HOST)
_address(
    "identifiers/line-break-in-the-host",
    "A line break in a host is a header for some clients.",
    f"{DID}%0Aevil.example",
    f"https://credentials.example.org\nevil.example{_KNOWN}",
    HOST,
)
_address(
    "identifiers/dots-in-the-path",
    "A path that climbs up to another tenant's folder.",
    f"{DID}:mallory:..:dean",
    "https://credentials.example.org/mallory/../dean/did.json",
    PATH,
)
_address(
    "identifiers/empty-segment",
    "An empty segment of the path.",
    f"{DID}::dean",
    "https://credentials.example.org//dean/did.json",
    PATH,
)
_address(
    "identifiers/escaped-segment",
    "An escaped slash in the path.",
    f"{DID}:mallory%2Fdean",
    "https://credentials.example.org/mallory%2Fdean/did.json",
    PATH,
)


@attack(
    "identifiers/five-hundred-letters", "An identifier of thousands of letters.", "proof MALFORMED_VALUE_ERROR", HOST
)
def _(stage: Stage) -> bytes:
    did = DID + ":a" * 300
    page = f"https://credentials.example.org/{'/'.join('a' * 300)}/did.json"
    stage.pages[page] = stage.text(web.document(did, {"key-1": stage.attacker.public_key}))
    credential = stage.course()
    del credential["credentialStatus"]
    credential["issuer"]["id"] = did
    return stage.text(stage.secure_as_is(credential, signer=stage.attacker, method=f"{did}#key-1"))


@attack(
    "identifiers/document-with-a-key-twice",
    "A document in which two readers see two keys.",
    NO_DOCUMENT,
    TWICE,
)
def _(stage: Stage) -> bytes:
    stage.publish(DID, {"key-1": stage.signer.public_key})
    text = stage.pages[web.document_url(DID)]
    forged = b'"publicKeyMultibase": "%s",\n' % stage.attacker.public_key.multibase.encode()
    stage.pages[web.document_url(DID)] = text.replace(b'"publicKeyMultibase"', forged + b'   "publicKeyMultibase"', 1)
    return stage.text(stage.secure(stage.course()))


@attack(
    "identifiers/nobody-vouches",
    "A bare key under the academy's name: anybody can make one.",
    "issuer ISSUER_UNKNOWN",
    guard("a domain vouches", ("verifier/policies.py", "if evidence.domain is None:", "if False:")),
    verdict="undetermined",
)
def _(stage: Stage) -> bytes:
    credential = stage.course()
    del credential["credentialStatus"]
    credential["issuer"]["id"] = key.did_of(stage.attacker.public_key)
    return stage.text(
        stage.secure_as_is(credential, signer=stage.attacker, method=key.method_of(stage.attacker.public_key))
    )


@attack(
    "identifiers/bare-key-in-the-list-only",
    "The policy wants known issuers; the domain is not among them.",
    "issuer ISSUER_UNKNOWN",
    guard("only known issuers", ("verifier/trust.py", '"known": KnownIssuers(),', '"known": DomainVouches(),')),
    verdict="undetermined",
    trust="known",
)
def _(stage: Stage) -> bytes:
    return stage.text(stage.secure(stage.course()))
