"""What is fuzzed: one small function for each parser of strangers' bytes.

A target takes bytes and may raise `VcError`, which is swallowed: a refusal is what a parser is for. Anything else that
leaves it is a finding, and so is an answer that a `Finding` complains about: a forged certificate that is accepted, a
text that is read in two ways.

    TARGETS["strict_json"].run(b"[")
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.attacks import corpus
from tests.attacks.keys import WordSigner
from tests.attacks.stage import Stage
from tests.simulators import DID, METHOD, World
from tests.vc.samples import HOST, NOW
from vc import baking, credential_text, dids, formats, jcs, jose, jsonld, multibase, rdfc, status, strict_json
from vc.context_rules import rule_for
from vc.dates import parse_datetime, timestamp
from vc.dids import VerificationMethod
from vc.errors import NoCredential, VcError
from vc.keys import PublicKey
from vc.packed import inflate
from vc.securing import Expected
from vc.standing import Asker
from verifier import Policy, addresses, confined, intake, registries
from verifier.case import Asked
from verifier.fetch import HttpFetch, Limits
from verifier.presentations import is_one
from verifier.verification import run as verify


class Finding(Exception):
    """A target gave a wrong answer."""


@dataclass(frozen=True)
class Target:
    """`look`: the parser; `seeds`: good and bad examples; `words`: a dictionary for the fuzzer; `seconds`: the longest
    time that one input may take, generously, for a machine that does other things too; `as_json`: inputs are JSON, so
    that whole members can be exchanged instead of bytes."""

    look: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    words: tuple[bytes, ...] = ()
    seconds: float = 3.0
    max_bytes: int = 20_000
    as_json: bool = False
    instances: Mapping[str, Any] = field(default_factory=dict)

    def run(self, data: bytes) -> None:
        try:
            self.look(data)
        except VcError as error:
            str(error)  # whose message must be one, too


# --- seeds -------------------------------------------------------------------------------------------------


def _files(*families: str, ending: str = "") -> list[bytes]:
    """Hostile files and genuine twins."""
    wanted = [one for one in (*corpus.entries(), *corpus.twins()) if one.name.partition("/")[0].startswith(families)]
    return [data for one in wanted if one.file.endswith(ending) and len(data := corpus.content(one.file)) < 60_000]


def _pages(ending: str = "") -> list[bytes]:
    """What hostile issuers publish."""
    names = {name for one in corpus.entries() for url, name in one.pages.items() if name and url.endswith(ending)}
    return [data for name in sorted(names) if len(data := corpus.content(name)) < 60_000]


def _documents() -> list[bytes]:
    return _files("json-ld", "proofs", "dates", "courses", "status", ending="json")


def _texts() -> list[bytes]:
    """Small texts: identifiers, dates, addresses, encodings."""
    stage = Stage()
    keys = [WordSigner("a seed", kind).public_key for kind in ("Ed25519", "P-256", "P-384")]
    return [
        *(key.multibase.encode() for key in keys),
        *(dids.jwk.did_of(key).encode() for key in keys),
        *(json.dumps(key.jwk).encode() for key in keys),
        json.dumps(WordSigner("a seed", "RSA").jwk).encode(),
        *(entry.now.encode() for entry in corpus.entries() if entry.now),
        b"2026-03-02T12:00:00.123456789+14:00",
        DID.encode(),
        METHOD.encode(),
        f"https://verify.example/verify?url={HOST}/credentials/1".encode(),
        b"https://user@[::ffff:127.0.0.1]:443/a?b#c",
        stage.signer.public_key.multibase.encode(),
    ]


# --- the parsers -------------------------------------------------------------------------------------------


def _strict_json(data: bytes) -> None:
    value = strict_json.parse(data)
    again = strict_json.parse(json.dumps(value).encode())
    if again != value:
        raise Finding(f"read in two ways: {value!r} and {again!r}")


def _jose(data: bytes) -> None:
    jws = jose.parse(data)
    if b".".join((jws.signing_input, multibase.base64url_encode(jws.signature).encode())) != data:
        raise Finding("a token in two spellings")
    jose.verify(jws, _KEY)


def _credential_text(data: bytes) -> None:
    credential_text.require(data, container="text")


def _multibase(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    decoded = multibase.multibase_decode(text)
    if multibase.multibase_encode(decoded, text[0]) != text:  # type: ignore[arg-type]  # it was decoded, so it is z or u
        raise Finding("bytes in two spellings")


def _keys(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    try:
        if PublicKey.from_multibase(text).multibase != text:
            raise Finding("a key in two spellings")
    except VcError:
        pass
    value = strict_json.parse_object(data)
    key = PublicKey.from_jwk(value)
    if PublicKey.from_jwk(key.jwk) != key:
        raise Finding("a key that changes when it is written")
    try:
        key.verify(b"\1" * 64, b"message")
    except VcError:
        return
    raise Finding("a key that accepts any signature")


def _dids(data: bytes) -> None:
    """The first line is a key's URL, the rest the document that is found."""
    url, _, document = data.partition(b"\n")
    method = dids.dereference(
        url.decode("utf-8", "replace"), "assertionMethod", resolve=lambda did: dids.resolve(did, get=lambda _: document)
    )
    dids.controls(method, DID)


def _jsonld(data: bytes) -> None:
    document = strict_json.parse_object(data)
    one = jsonld.canonical_form(document, rule=rule_for(document), budget=2_000)
    turned = jsonld.canonical_form(_reversed(document), rule=rule_for(document), budget=2_000)
    if one.text != turned.text:
        raise Finding("the order of members matters")


def _reversed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _reversed(value[name]) for name in reversed(value)}
    return [_reversed(item) for item in value] if isinstance(value, list) else value


def _rdfc(data: bytes) -> None:
    """Three bytes make a statement about one of a few nodes; their names must not matter."""
    triples = [data[at : at + 3] for at in range(0, min(len(data), 90) - 2, 3)]
    texts = []
    for prefix in ("a", "z"):
        names = [f"_:{prefix}{(number * (1 if prefix == 'a' else 5)) % 8}" for number in range(8)]
        terms = [*names, '"x"', "<urn:o>"]
        quads = {
            (terms[s % 8], f"<urn:p{p % 3}>", terms[o % 10], names[p % 8] if p > 200 else "") for s, p, o in triples
        }
        texts.append(rdfc.canonicalize(quads, budget=3_000).text)
    if texts[0] != texts[1]:
        raise Finding("the names of blank nodes matter")


def _jcs(data: bytes) -> None:
    value = strict_json.parse(data)
    text = jcs.canonical(value)
    if jcs.canonical(strict_json.parse(text)) != text:
        raise Finding("canonical JSON that is not canonical")


def _container(name: str) -> Callable[[bytes], None]:
    container = baking.CONTAINERS[name]

    def look(data: bytes) -> None:
        container.recognizes(data)
        found = container.unbake(data)
        if credential_text.kind(found) is None:
            raise Finding("what was found is no credential")

    return look


def _intake(data: bytes) -> None:
    """Without the processes for pictures and PDFs, which have targets of their own."""
    kept = confined.read
    confined.read = _nothing_found  # put back below
    try:
        intake.read(data)
    finally:
        confined.read = kept


def _nothing_found(*_: Any, **__: Any) -> bytes:
    raise NoCredential("The picture was not looked at.")


def _dates(data: bytes) -> None:
    moment = parse_datetime(data.decode("utf-8", "replace"))
    if moment.year > 1 and parse_datetime(timestamp(moment)) != moment.replace(microsecond=0):
        raise Finding("a date that changes when it is written")


def _addresses(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    where = addresses.target(text)
    if any(letter <= " " or letter > "~" for letter in where.host + where.path) or where.scheme != "https":
        raise Finding(f"a request of {where}")


def _status(name: str) -> Callable[[bytes], None]:
    """The first line is an entry, the rest the list that is found."""
    kind = status.STATUS_TYPES[name]

    def look(data: bytes) -> None:
        first, _, found = data.partition(b"\n")
        question = kind.question(strict_json.parse_object(first))
        kind.answer(question, found, asker=Asker(DID, f"{HOST}/credentials/toolbox", _any_key, NOW), age=0)

    return look


def _entries(data: bytes) -> None:
    for entry in status.entries_of(strict_json.parse_object(data)):
        entry.question()


def _inflate(data: bytes) -> None:
    inflate(data, "either")


def _registry(data: bytes) -> None:
    registries.read(data, now=NOW)


class _Wire:
    """A socket from which the fuzzer's bytes come."""

    def __init__(self, data: bytes) -> None:
        self._left = data

    def settimeout(self, _: float) -> None: ...

    def sendall(self, _: bytes) -> None: ...

    def close(self) -> None: ...

    def recv_into(self, buffer: memoryview) -> int:
        part, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


class _NoTls:
    options = 0

    def wrap_socket(self, sock: Any, **_: Any) -> Any:
        return sock


def _answers(data: bytes) -> None:
    limits = Limits(max_bytes=4_096, max_headers=2_048)
    fetch = HttpFetch(
        limits=limits,
        resolve=lambda *_, **__: [(2, 1, 6, "", ("93.184.215.14", 443))],
        connect=lambda *_: _Wire(data),  # type: ignore[arg-type]  # what of a socket is used
        tls=_NoTls(),  # type: ignore[arg-type]  # no wire is secured here
    )
    if len(fetch.get(f"{HOST}/status/1").body) > limits.max_bytes:
        raise Finding("a body beyond its limit")


# --- formats -----------------------------------------------------------------------------------------------

_WORLD = World()
_KEY = _WORLD.signer.public_key


def _any_key(url: str, purpose: str) -> VerificationMethod:
    return VerificationMethod(url, url.partition("#")[0], _KEY)


def _format(name: str) -> Callable[[bytes], None]:
    one = formats.FORMATS[name]

    def look(data: bytes) -> None:
        one.recognizes(data)
        secured = one.read(data)
        is_one(secured)
        one.verify(secured, dereference=_any_key, expected=Expected(NOW, rule=rule_for(secured.document)))

    return look


_GENUINE: dict[str, frozenset[str]] = {}


# --- the whole verifier ------------------------------------------------------------------------------------


def _shown(report: Any) -> str:
    said = report.to_json()
    return json.dumps([said["credential"], [(part["name"], part["kind"]) for part in said["courses"]]], sort_keys=True)


def _genuine_facts() -> frozenset[str]:
    if "facts" not in _GENUINE:
        _GENUINE["facts"] = frozenset(_shown(corpus.run(twin)) for twin in corpus.twins())
    return _GENUINE["facts"]


def _run(data: bytes) -> None:
    """Every byte of the file is a stranger's: nothing may be accepted that says anything else than what was signed."""
    kept = confined.read
    confined.read = _nothing_found  # put back below
    try:
        report = verify(data, policy=Policy(), fetch=_WORLD, now=NOW)
    finally:
        confined.read = kept
    json.dumps(report.to_json())
    if str(report.verdict) == "accepted" and _shown(report) not in _genuine_facts():
        raise Finding(f"accepted: {_shown(report)}")


def _signed(data: bytes) -> None:
    """Whatever the document says, it is signed: so the checks behind the signature are reached."""
    document = strict_json.parse_object(data)
    document.pop("proof", None)
    try:
        secured = Stage().secure_as_is(document, suite="eddsa-jcs-2022")
    except VcError:
        return
    asked = Asked(recipient="zoe@example.org" if len(data) % 2 else "did:example:zoe")
    report = verify(json.dumps(secured).encode(), policy=Policy(), fetch=_WORLD, now=NOW, asked=asked)
    json.dumps(report.to_json())


def _published(data: bytes) -> None:
    """Everything that is fetched is the fuzzer's."""
    world = World()
    world.pages = dict.fromkeys((f"{HOST}/status/1", f"{HOST}/credentials/c7/status", _DID_URL), data)
    for url in tuple(world.pages):
        only = World()
        only.pages = {url: data}
        report = verify(_genuine_course(), policy=Policy(), fetch=only, now=NOW)
        json.dumps(report.to_json())
        if str(report.verdict) == "accepted" and _shown(report) not in _genuine_facts():
            raise Finding("accepted with other facts")


_DID_URL = dids.web.document_url(DID)


def _genuine_course() -> bytes:
    return next(corpus.content(twin.file) for twin in corpus.twins() if twin.name == "json")


# --- the table ---------------------------------------------------------------------------------------------

_JSON_WORDS = (
    b'{"',
    b'":',
    b'",',
    b"\\u00",
    b"\\ud83c",
    b"null",
    b"true",
    b"1e9",
    b"[[",
    b"]]",
    b'"@context"',
    b'"id"',
    b'"type"',
)
_XML_WORDS = (
    b"<![CDATA[",
    b"]]>",
    b"<!DOCTYPE",
    b"<!ENTITY",
    b"xmlns:",
    b"&#",
    b"<?xml ",
    b"openbadges:credential",
    b"verify=",
)
_PDF_WORDS = (
    b"obj",
    b"endobj",
    b"stream",
    b"/FlateDecode",
    b"/EF",
    b"/AF",
    b"/Names",
    b"/Kids",
    b"/Filter",
    b"xref",
    b"trailer",
)


def _lined(first: bytes, pages: list[bytes]) -> list[bytes]:
    return [first + b"\n" + page for page in pages]


def _list_seeds(name: str) -> Callable[[], list[bytes]]:
    def seeds() -> list[bytes]:
        entry: dict[str, Any] = {
            "idx": 7,
            "uri": f"{HOST}/status/1",
            "statusPurpose": "revocation",
            "statusListIndex": "7",
        }
        entry |= {"id": f"{HOST}/status/1", "type": name, "statusListCredential": f"{HOST}/status/1"}
        return _lined(
            json.dumps(entry).encode(), [json.dumps(_WORLD.status_list()).encode(), *_pages("/status/1")[:20]]
        )

    return seeds


TARGETS: Mapping[str, Target] = {
    "strict_json": Target(_strict_json, lambda: _files("json"), _JSON_WORDS, max_bytes=5_000),
    "jcs": Target(_jcs, lambda: _files("json")[:10], _JSON_WORDS, max_bytes=5_000),
    "jose": Target(_jose, lambda: [*_files("jwt", "vc-jwt", "sd-jwt", ending="jwt"), _TOKEN], (b".", b"~", b"eyJ")),
    "credential_text": Target(_credential_text, lambda: [*_files("json")[:5], _TOKEN]),
    "multibase": Target(_multibase, _texts, (b"z", b"u")),
    "keys": Target(_keys, _texts, (b'"kty"', b'"crv"', b'"x"', b'"y"', b"P-256", b"Ed25519")),
    "dids": Target(_dids, lambda: _lined(METHOD.encode(), _pages("did.json")), _JSON_WORDS),
    "jsonld": Target(_jsonld, _documents, _JSON_WORDS, as_json=True, seconds=10),
    "rdfc": Target(_rdfc, lambda: [bytes(range(60)), b"\x00\x01\x02" * 9], max_bytes=90),
    "png": Target(_container("png"), lambda: _files("png"), (b"iTXt", b"tEXt", b"IEND", b"openbadgecredential")),
    "svg": Target(_container("svg"), lambda: _files("svg"), _XML_WORDS),
    "pdf": Target(_container("pdf"), lambda: _files("pdf"), _PDF_WORDS, seconds=10),
    "intake": Target(_intake, lambda: [*_texts(), *_files("png", "svg")[:8]], (b"https://", b"url=", b"\xff\xd8\xff")),
    "dates": Target(_dates, _texts, (b"T", b"Z", b"+14:00", b"24:00:00", b":60")),
    "addresses": Target(_addresses, _texts, (b"https://", b"@", b"[::1]", b"%00", b"\\", b"0x7f.1")),
    "inflate": Target(_inflate, lambda: [b"\x1f\x8b", b"\x78\xda"], max_bytes=4_000),
    "status_entries": Target(_entries, _documents, _JSON_WORDS, as_json=True),
    **{f"status-{name}": Target(_status(name), _list_seeds(name), _JSON_WORDS) for name in status.STATUS_TYPES},
    "registries": Target(
        _registry, lambda: [b'{"did:web:a.example": "A"}', b'{"issuers": []}', *_pages()[:3]], _JSON_WORDS
    ),
    "answers": Target(
        _answers,
        lambda: [
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            b"HTTP/1.1 302 Found\r\nLocation: https://a.example/\r\n\r\n",
        ],
        (b"\r\n\r\n", b"Content-Length: ", b"Transfer-Encoding: chunked", b"Location: //", b"HTTP/1.1 "),
    ),
    **{
        f"format-{name}": Target(
            _format(name), lambda: [*_documents()[:40], _TOKEN], _JSON_WORDS, as_json=name == "data_integrity"
        )
        for name in formats.FORMATS
    },
    "run": Target(_run, lambda: [*_documents(), *_files("png", "svg")], _JSON_WORDS, as_json=True, seconds=10),
    "signed": Target(_signed, _documents, _JSON_WORDS, as_json=True, seconds=10),
    "published": Target(_published, _pages, _JSON_WORDS, as_json=True, seconds=10),
}

_TOKEN = jose.sign({"typ": "vc+jwt", "kid": METHOD}, json.dumps(Stage().course()).encode(), _WORLD.signer)


def names() -> Iterator[str]:
    yield from TARGETS
