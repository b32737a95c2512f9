"""Whatever stands in a credential or in a list, it is answered; only our own errors leave a reader."""

import contextlib
import json

from hypothesis import given
from hypothesis import strategies as st

from tests.vc.samples import NOW, SoftSigner
from vc import jose
from vc.errors import VcError
from verifier.issuer_lists import Source, opened
from verifier.known_issuers import KnownIssuer
from verifier.lookalikes import Lookalikes, oddities
from verifier.lookalikes.edits import one_edit, shortened

SIGNER = SoftSigner("a keeper of lists")
KNOWN = Lookalikes(
    [
        KnownIssuer("did:web:harvard.edu", "Harvard University", "https://www.harvard.edu"),
        KnownIssuer("did:web:xn--mnchen-3ya.example", "Universität München"),
        KnownIssuer("https://school.example/issuer", "\u200b"),
    ]
)

labels = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=20)
hosts = st.lists(labels | st.just("xn--80ak6aa92e") | st.sampled_from(["harvard", "edu", "example"]), max_size=5)
issuers = st.text() | hosts.map(lambda parts: "did:web:" + ".".join(parts)) | st.text().map("https://".__add__)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(issuers, st.text())
def test_every_issuer_is_compared(issuer: str, name: str) -> None:
    for flag in KNOWN.flags(issuer, name):
        assert str(flag.said)
    for message in oddities(issuer, name):
        assert str(message)


@given(st.binary() | json_values.map(lambda value: json.dumps(value).encode()))
def test_no_list_breaks_its_reader(data: bytes) -> None:
    for one in (Source("a.json", content=data), Source("a.json", keys=(SIGNER.public_key,), content=data)):
        with contextlib.suppress(VcError):
            opened(one, data, NOW)


@given(
    st.dictionaries(st.sampled_from(["registry", "issuers", "meta", "name", "issued", "expires"]), json_values),
    st.sampled_from(["issuer-list+jws", "entity-statement+jwt", "JWT"]),
)
def test_nor_does_a_signed_one(document: dict[str, object], typ: str) -> None:
    data = jose.sign({"typ": typ}, json.dumps(document).encode(), SIGNER)
    with contextlib.suppress(VcError):
        opened(Source("a.json", keys=(SIGNER.public_key,), content=data), data, NOW)


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_one_edit_is_symmetric_and_found_by_its_keys(a: str, b: str) -> None:
    assert one_edit(a, b) == one_edit(b, a)
    if one_edit(a, b):
        assert shortened(a) & shortened(b)
