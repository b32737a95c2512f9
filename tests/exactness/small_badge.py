"""A small badge with something of everything, and a shape of it in which every text that may vary is a hole.

answer = look(changed(lambda badge: badge.update(name="x")))   # right, or None
"""

from collections.abc import Callable
from typing import Any

from tests.exactness.families import Path, leaves, put
from tests.exactness.references import Query, full
from vc.compiled import Shapes
from vc.context_rules import OB_303, OB_EXTENSIONS, OPEN_BADGES, VC2, ContextRule
from vc.jsonld import CURRENT, Contents

Document = dict[str, Any]


def badge() -> Document:
    return {
        "@context": [VC2, OB_303, OB_EXTENSIONS],
        "id": "https://a.example/credentials/1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Teamwork",
        "issuer": {
            "id": "did:example:school",
            "type": ["Profile"],
            "name": "Example Academy",
            "url": "https://a.example/",
        },
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "creditsEarned": 1,
            "identifier": [
                {"type": "IdentityObject", "hashed": False, "identityHash": "Zoë", "identityType": "name"},
                {"type": "IdentityObject", "hashed": True, "identityHash": "sha256$00", "identityType": "emailAddress"},
            ],
            "achievement": {
                "id": "https://a.example/achievements/1",
                "type": ["Achievement"],
                "name": "Teamwork",
                "description": "Works in a team.",
                "criteria": {"id": "https://a.example/criteria/1", "narrative": "Work in a team."},
                "tag": ["one", "two", "three"],
                "alignment": [
                    {"type": ["Alignment"], "targetName": "A", "targetUrl": "https://a.example/a"},
                    {"type": ["Alignment"], "targetName": "B", "targetUrl": "https://a.example/b"},
                ],
            },
            "result": [{"type": ["Result"], "resultDescription": "https://a.example/d", "value": "1"}],
        },
        "evidence": [
            {"id": "https://a.example/evidence/1", "type": ["Evidence"], "name": "A report", "genre": "Text"},
            {"id": "https://a.example/evidence/2", "type": ["Evidence"], "name": "A film", "genre": "Film"},
        ],
    }


def place_of(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


TEXTS = [path for path, value in leaves(badge()) if isinstance(value, str) and "type" not in path]
ADDRESSES = [path for path in TEXTS if path[-1] == "id"]
LITERALS = [path for path in TEXTS if path not in ADDRESSES]


def other() -> Document:
    """The same with another text in every place that may vary."""
    document = badge()
    for number, path in enumerate(TEXTS):
        put(document, path, f"urn:example:{number}" if path in ADDRESSES else f"text {number}")
    return document


def learnt(
    *documents: Document, rule: ContextRule = OPEN_BADGES, contents: Contents = CURRENT, algorithm: str = "sha256"
) -> Shapes:
    shapes = Shapes()
    for document in documents:
        shapes.learn(document, rule=rule, contents=contents, algorithm=algorithm)
    return shapes


SHAPES = learnt(badge(), other())


def look(document: Document, *, shapes: Shapes = SHAPES, **options: Any) -> bytes | None:
    """What the fast path answers, once it is known to be right."""
    query = Query(document, **{"rule": OPEN_BADGES, **options})
    answer = shapes.canonical(document, **query.options)
    assert answer is None or answer == full(query)
    return answer


def changed(change: Callable[[Document], Any]) -> Document:
    document = badge()
    change(document)
    return document
