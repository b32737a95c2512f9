"""Our schemas and 1EdTech's say the same of full samples and of every change to them, where a copy lies beside us.

1EdTech's are the strict form (lists where many are allowed) of VCDM 2.0. Where ours is stricter, the published prose
is: a URI is a URI, a country code has two letters (ISO 3166-1), a name says something.
"""

import json
import re
from pathlib import Path
from typing import Any, NoReturn

import jsonschema_rs
import pytest

from tests.optional import compare_with
from tests.vc.full_samples import sample
from tests.vc.schema_walk import Mutation, mutations
from vc import schemas
from vc.errors import ShapeError
from vc.kinds import check_structure

DATA = Path(__file__).parents[3] / "shared" / "data"
FILE = DATA / "schemas" / "ob_v3p0_achievementcredential_schema.json"

URI_MEMBER = re.compile(
    r"(^|\.)(id|url|targetUrl|requiredLevel|achievedLevel|resultDescription|verificationMethod|issuer)$"
)
LABEL_MEMBER = re.compile(r"(^|\.)(name|targetName|identifier|identityHash|type)$")
# Why ours may be stricter -> the value that was put in, and where.
STRICTER = (
    ("the prose says URI", ("'no-scheme' instead", "'https ://a.example/1' instead", "'https://' instead",
                            "'' instead", "'x' instead"), URI_MEMBER),
    ("the prose says ISO 3166-1", ("'?' instead",), re.compile(r"\.addressCountryCode$")),
    ("a blank says nothing", ("' ' instead",), LABEL_MEMBER),
)  # fmt: skip


def _refuse(url: str) -> NoReturn:
    raise AssertionError(f"The schema refers to {url}, which would have to be fetched.")


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    compare_with(FILE.is_file(), "1EdTech's JSON Schema")
    whole = json.loads(FILE.read_text(encoding="utf-8"))
    part = {"$schema": whole["$schema"], "$defs": whole["$defs"], "$ref": "#/$defs/EndorsementCredential"}
    return {
        name: jsonschema_rs.validator_for(schema, validate_formats=True, retriever=_refuse)
        for name, schema in (("achievement-credential", whole), ("endorsement-credential", part))
    }


def _is_stricter(mutation: Mutation) -> bool:
    return any(mutation.what in changes and place.search(mutation.said) for _, changes, place in STRICTER)


@pytest.mark.parametrize("name", ["achievement-credential", "endorsement-credential"])
def test_both_say_the_same(published: dict[str, Any], name: str) -> None:
    document = sample(name)
    schemas.validate(name, document)
    assert published[name].is_valid(document)
    agreed = 0
    for mutation in mutations(name, document):
        with pytest.raises(ShapeError):
            schemas.validate(name, mutation.document)
        if published[name].is_valid(mutation.document):
            assert _is_stricter(mutation), f"only we refuse {mutation.what} at {mutation.said}"
        else:
            agreed += 1
    assert agreed >= 200


def test_the_example_is_sound() -> None:
    file = DATA / "examples" / "specialization.json"
    compare_with(file.is_file(), "the example of a Specialization")
    assert check_structure(json.loads(file.read_text(encoding="utf-8"))) == "achievement"
