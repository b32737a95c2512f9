"""The pinned contexts: every file is what the table says, everything else is refused, nothing is fetched."""

import hashlib
import json
import socket
from pathlib import Path
from typing import Any, NoReturn

import pytest

import contexts
from tests.optional import compare_with

ROOT = Path(__file__).parents[2]
FILES = ROOT / "contexts" / "files"
PUBLISHED = ROOT.parent / "shared" / "data" / "contexts"
PINNED = [pinned for contents in contexts.CONTEXTS.values() for pinned in contents]
OB_303 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
VC2 = "https://www.w3.org/ns/credentials/v2"


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    contexts._checked.cache_clear()


@pytest.mark.parametrize("pinned", PINNED, ids=lambda pinned: pinned.file)
def test_every_file_has_the_pinned_hash_and_is_a_context(pinned: contexts.Pinned) -> None:
    assert hashlib.sha256((FILES / pinned.file).read_bytes()).hexdigest() == pinned.sha256
    assert "@context" in contexts.load(pinned.url, pinned.sha256)


def test_the_table_and_the_folder_are_the_same_set() -> None:
    assert sorted(pinned.file for pinned in PINNED) == sorted(path.name for path in FILES.iterdir())


def test_the_table_is_keyed_by_url_and_has_no_content_twice() -> None:
    assert all(pinned.url == url for url, contents in contexts.CONTEXTS.items() for pinned in contents)
    assert len({(pinned.url, pinned.sha256) for pinned in PINNED}) == len(PINNED)


@pytest.mark.parametrize("pinned", PINNED, ids=lambda pinned: pinned.file)
def test_every_file_has_a_line_about_source_and_licence(pinned: contexts.Pinned) -> None:
    licence = "W3C" if pinned.licence.startswith("W3C") else "1EdTech"
    exact = "byte-exact" if pinned.byte_exact else "JSON-equal"
    line = f"| `{pinned.file}` | `{pinned.url}` | `{pinned.sha256}` | {pinned.source} | {licence} | {exact} |"
    assert line in (ROOT / "contexts" / "LICENSES.md").read_text(encoding="utf-8").splitlines()


def test_what_the_credentials_need_is_there() -> None:
    """The hash of credentials/v2 is published in VCDM 2.0, section "Base Context"."""
    assert contexts.history(VC2)[0] == "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"
    assert contexts.history(OB_303)[0] == "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84"


def test_older_contents_of_open_badges_303_are_kept() -> None:
    history = contexts.history(OB_303)
    assert len(history) >= 2
    assert contexts.load(OB_303) == contexts.load(OB_303, history[0])
    assert "jti" in contexts.load(OB_303)["@context"]
    for older in history[1:]:
        assert "jti" not in contexts.load(OB_303, older)["@context"]


@pytest.mark.parametrize(
    "url",
    [
        "https://www.w3.org/ns/credentials/v3",
        VC2 + "/",
        VC2 + "#",
        VC2.replace("https:", "http:"),
        VC2.upper(),
        "",
        "file:///etc/passwd",
        "../files/credentials-v2.json",
    ],
)
def test_every_other_url_is_refused(url: str) -> None:
    with pytest.raises(contexts.UnknownContext):
        contexts.load(url)
    with pytest.raises(contexts.UnknownContext):
        contexts.history(url)


def test_a_hash_of_another_url_is_refused() -> None:
    with pytest.raises(contexts.UnknownContext):
        contexts.load(VC2, contexts.history(OB_303)[0])


def test_an_altered_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    altered = (FILES / "credentials-v2.json").read_bytes().replace(b"VerifiableCredential", b"validuntil")
    (tmp_path / "credentials-v2.json").write_bytes(altered)
    monkeypatch.setattr(contexts, "_FILES", tmp_path)
    with pytest.raises(contexts.AlteredContext, match=r"credentials-v2\.json"):
        contexts.load(VC2)


def test_what_a_caller_does_to_a_context_stays_with_the_caller() -> None:
    contexts.load(VC2)["@context"]["VerifiableCredential"] = "https://evil.example/"
    assert contexts.load(VC2)["@context"]["VerifiableCredential"] != "https://evil.example/"


def test_no_socket_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        pytest.fail("A socket was opened.")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for pinned in PINNED:
        contexts.load(pinned.url, pinned.sha256)
    with pytest.raises(contexts.UnknownContext):
        contexts.load("https://www.example.org/context.json")


@pytest.mark.parametrize("url", contexts.CONTEXTS)
def test_the_files_are_what_the_publishers_serve(url: str) -> None:
    """Against a second set of copies, named after the URL, where it lies beside this repository."""
    pinned = contexts.CONTEXTS[url][0]
    name = url.removeprefix("https://").replace("purl.imsglobal.org/spec", "purl").replace("/", "_")
    path = PUBLISHED / (name if name.endswith(".json") else name + ".json")
    compare_with(path.is_file(), f"a second copy of {url}")
    published = path.read_bytes()
    assert json.loads(published) == json.loads((FILES / pinned.file).read_bytes())
    assert (hashlib.sha256(published).hexdigest() == pinned.sha256) is pinned.byte_exact
