"""One credential of each kind that uses every class and every member of its data model once. All of it is made up."""

from copy import deepcopy
from typing import Any

from vc.context_rules import CLR_201, OB_303, OB_EXTENSIONS, VC1, VC2

OB_301 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"
HOST = "https://academy.example.org"
OB_SCHEMAS = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/"
CLR_SCHEMAS = "https://purl.imsglobal.org/spec/clr/v2p0/schema/json/"

TOKEN = "eyJhbGciOiJFZERTQSJ9.eyJhIjoxfQ.c2ln"


def proof(where: str) -> dict[str, Any]:
    return {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-03-02T12:00:00Z",
        "verificationMethod": f"{where}#key-1",
        "proofPurpose": "assertionMethod",
        "challenge": "c-1",
        "domain": "academy.example.org",
        "nonce": "n-1",
        "proofValue": "z58DAdFfa9SkqZMVPxAQpic7ndSayn1PzZs6ZjWp1CktyGesjuTSwRdoWhAfGFCF5bppETSTojQCrfFPP2oumHKtz",
    }


def _shell(kind: str, number: int, schema: str) -> dict[str, Any]:
    """What every kind of credential has."""
    id_ = f"{HOST}/{kind}/{number}"
    return {
        "id": id_,
        "name": f"{kind} number {number}",
        "description": f"The {kind} with the number {number}.",
        "awardedDate": "2026-03-01T10:00:00+01:00",
        "validFrom": "2026-03-02T12:00:00Z",
        "validUntil": "2031-03-02T12:00:00.250Z",
        "proof": [proof(HOST)],
        "credentialSchema": [{"id": schema, "type": "1EdTechJsonSchemaValidator2019"}],
        "credentialStatus": {"id": f"{id_}/status", "type": "1EdTechRevocationList"},
        "refreshService": {"id": f"{id_}/refresh", "type": "1EdTechCredentialRefresh"},
        "termsOfUse": [{"id": f"{HOST}/terms", "type": "IssuerPolicy"}],
    }


def image(name: str) -> dict[str, Any]:
    return {"id": f"{HOST}/{name}.png", "type": "Image", "caption": f"A picture of {name}"}


def identities() -> list[dict[str, Any]]:
    return [
        {"type": "IdentityObject", "hashed": False, "identityHash": "Zoë Ünlü-Beispiel", "identityType": "name"},
        {
            "type": "IdentityObject",
            "hashed": True,
            "identityHash": "sha256$" + "0123456789abcdef" * 4,
            "identityType": "emailAddress",
            "salt": "k3Jr9c",
        },
    ]


def profile(name: str, **more: Any) -> dict[str, Any]:
    return {"id": f"{HOST}/people/{name}", "type": ["Profile"], "name": name, **more}


def full_profile() -> dict[str, Any]:
    return profile(
        "Example Academy",
        id=HOST,
        url=f"{HOST}/about",
        phone="+49 30 0000000",
        description="An academy that does not exist.",
        endorsement=[endorsement(7)],
        endorsementJwt=[TOKEN],
        image=image("logo"),
        email="office@academy.example.org",
        address={
            "type": ["Address"],
            "addressCountry": "Germany",
            "addressCountryCode": "DE",
            "addressRegion": "Berlin",
            "addressLocality": "Berlin",
            "streetAddress": "Example street 1",
            "postOfficeBoxNumber": "12",
            "postalCode": "10000",
            "geo": {"type": "GeoCoordinates", "latitude": 52.5, "longitude": 13.4},
        },
        otherIdentifier=[{"type": "IdentifierEntry", "identifier": "EA-1", "identifierType": "sourcedId"}],
        official="Kwame Beispiel",
        parentOrg=profile("Example-Foundation"),
        familyName="Beispiel",
        givenName="Ada",
        additionalName="May",
        patronymicName="Beispielovna",
        honorificPrefix="Dr",
        honorificSuffix="PhD",
        familyNamePrefix="van",
        dateOfBirth="1990-12-31",
    )


def alignment(name: str) -> dict[str, Any]:
    return {
        "type": ["Alignment"],
        "targetCode": name,
        "targetDescription": f"About {name}.",
        "targetName": name,
        "targetFramework": "The example framework",
        "targetType": "CFItem",
        "targetUrl": f"{HOST}/framework/{name}",
    }


def achievement(number: int = 1) -> dict[str, Any]:
    id_ = f"{HOST}/achievements/{number}"
    return {
        "id": id_,
        "type": ["Achievement"],
        "alignment": [alignment("data")],
        "achievementType": "Course",
        "creator": profile("The-author"),
        "creditsAvailable": 5.5,
        "criteria": {"id": f"{id_}/criteria", "narrative": "Pass every assignment."},
        "description": "About data.",
        "endorsement": [endorsement(8)],
        "endorsementJwt": [TOKEN],
        "fieldOfStudy": "Statistics",
        "humanCode": "DS-1",
        "image": image("data"),
        "inLanguage": "en",
        "name": "Data Science",
        "otherIdentifier": [{"type": "IdentifierEntry", "identifier": "DS-1", "identifierType": "ext:courseNumber"}],
        "related": [{"id": f"{id_}/es", "type": ["Related"], "inLanguage": "es", "version": "1"}],
        "resultDescription": [
            {
                "id": f"{id_}#rubric",
                "type": ["ResultDescription"],
                "alignment": [alignment("writing")],
                "name": "Final project",
                "requiredLevel": f"{id_}#good",
                "resultType": "RubricCriterionLevel",
                "rubricCriterionLevel": [
                    {
                        "id": f"{id_}#good",
                        "type": ["RubricCriterionLevel"],
                        "alignment": [alignment("good-writing")],
                        "description": "Well written.",
                        "level": "Good",
                        "name": "Good",
                        "points": "3",
                    }
                ],
            },
            {
                "id": f"{id_}#points",
                "type": ["ResultDescription"],
                "name": "Points",
                "resultType": "RawScore",
                "allowedValue": ["0", "50", "100"],
                "requiredValue": "50",
                "valueMin": "0",
                "valueMax": "100",
            },
            {"id": f"{id_}#status", "type": ["ResultDescription"], "name": "Completed?", "resultType": "Status"},
        ],
        "specialization": "Teaching",
        "tag": ["data", "example"],
        "version": "1",
    }


def achievement_credential(number: int = 1) -> dict[str, Any]:
    id_ = f"{HOST}/achievements/{number}"
    return {
        "@context": [VC2, OB_303, OB_EXTENSIONS],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        **_shell("achievement", number, f"{OB_SCHEMAS}ob_v3p0_achievementcredential_schema.json"),
        "image": image("badge"),
        "issuer": full_profile(),
        "endorsement": [endorsement(9)],
        "endorsementJwt": [TOKEN],
        "evidence": [
            {
                "id": f"{HOST}/evidence/{number}",
                "type": ["Evidence"],
                "narrative": "She built a model.",
                "name": "A model",
                "description": "Of the weather.",
                "genre": "Project",
                "audience": "Everybody",
            }
        ],
        "credentialSubject": {
            "id": "did:example:learner",
            "type": ["AchievementSubject"],
            "activityStartDate": "2025-09-01T00:00:00Z",
            "activityEndDate": "2026-02-28T00:00:00Z",
            "creditsEarned": 5.5,
            "achievement": achievement(number),
            "identifier": identities(),
            "image": image("work"),
            "licenseNumber": "L-1",
            "narrative": "Worked steadily.",
            "result": [
                {
                    "type": ["Result"],
                    "resultDescription": f"{id_}#rubric",
                    "achievedLevel": f"{id_}#good",
                    "alignment": [alignment("result")],
                },
                {"type": ["Result"], "resultDescription": f"{id_}#points", "value": "100"},
                {"type": ["Result"], "resultDescription": f"{id_}#status", "status": "Completed"},
            ],
            "role": "Student",
            "source": profile("The-assessor"),
            "term": "Winter",
        },
    }


def endorsement(number: int = 1) -> dict[str, Any]:
    return {
        "@context": [VC2, OB_303, OB_EXTENSIONS],
        "type": ["VerifiableCredential", "EndorsementCredential"],
        **_shell("endorsement", number, f"{OB_SCHEMAS}ob_v3p0_endorsementcredential_schema.json"),
        "issuer": profile("Example-Board"),
        "credentialSubject": {
            "id": HOST,
            "type": ["EndorsementSubject"],
            "endorsementComment": "A good academy, were it real.",
        },
    }


def clr_credential() -> dict[str, Any]:
    first, second = achievement_credential(1), achievement_credential(2)
    return {
        "@context": [VC2, CLR_201, OB_303, OB_EXTENSIONS],
        "type": ["VerifiableCredential", "ClrCredential"],
        **_shell("clr", 1, f"{CLR_SCHEMAS}clr_v2p0_clrcredential_schema.json"),
        "image": image("record"),
        "issuer": full_profile(),
        "endorsement": [endorsement(9)],
        "endorsementJwt": [TOKEN],
        "partial": True,
        "credentialSubject": {
            "id": "did:example:learner",
            "type": ["ClrSubject"],
            "identifier": identities(),
            "achievement": [achievement(1), achievement(3)],
            "verifiableCredential": [first, second],
            "association": [
                {
                    "type": "Association",
                    "associationType": "isParentOf",
                    "sourceId": f"{HOST}/achievements/3",
                    "targetId": f"{HOST}/achievements/1",
                },
                {
                    "type": "Association",
                    "associationType": "precedes",
                    "sourceId": first["id"],
                    "targetId": second["id"],
                },
            ],
        },
    }


def under_vcdm_1(credential: dict[str, Any]) -> dict[str, Any]:
    """The same under VCDM 1.1: other context, other dates, for itself and for what it contains."""
    older = {_OLDER_NAMES.get(name, name): _older(value) for name, value in credential.items()}
    names = {VC2: VC1, OB_303: OB_301}
    older["@context"] = [names.get(url, url) for url in credential["@context"]]
    return older


_OLDER_NAMES = {"validFrom": "issuanceDate", "validUntil": "expirationDate"}


def _older(value: Any) -> Any:
    if isinstance(value, list):
        return [_older(item) for item in value]
    if isinstance(value, dict):
        return under_vcdm_1(value) if "@context" in value else {name: _older(item) for name, item in value.items()}
    return value


# Schema -> the sample that uses all of it.
SAMPLES: dict[str, dict[str, Any]] = {
    "achievement-credential": achievement_credential(),
    "endorsement-credential": endorsement(),
    "clr-credential": clr_credential(),
}


def sample(name: str) -> dict[str, Any]:
    """A fresh copy."""
    return deepcopy(SAMPLES[name])
