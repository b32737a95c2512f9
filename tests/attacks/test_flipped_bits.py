"""Any bit of a genuine file may be flipped: what is still accepted says exactly what was signed.

A flip in white space, in a comment of a picture or in its pixels changes nothing that is signed, and may pass; then the
credential that was read is the same, proof and all.
"""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.attacks import corpus
from tests.attacks.corpus import Twin
from vc import formats
from verifier import Report, batch, intake

TWINS = {twin.name: twin for twin in corpus.twins()}
# A PDF is read by a process of its own, which takes as long as fifty others.
SLOW = frozenset({"pdf"})


def read(data: bytes) -> Any:
    """What is signed in a file; of a link, nothing: it only leads there."""
    if batch.is_zip(data):
        data = batch.unpacked("archive.zip", data)[0].data
    taken = intake.read(data)
    if taken.credential is None:
        return None
    document = formats.read(taken.credential).document
    if "VerifiablePresentation" in document["type"] and "proof" not in document:
        return document["verifiableCredential"]  # it only bundles; what is shown comes from what it bundles
    return document


def shown(report: Report) -> str:
    said = report.to_json()
    return json.dumps([said[name] for name in ("verdict", "credential", "courses", "superseded_by")], sort_keys=True)


def check(twin: Twin, genuine: bytes, bit: int) -> None:
    flipped = bytearray(genuine)
    flipped[bit // 8] ^= 1 << bit % 8
    report = corpus.verify_bytes(twin, bytes(flipped))
    if str(report.verdict) != "accepted":
        return
    assert read(bytes(flipped)) == read(genuine), bit
    assert shown(report) == shown(corpus.verify_bytes(twin, genuine)), bit


@pytest.mark.parametrize("name", sorted(TWINS))
def test_a_flipped_bit_changes_nothing_that_is_shown(name: str) -> None:
    twin = TWINS[name]
    genuine = corpus.content(twin.file)

    @settings(max_examples=3 if name in SLOW else 20, suppress_health_check=[HealthCheck.too_slow])
    @given(st.integers(0, len(genuine) * 8 - 1))
    def flip(bit: int) -> None:
        check(twin, genuine, bit)

    flip()


@pytest.mark.parametrize("name", ["json", "jwt", "sd-jwt", "cose"])
def test_a_cut_off_file_is_never_accepted(name: str) -> None:
    twin = TWINS[name]
    genuine = corpus.content(twin.file)

    @settings(max_examples=15)
    @given(st.integers(0, len(genuine) - 1))
    def cut(length: int) -> None:
        assert str(corpus.verify_bytes(twin, genuine[:length]).verdict) != "accepted"

    cut()
