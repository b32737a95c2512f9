"""Our JSON Schemas: each class, member, enumeration and form, by changing full samples; and that nothing is fetched."""

import contextlib
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import contexts
from tests.vc.full_samples import SAMPLES, sample, under_vcdm_1
from tests.vc.schema_walk import Mutation, mutations, places, put
from vc import schemas
from vc.errors import ShapeError, VcError

ALL = [(name, document) for name in SAMPLES for document in (sample(name), under_vcdm_1(sample(name)))]
IDS = [f"{name}-{version}" for name in SAMPLES for version in ("2.0", "1.1")]


# --- the files ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", contexts.SCHEMAS)
def test_every_schema_is_sound_and_called_as_its_file_is(name: str) -> None:
    document = contexts.schema(name)
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert document["$id"] == f"https://testamur.example/schemas/{name}.json"
    jsonschema_rs.meta.validate(document)
    for definition in ["", *(f"#/$defs/{key}" for key in document.get("$defs", ()))]:
        schemas._compiled({"$ref": document["$id"] + definition})


def test_every_refusal_has_words_of_ours() -> None:
    """`description` stands beside each keyword that can fail, for it is what readers are told."""
    for name in contexts.SCHEMAS:
        for path, node in _nodes(contexts.schema(name)):
            failing = set(node) & {"type", "enum", "const", "pattern", "format", "minItems", "contains", "anyOf"}
            if failing and "anyOf" not in path and "if" not in path:
                assert node.get("description"), f"{name}: {'/'.join(map(str, path))}"


def _nodes(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Every schema in a schema; `properties` and `$defs` are none."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _nodes(item, (*path, index))
    elif isinstance(value, dict):
        if path and path[-1] not in ("properties", "$defs", "contains"):
            yield path, value
        for key, item in value.items():
            yield from _nodes(item, (*path, key))


def test_the_samples_use_every_class_and_member() -> None:
    wanted = {
        f"{name}#{definition}"
        for name in contexts.SCHEMAS
        for definition in contexts.schema(name).get("$defs", ())
        if name != "types"
    }
    seen = {
        definition for name, document in ALL for place in places(name, document) for definition in place.definitions
    }
    assert wanted <= seen | {"credential#Dates-2.0", "credential#Dates-1.1"}
    used: dict[str, set[str]] = {}
    for name, document in ALL:
        for place in places(name, document):
            for definition in place.definitions if isinstance(place.value, dict) else ():
                used.setdefault(definition, set()).update(place.value)
    for definition in wanted:
        file, _, key = definition.partition("#")
        members = set(contexts.schema(file)["$defs"][key].get("properties", ()))
        assert members <= used.get(definition, set()), definition


# --- what is accepted --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "document"), ALL, ids=IDS)
def test_the_full_samples_are_sound(name: str, document: dict[str, Any]) -> None:
    schemas.validate(name, document)


@pytest.mark.parametrize(("name", "document"), ALL, ids=IDS)
def test_every_value_of_every_enumeration_is_read(name: str, document: dict[str, Any]) -> None:
    for place in places(name, document):
        for values in place.enumerations:
            for value in values if place.path[0] != "@context" else ():
                schemas.validate(name, put(document, place.path, value))


@pytest.mark.parametrize("name", SAMPLES)
def test_one_is_read_where_many_are_allowed(name: str) -> None:
    """1EdTech publishes each schema twice, with lists and without; we read both forms."""
    document = sample(name)
    tried = 0
    for place in places(name, document):
        if isinstance(place.value, list) and len(place.value) == 1 and place.path[0] != "@context":
            schemas.validate(name, put(document, place.path, place.value[0]))
            tried += 1
    assert tried >= 5


def test_a_language_may_be_written_as_bcp_47_allows() -> None:
    for language in ("en", "pt-BR", "zh-Hant-TW", "de-1996", "es-419", "en-us"):
        schemas.validate("achievement-credential", put(SAMPLE, (*ACHIEVEMENT, "inLanguage"), language))


SAMPLE = sample("achievement-credential")
ACHIEVEMENT = ("credentialSubject", "achievement")


@pytest.mark.parametrize("place", [("achievementType",), ("alignment", 0, "targetType")])
def test_extensions_begin_with_ext(place: tuple[str, ...]) -> None:
    schemas.validate("achievement-credential", put(SAMPLE, (*ACHIEVEMENT, *place), "ext:Nano.Degree_2"))
    for wrong in ("ext:", "ext", "xext:a", "ext: a"):
        with pytest.raises(ShapeError, match="or an extension such as ext:Example, not "):
            schemas.validate("achievement-credential", put(SAMPLE, (*ACHIEVEMENT, *place), wrong))


def test_an_embedded_endorsement_is_looked_at_elsewhere() -> None:
    schemas.validate("achievement-credential", put(SAMPLE, ("endorsement", 0), {"type": "broken"}))
    with pytest.raises(ShapeError, match=r"^endorsement\[0\] must be an object, not 'x'"):
        schemas.validate("achievement-credential", put(SAMPLE, ("endorsement", 0), "x"))


# --- what is refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "document"), ALL, ids=IDS)
def test_every_change_for_the_worse_is_noticed_at_its_place(name: str, document: dict[str, Any]) -> None:
    tried = 0
    for mutation in mutations(name, document):
        with pytest.raises(ShapeError) as caught:
            schemas.validate(name, mutation.document)
        assert _names(str(caught.value), mutation), f"{mutation.what} at {mutation.said}: {caught.value}"
        tried += 1
    assert tried > 200


def _names(message: str, mutation: Mutation) -> bool:
    place = "type" if mutation.path[:1] == ("type",) else mutation.said or "The document"
    return message.startswith(place) and message.endswith(".")


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("validFrom",), "2026-03-02", "validFrom must be a date and time with a time zone, not '2026-03-02'."),
        (("issuer", "type"), ["Person"], "issuer.type must name Profile."),
        (("issuer", "address", "geo", "latitude"), True, "issuer.address.geo.latitude must be a number, not true."),
        (("issuer", "dateOfBirth"), "1.1.1990", "issuer.dateOfBirth must be a date such as 2026-03-02, not "),
        (("image", "more"), 1, "image.more is a member that the data model does not have there."),
        (("endorsementJwt",), ["a.b"], "endorsementJwt[0] must be a signed token (compact JWS), not 'a.b'."),
        (("@context", 1), "https://a.example/c", "@context[1] must be the context of Open Badges 3.0, not 'https://a"),
        (("credentialSubject", "result", 2, "status"), "Done",
         "credentialSubject.result[2].status must be one of the values that Open Badges 3.0 lists, not 'Done'."),
        ((), ["a"], "The document must be an object, not a list."),
    ],
)  # fmt: skip
def test_what_readers_are_told(path: tuple[str | int, ...], value: Any, message: str) -> None:
    with pytest.raises(ShapeError) as caught:
        schemas.validate("achievement-credential", put(SAMPLE, path, value))
    assert str(caught.value).startswith(message)
    assert caught.value.__cause__ is None  # the library's own words


def test_the_place_of_a_document_in_another_one_comes_first() -> None:
    with pytest.raises(ShapeError, match=r"^verifiableCredential\[3\]\.@context is missing"):
        schemas.validate("achievement-credential", {}, "verifiableCredential[3]")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
PLACES = [(name, place.path) for name in SAMPLES for place in places(name, sample(name))]


@given(where=st.sampled_from(PLACES), value=JSON, surrogate=st.booleans())
@settings(max_examples=200)
def test_no_value_anywhere_crashes_the_check(
    where: tuple[str, tuple[str | int, ...]], value: Any, surrogate: bool
) -> None:
    name, path = where
    with contextlib.suppress(VcError):
        schemas.validate(name, put(sample(name), path, {"\ud800": "\udfff"} if surrogate else value))


@pytest.mark.parametrize("value", [{1: 2}, {"a": {1}}, {"id": b"x"}, 2**80, float("nan")])
def test_what_is_no_json_is_refused_too(value: Any) -> None:
    with pytest.raises(ShapeError):
        schemas.validate("achievement-credential", value)
    with pytest.raises(ShapeError):
        schemas.validate("achievement-credential", put(SAMPLE, ("more",), value) | {"id": value})


# --- nothing is fetched ------------------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A loopback server that would give a schema which allows everything; and what it was asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: Any) -> None: ...

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}", asked
        running.shutdown()
        thread.join()


def test_a_remote_reference_is_not_followed(server: tuple[str, list[str]], tmp_path: Path) -> None:
    url, asked = server
    own = tmp_path / "schema.json"
    own.write_text("{}", encoding="utf-8")
    for reference in (f"{url}/schema.json", own.as_uri(), "https://testamur.example/schemas/../types.json", "other"):
        with pytest.raises(jsonschema_rs.ValidationError, match="retrieving it failed"):
            schemas._compiled({"$ref": reference})
    assert asked == []


def test_the_library_would_follow_it(server: tuple[str, list[str]]) -> None:
    """So that the test above says something."""
    url, asked = server
    jsonschema_rs.Draft202012Validator({"$ref": f"{url}/schema.json"})
    assert asked == ["/schema.json"]


# --- schemas that a credential names -----------------------------------------------------------------------

OWN = {"id": "https://academy.example.org/schema.json", "type": "JsonSchema"}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_published_schema_is_served_by_ours(name: str) -> None:
    document = sample(name)
    assert schemas.check_named(document) == ()
    del document["id"]
    with pytest.raises(ShapeError, match=r"^id is missing"):
        schemas.check_named(document)


def test_other_schemas_are_not_looked_at_and_named() -> None:
    published = SAMPLE["credentialSchema"][0]
    assert schemas.check_named(SAMPLE | {"credentialSchema": [published, OWN]}) == (OWN["id"],)
    assert schemas.check_named(SAMPLE | {"credentialSchema": OWN}) == (OWN["id"],)
    other_type = {"id": published["id"], "type": "JsonSchemaCredential"}
    assert schemas.check_named({"credentialSchema": other_type}) == (published["id"],)
    assert schemas.check_named({}) == ()


def test_a_credential_keeps_what_it_says_of_itself() -> None:
    """Whoever names the schema of another class is held against that."""
    clr = SAMPLES["clr-credential"]["credentialSchema"]
    with pytest.raises(ShapeError, match=r"^type must name ClrCredential|^credentialSubject|^@context"):
        schemas.check_named(SAMPLE | {"credentialSchema": clr})


def test_published_urls_lead_to_schemas_that_exist() -> None:
    assert set(schemas.PUBLISHED.values()) <= set(contexts.SCHEMAS)
    assert len(schemas.PUBLISHED) == 28
    assert json.dumps(sorted(schemas.PUBLISHED)).count("spec/clr/") == 16
