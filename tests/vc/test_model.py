"""The rules for every credential and presentation: VCDM 2.0 and 1.1.

The names of the refused cases are those of the W3C's test suite for VCDM 2.0 (w3c/vc-data-model-2.0-test-suite), which
asks each of a verifier; not here are its two resources with a wrong digest, for they would have to be fetched.
"""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vc.schema_walk import put
from tests.vc.test_schemas import JSON
from vc import model
from vc.context_rules import OB_303, VC1, VC2
from vc.errors import Invalid, RangeError, ShapeError, UnknownContext, VcError

EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
NOT_A_URL = "https ://not-a-url/1"

CREDENTIAL: dict[str, Any] = {
    "@context": [VC2],
    "id": "https://a.example/1",
    "type": ["VerifiableCredential"],
    "issuer": "did:example:issuer",
    "credentialSubject": {"id": "did:example:learner"},
}
OLDER = CREDENTIAL | {"@context": [VC1], "issuanceDate": "2026-01-01T00:00:00Z"}
PRESENTATION: dict[str, Any] = {
    "@context": [VC2],
    "type": ["VerifiablePresentation"],
    "holder": "did:example:learner",
    "verifiableCredential": [CREDENTIAL],
}
ENVELOPE: dict[str, Any] = {
    "@context": VC2,
    "type": "EnvelopedVerifiableCredential",
    "id": "data:application/vc+jwt,eyJhbGciOiJFZERTQSJ9.e30.c2ln",
}


def _without(document: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != name}


def _with(**members: Any) -> dict[str, Any]:
    return CREDENTIAL | members


def _contexts(*more: Any, **members: Any) -> dict[str, Any]:
    return CREDENTIAL | {"@context": [VC2, *more]} | members


TWO_TYPES = ["VerifiableCredential", "ExampleCredential"]
MANY_WORDS = [{"@value": "Dog", "@language": "en"}, {"@value": "كلب", "@language": "ar", "@direction": "rtl"}]

SOUND: dict[str, dict[str, Any]] = {
    "as short as can be": _without(CREDENTIAL, "id"),
    "context-combo1": _contexts(EXAMPLES),
    "context-combo2": _contexts({"ExampleCredential": "https://a.example/#E"}, type=TWO_TYPES),
    "a term by the name of another": _contexts(
        {"A": "https://a.example/#A", "B": "A", "C": None, "D": {"@id": "@type"}}
    ),
    "context-wrapped": _contexts({"@context": {"ExampleCredential": "https://a.example/#E"}}, type=TWO_TYPES),
    "a term given its own meaning again": _contexts({"id": "@id"}),
    "type from a vocabulary": _contexts(EXAMPLES, type=TWO_TYPES),
    "type-url": _with(type=["https://a.example/#E", "VerifiableCredential"]),
    "type by a prefix": _contexts(
        {"ex": "https://a.example/#", "E": "ex:E"}, type=["VerifiableCredential", "E", "ex:F"]
    ),
    "issuer-object": _with(issuer={"id": "did:example:i", "name": "A", "description": MANY_WORDS}),
    "subject-multiple": _with(credentialSubject=[{"id": "did:example:a"}, {"name": "B"}]),
    "name in languages": _with(name=MANY_WORDS, description={"@value": "x"}),
    "validfrom-ms, validuntil-tz": _with(validFrom="2023-02-26T01:02:58.447Z", validUntil="2023-02-25T19:21:29-06:00"),
    "validUntil the same": _with(validFrom="2026-01-01T00:00:00Z", validUntil="2026-01-01T00:00:00Z"),
    "status-missing-id": _with(credentialStatus={"type": "BitstringStatusListEntry"}),
    "schemas": _with(credentialSchema=[{"id": "did:example:s", "type": "JsonSchema"}] * 2),
    "refreshs": _with(refreshService=[{"id": "did:example:r", "type": "https://a.example/#R"}]),
    "termsofuses": _with(termsOfUse=[{"type": "IssuerPolicy"}, {"id": "did:example:t", "type": "IssuerPolicy"}]),
    "evidences": _with(evidence=[{"type": "Evidence"}, {"type": ["Evidence"]}]),
    "related resources": _with(
        relatedResource=[
            {"id": "https://a.example/2", "digestSRI": "sha384-abc", "mediaType": "text/plain"},
            {"id": "https://a.example/3", "digestMultibase": ["uEiA"]},
        ]
    ),
    "1.1": OLDER,
    "1.1 with Open Badges": OLDER | {"@context": [VC1, OB_303]},
}

WRONG: dict[str, tuple[dict[str, Any], type[Invalid], str]] = {
    "context-no-context": (_without(CREDENTIAL, "@context"), ShapeError, "^@context is missing"),
    "missing-base-context": (_with(**{"@context": [EXAMPLES]}), UnknownContext, "first context must be"),
    "context-order": (_with(**{"@context": [{}, VC2]}), UnknownContext, "first context must be"),
    "context-empty": (_with(**{"@context": []}), UnknownContext, "first context must be"),
    "context-text": (_with(**{"@context": VC2}), ShapeError, "^@context must be a list of contexts"),
    "context-combo3": (_contexts(NOT_A_URL), ShapeError, r"^@context\[1\] must be the URL of a context, not"),
    "context-combo4": (_contexts(123192875), ShapeError, r"^@context\[1\] must be the URL of a context, or"),
    "context-null": (_contexts(None), ShapeError, r"^@context\[1\] must be the URL of a context, or"),
    "context-unknown": (_contexts("https://example.com"), UnknownContext, "https://example.com is not known here"),
    "context-twice": (_contexts(VC2), UnknownContext, "named twice"),
    "context-import": (_contexts({"@import": EXAMPLES}), UnknownContext, "brings in another one"),
    "redef-type": (_contexts({"VerifiableCredential": "https://a.example/#B"}), UnknownContext,
                   "gives VerifiableCredential another meaning"),
    "redef-type2": (_contexts({"@protected": True, "E": "https://a.example/#A"}, {"E": "https://a.example/#B"}),
                    UnknownContext, "gives E another meaning"),
    "redef-one-protected-term": (_contexts({"E": {"@id": "https://a.example/#A", "@protected": True}}, {"E": None}),
                                 UnknownContext, "gives E another meaning"),
    "type-mapped-nonurl": (_contexts({"E": "https ://not-a-url#E"}), ShapeError,
                           r"^@context\[1\]\.E must be mapped to an absolute IRI"),
    "term-mapped-nonurl-beside-a-vocabulary": (_contexts(EXAMPLES, {"E": NOT_A_URL}), ShapeError, "mapped to an abs"),
    "term-mapped-to-nothing": (_contexts({"E": {"@id": "Nowhere"}}), ShapeError, "must be mapped to an absolute IRI"),
    "term-mapped-to-number": (_contexts({"E": 7}), ShapeError, "must be mapped to an absolute IRI, not 7"),
    "type-unmapped": (_contexts({"@vocab": None}, type=TWO_TYPES), ShapeError, "nothing says what ExampleCred"),
    "no-type": (_without(CREDENTIAL, "type"), ShapeError, "^type is missing"),
    "missing-required-type": (_contexts(EXAMPLES, type=["RelationshipCredential"]), ShapeError,
                              "^type must name VerifiableCredential"),
    "type-empty": (_with(type=[]), ShapeError, "^type must be the name of a type"),
    "type-number": (_with(type=["VerifiableCredential", 2]), ShapeError, "^type must be the name of a type"),
    "type-twice": (_with(type=["VerifiableCredential"] * 2), ShapeError, "^type names a type twice"),
    "id-multi": (_with(id=["https://a.example/1", "https://a.example/2"]), ShapeError, "^id must be an absolute URL"),
    "id-nonidentifier": (_with(id=None), ShapeError, "^id must be an absolute URL or URI, not null"),
    "id-not-url": (_with(id=NOT_A_URL), ShapeError, "^id must be an absolute URL"),
    "id-subject-multi": (_with(credentialSubject={"id": ["did:example:a", "did:example:b"]}), ShapeError,
                         r"^credentialSubject\.id must be an absolute URL"),
    "no-issuer": (_without(CREDENTIAL, "issuer"), ShapeError, "^issuer is missing"),
    "issuer-no-url": (_with(issuer="fake-issuer"), ShapeError, "^issuer must be one URL, or"),
    "issuer-null": (_with(issuer=None), ShapeError, "^issuer must be one URL, or"),
    "issuer-object-id-null": (_with(issuer={"id": None}), ShapeError, r"^issuer\.id must be an absolute URL"),
    "issuer-object-id-no-url": (_with(issuer={"id": "fake"}), ShapeError, r"^issuer\.id must be an absolute URL"),
    "issuer-object-no-id": (_with(issuer={"name": "A"}), ShapeError, r"^issuer\.id is missing"),
    "issuer-two": (_with(issuer=["did:example:a", "did:example:b"]), ShapeError, "^issuer must be one URL, or"),
    "no-subject": (_without(CREDENTIAL, "credentialSubject"), ShapeError, "^credentialSubject is missing"),
    "subject-no-claims": (_with(credentialSubject={}), ShapeError, "^credentialSubject is empty"),
    "subject-none": (_with(credentialSubject=[]), ShapeError, "^credentialSubject is empty"),
    "subject-multiple-empty": (_with(credentialSubject=[{"id": "did:example:a"}, {}]), ShapeError,
                               r"^credentialSubject\[1\] is empty"),
    "subject-text": (_with(credentialSubject="did:example:a"), ShapeError, "^credentialSubject must be an object"),
    "name-extra-prop-en": (_with(name={"@value": "x", "@language": "en", "url": "did:example:a"}), ShapeError,
                           r"^name\.url is a member that"),
    "description-extra-prop-en": (_with(description=[{"@value": "x", "url": "did:example:a"}]), ShapeError,
                                  r"^description\[0\]\.url is a member that"),
    "issuer-name-extra-prop-en": (_with(issuer={"id": "did:example:a", "name": {"@value": "x", "a": "b"}}),
                                  ShapeError, r"^issuer\.name\.a is a member that"),
    "issuer-description-extra-prop-en": (_with(issuer={"id": "did:example:a", "description": {"@value": "x", "a": 1}}),
                                         ShapeError, r"^issuer\.description\.a is a member that"),
    "name-number": (_with(name=7), ShapeError, "^name must be a text, or a text with its language, not 7"),
    "name-no-value": (_with(name={"@language": "en"}), ShapeError, "^name must be a text, or"),
    "name-language": (_with(name={"@value": "x", "@language": "English!"}), ShapeError, r"^name\.@language must be"),
    "name-direction": (_with(name={"@value": "x", "@direction": "up"}), ShapeError, r"^name\.@direction must be ltr"),
    "validfrom-invalid": (_with(validFrom="Sat 25 Feb 2023 07:16:31 PM CST"), ShapeError,
                          "^validFrom must be a date and time with a time zone"),
    "validuntil-invalid": (_with(validUntil="Sun, 26 Feb 2023 01:22:14 +0000"), ShapeError,
                           "^validUntil must be a date and time with a time zone"),
    "validUntil-validFrom": (_with(validFrom="2036-01-01T00:00:00Z", validUntil="2006-01-01T00:00:00Z"), RangeError,
                             "^validUntil is before validFrom"),
    "an-expiry-of-1.1": (_with(expirationDate="2006-01-01T00:00:00Z"), ShapeError,
                         "^expirationDate belongs to VCDM 1.1; under 2.0 its name is validUntil"),
    "an-issuance-of-1.1": (_with(issuanceDate="2006-01-01T00:00:00Z"), ShapeError, "^issuanceDate belongs to VCDM 1.1"),
    "1.1-without-date": (_without(OLDER, "issuanceDate"), ShapeError, "^issuanceDate is missing"),
    "1.1-dates-in-order": (OLDER | {"expirationDate": "2006-01-01T00:00:00Z"}, RangeError, "^expirationDate is before"),
    "1.1-later-name-too": (OLDER | {"validUntil": "2006-01-01T00:00:00Z"}, RangeError, "it was never valid"),
    "1.1-status-without-id": (OLDER | {"credentialStatus": {"type": "A"}}, ShapeError,
                              r"^credentialStatus\.id is missing"),
    "1.1-refresh-without-id": (OLDER | {"refreshService": {"type": "A"}}, ShapeError, r"^refreshService\.id is miss"),
    "status-missing-type": (_with(credentialStatus={"id": "did:example:s"}), ShapeError,
                            r"^credentialStatus\.type is missing"),
    "status-type-nonurl": (_with(credentialStatus={"type": 2}), ShapeError, r"^credentialStatus\.type must be the"),
    "status-multiple-id": (_with(credentialStatus={"id": ["did:example:a"], "type": "A"}), ShapeError,
                           r"^credentialStatus\.id must be an absolute URL"),
    "status-nonurl-id": (_with(credentialStatus={"id": NOT_A_URL, "type": "A"}), ShapeError,
                         r"^credentialStatus\.id must be an absolute URL"),
    "schema-no-id": (_with(credentialSchema={"type": "A"}), ShapeError, r"^credentialSchema\.id is missing"),
    "schema-no-type": (_with(credentialSchema={"id": "did:example:a"}), ShapeError, r"^credentialSchema\.type is miss"),
    "schema-non-url-id": (_with(credentialSchema={"id": NOT_A_URL, "type": "A"}), ShapeError,
                          r"^credentialSchema\.id must be an absolute URL"),
    "refresh-no-type": (_with(refreshService={"id": "did:example:a"}), ShapeError, r"^refreshService\.type is missing"),
    "termsofuse-missing-type": (_with(termsOfUse={}), ShapeError, r"^termsOfUse\.type is missing"),
    "termsofuse-no-type": (_with(termsOfUse={"id": "did:example:a"}), ShapeError, r"^termsOfUse\.type is missing"),
    "evidence-missing-type": (_with(evidence={}), ShapeError, r"^evidence\.type is missing"),
    "evidence-text": (_with(evidence=["x"]), ShapeError, r"^evidence\[0\] must be an object"),
    "proof-missing-type": (_with(proof={"created": "2026-01-01T00:00:00Z"}), ShapeError, r"^proof\.type is missing"),
    "related-resource-text": (_with(relatedResource=["https://a.example/1"]), ShapeError,
                              r"^relatedResource\[0\] must be an object"),
    "related-resource-no-id": (_with(relatedResource=[{"digestMultibase": "uEiA"}]), ShapeError,
                               r"^relatedResource\[0\]\.id is missing"),
    "related-resource-same-id": (_with(relatedResource=[{"id": "https://a.example/1", "digestSRI": "sha384-a"}] * 2),
                                 ShapeError, r"^relatedResource\[1\] has the same id"),
    "related-resource-no-digest": (_with(relatedResource=[{"id": "https://a.example/1"}]), ShapeError,
                                   r"^relatedResource\[0\] has no digest"),
    "related-resource-digest-empty": (_with(relatedResource={"id": "https://a.example/1", "digestSRI": []}),
                                      ShapeError, "a digest that is no text"),
    "related-resource-media-type": (_with(relatedResource={"id": "https://a.example/1", "digestSRI": "sha384-a",
                                                           "mediaType": 7}), ShapeError, "mediaType must be a text"),
}  # fmt: skip

PRESENTATIONS_WRONG: dict[str, tuple[Any, type[Invalid], str]] = {
    "nonconforming": ({"type": ["NonconformingDocument"]}, ShapeError, "^@context is missing"),
    "no-context": (_without(PRESENTATION, "@context"), ShapeError, "^@context is missing"),
    "missing-base-context": (PRESENTATION | {"@context": [EXAMPLES]}, UnknownContext, "first context must be"),
    "context-order": (PRESENTATION | {"@context": [EXAMPLES, VC2]}, UnknownContext, "first context must be"),
    "context-url": (PRESENTATION | {"@context": [VC2, NOT_A_URL]}, ShapeError, r"^@context\[1\] must be"),
    "context-unknown": (PRESENTATION | {"@context": [VC2, "https://example.com"]}, UnknownContext, "not known"),
    "context-number": (PRESENTATION | {"@context": [VC2, 7]}, ShapeError, r"^@context\[1\] must be"),
    "no-type": (_without(PRESENTATION, "type"), ShapeError, "^type is missing"),
    "missing-required-type": (PRESENTATION | {"type": ["https://a.example/#P"]}, ShapeError,
                              "^type must name VerifiablePresentation"),
    "a-credential": (CREDENTIAL, ShapeError, "^type must name VerifiablePresentation"),
    "id": (PRESENTATION | {"id": "fake"}, ShapeError, "^id must be an absolute URL"),
    "holder": (PRESENTATION | {"holder": "z6Mkp"}, ShapeError, "^holder must be one URL, or an object with an id"),
    "holder-name": (PRESENTATION | {"holder": {"name": "Acme"}}, ShapeError, r"^holder\.id is missing"),
    "holder-object": (PRESENTATION | {"holder": {"id": "z6Mkp"}}, ShapeError, r"^holder\.id must be an absolute URL"),
    "vc-as-string": (PRESENTATION | {"verifiableCredential": ["ey.ey.c2ln"]}, ShapeError,
                     r"^verifiableCredential\[0\] must be an object"),
    "vc-missing-required-type": (PRESENTATION | {"verifiableCredential": [_with(type=[])]}, ShapeError,
                                 r"^verifiableCredential\[0\]\.type must be the name of a type"),
    "vc-second": (PRESENTATION | {"verifiableCredential": [CREDENTIAL, _with(issuer=None)]}, ShapeError,
                  r"^verifiableCredential\[1\]\.issuer must be one URL"),
    "enveloped-vc-missing-type": (PRESENTATION | {"verifiableCredential": [_without(ENVELOPE, "type")]}, ShapeError,
                                  r"^verifiableCredential\[0\]\."),
    "enveloped-vc-other-type": (PRESENTATION | {"verifiableCredential": [
        ENVELOPE | {"type": "EnvelopedVerifiablePresentation"}]}, ShapeError, "type must name EnvelopedVerifiableCred"),
    "enveloped-vc-id": (PRESENTATION | {"verifiableCredential": ENVELOPE | {"id": "https://a.example/1"}}, ShapeError,
                        r"^verifiableCredential\.id must be a data: URL"),
    "terms-of-use": (PRESENTATION | {"termsOfUse": {}}, ShapeError, r"^termsOfUse\.type is missing"),
    "proof": (PRESENTATION | {"proof": [{}]}, ShapeError, r"^proof\[0\]\.type is missing"),
    "text": ("ey.ey.c2ln", ShapeError, "^The document must be an object"),
}  # fmt: skip

ENVELOPES_WRONG: dict[str, tuple[Any, type[Invalid], str]] = {
    "context-empty": (ENVELOPE | {"@context": []}, UnknownContext, "first context must be"),
    "context-other": (ENVELOPE | {"@context": EXAMPLES}, UnknownContext, "first context must be"),
    "context-unknown": (ENVELOPE | {"@context": [VC2, "https://a.example/c"]}, UnknownContext, "not known here"),
    "context-number": (ENVELOPE | {"@context": [VC2, 7]}, ShapeError, r"^@context\[1\] must be the URL"),
    "context-none": (_without(ENVELOPE, "@context"), UnknownContext, "first context must be"),
    "id-no-data-url": (ENVELOPE | {"id": "eyJhbGciOiJFZERTQSJ9.e30.c2ln"}, ShapeError, "^id must be a data: URL"),
    "id-no-media-type": (ENVELOPE | {"id": "data:,ey.ey.c2ln"}, ShapeError, "^id must be a data: URL"),
    "id-missing": (_without(ENVELOPE, "id"), ShapeError, "^id must be a data: URL"),
    "type-missing": (_without(ENVELOPE, "type"), ShapeError, "^type must name EnvelopedVerifiableCredential"),
    "type-other": (ENVELOPE | {"type": "VerifiableCredential"}, ShapeError, "^type must name Enveloped"),
    "type-two": (ENVELOPE | {"type": ["VerifiableCredential", ENVELOPE["type"]]}, ShapeError, "^type must name"),
    "text": ("x", ShapeError, "must be an object"),
}


@pytest.mark.parametrize("document", SOUND.values(), ids=SOUND)
def test_sound_credentials(document: dict[str, Any]) -> None:
    assert model.check_credential(document) == model.version_of(document)
    model.check_presentation(PRESENTATION | {"verifiableCredential": document})


@pytest.mark.parametrize(("document", "error", "match"), WRONG.values(), ids=WRONG)
def test_wrong_credentials(document: dict[str, Any], error: type[Invalid], match: str) -> None:
    with pytest.raises(error, match=match) as caught:
        model.check_credential(document)
    assert type(caught.value) is error


@pytest.mark.parametrize(
    "document",
    [
        PRESENTATION,
        _without(_without(PRESENTATION, "holder"), "verifiableCredential"),
        PRESENTATION | {"holder": {"id": "did:example:a"}, "id": "urn:uuid:9c9a36f8-518f-4976-a934-6649502d0008"},
        PRESENTATION | {"verifiableCredential": [CREDENTIAL, ENVELOPE, OLDER]},
        PRESENTATION | {"@context": [VC2, EXAMPLES], "type": ["VerifiablePresentation", "AnyPresentation"]},
        PRESENTATION | {"@context": [VC1], "verifiableCredential": OLDER},
    ],
)
def test_sound_presentations(document: dict[str, Any]) -> None:
    model.check_presentation(document)


@pytest.mark.parametrize(("document", "error", "match"), PRESENTATIONS_WRONG.values(), ids=PRESENTATIONS_WRONG)
def test_wrong_presentations(document: Any, error: type[Invalid], match: str) -> None:
    with pytest.raises(error, match=match):
        model.check_presentation(document)


def test_sound_envelopes() -> None:
    model.check_envelope(ENVELOPE)
    model.check_envelope(ENVELOPE | {"@context": [VC2], "id": "data:application/vc+cose;base64,0oRD"})
    model.check_envelope(
        ENVELOPE | {"type": [model.ENVELOPED_PRESENTATION]}, expected_type=model.ENVELOPED_PRESENTATION
    )


@pytest.mark.parametrize(("document", "error", "match"), ENVELOPES_WRONG.values(), ids=ENVELOPES_WRONG)
def test_wrong_envelopes(document: Any, error: type[Invalid], match: str) -> None:
    with pytest.raises(error, match=match):
        model.check_envelope(document)


def test_the_period_under_either_model() -> None:
    first, second, third = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3))
    assert model.period(CREDENTIAL) == (None, None)
    later = _with(validFrom="2026-01-01T00:00:00Z", validUntil="2026-02-01T00:00:00Z")
    assert model.period(later) == (first, second)
    older = OLDER | {"expirationDate": "2026-03-01T00:00:00Z"}
    assert model.period(older) == (first, third)
    assert model.period(older | {"validUntil": "2026-02-01T00:00:00Z"}) == (first, second)
    assert model.period(older | {"validFrom": "2026-02-01T00:00:00Z"}) == (second, third)


BASES = (CREDENTIAL, OLDER, PRESENTATION, ENVELOPE, SOUND["related resources"], SOUND["name in languages"])


@given(
    document=st.sampled_from(BASES), name=st.sampled_from(sorted({key for base in BASES for key in base})), value=JSON
)
@settings(max_examples=300)
def test_no_document_crashes_the_check(document: dict[str, Any], name: str, value: Any) -> None:
    for check in (model.check_credential, model.check_presentation, model.check_envelope):
        for changed in (put(document, (name,), value), put(document, ("@context",), [VC2, value]), value):
            try:
                check(changed)
            except VcError:
                continue
