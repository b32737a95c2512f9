"""What we issue is valid under 1EdTech's own JSON Schema of AchievementCredential, where a copy lies beside us."""

import json
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.optional import compare_with, need
from tests.peers import samples

SCHEMA = Path(__file__).parents[3] / "shared" / "data" / "schemas" / "ob_v3p0_achievementcredential_schema.json"

try:
    import jsonschema_rs
except ImportError:
    MISSING = True
else:
    MISSING = False


def _refuse(url: str) -> NoReturn:
    raise AssertionError(f"The schema refers to {url}, which would have to be fetched.")


@pytest.fixture(scope="module")
def validator() -> Any:
    need(not MISSING, "jsonschema-rs (pip install -e '.[dev]')")
    compare_with(SCHEMA.is_file(), "1EdTech's JSON Schema")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return jsonschema_rs.validator_for(schema, validate_formats=True, retriever=_refuse)


def _problems(validator: Any, document: dict[str, Any]) -> list[str]:
    return [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(document)]


@pytest.mark.parametrize("kind", samples.CERTIFICATES)
def test_what_we_issue_is_valid(validator: Any, kind: str) -> None:
    assert _problems(validator, samples.secure(samples.CERTIFICATES[kind]())) == []


def test_without_optional_members_too(validator: Any) -> None:
    credential = samples.course(grade=None, image=None)
    assert _problems(validator, samples.secure(credential)) == []


@pytest.mark.parametrize("member", ["issuer", "validFrom", "credentialSubject", "type", "id"])
def test_the_schema_notices_what_is_missing(validator: Any, member: str) -> None:
    """So that the tests above say something."""
    document = samples.secure(samples.course())
    assert _problems(validator, {k: v for k, v in document.items() if k != member})
