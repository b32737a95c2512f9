"""The table of containers, and what every container promises."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vc.baking.sample_files import CREDENTIAL, SIGNATURE, TOKEN, itxt, pdf_with, png, stream, svg
from vc import baking, credential_text
from vc.baking import CONTAINERS, detect
from vc.errors import ContainerError, Invalid, TooLarge

BAKED = {
    "png": png(itxt(TOKEN)),
    "svg": svg(f'<openbadges:credential verify="{TOKEN.decode()}"/>'),
    "pdf": pdf_with(stream(TOKEN)),
}


def test_every_file_stands_in_the_table() -> None:
    files = {path.stem for path in Path(baking.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == set(CONTAINERS)


def test_every_container_is_told_by_its_content() -> None:
    for name, data in BAKED.items():
        assert detect(data) == name
        assert CONTAINERS[name].unbake(data) == TOKEN


@pytest.mark.parametrize(
    "data", [b"", b"{}", TOKEN, b"\xff\xd8\xff\xe0", b"<html><svg></svg></html>", b"<!DOCTYPE html><svg/>"]
)
def test_anything_else_is_no_container(data: bytes) -> None:
    assert detect(data) is None


@pytest.mark.parametrize("name", CONTAINERS)
@given(data=st.binary(max_size=400))
def test_only_our_errors_leave_for_random_bytes(name: str, data: bytes) -> None:
    _only_our_errors(name, data)


@pytest.mark.parametrize(("name", "start"), [("png", SIGNATURE), ("svg", b"<svg "), ("pdf", b"%PDF-1.7\n")])
@given(data=st.binary(max_size=400))
def test_only_our_errors_leave_after_a_right_start(name: str, start: bytes, data: bytes) -> None:
    _only_our_errors(name, start + data)


@pytest.mark.parametrize("name", CONTAINERS)
@given(st.data())
def test_only_our_errors_leave_when_bytes_are_changed(name: str, data: st.DataObject) -> None:
    changed = bytearray(BAKED[name])
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    _only_our_errors(name, bytes(changed))


def _only_our_errors(name: str, data: bytes) -> None:
    said: object = None
    try:
        said = CONTAINERS[name].unbake(data)
    except Invalid as error:
        said = str(error)  # its message can be made
    assert said


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b" \n{", "json"),
        (b"\xef\xbb\xbf{}", "json"),
        (TOKEN, "jwt"),
        (b"\n" + TOKEN + b"~d1~d2~\n", "jwt"),
        (b"ey.e30", None),
        (b"[]", None),
        (b"eyJh.e30.c2ln and more", None),
        ("eyJh.e30.ä".encode(), None),
        (b"", None),
    ],
)
def test_the_two_texts_of_a_credential(data: bytes, kind: str | None) -> None:
    assert credential_text.kind(data) == kind


def test_white_space_around_a_token_is_not_part_of_it() -> None:
    assert credential_text.require(b" " + TOKEN + b"\r\n", container="PNG") == TOKEN
    assert credential_text.require(CREDENTIAL + b"\n", container="PNG") == CREDENTIAL + b"\n"


def test_what_no_container_may_carry() -> None:
    with pytest.raises(
        ContainerError, match=r"^The PNG holds a text where the credential should be, but it is neither"
    ):
        credential_text.require(b"hello", container="PNG")
    with pytest.raises(ContainerError, match=r"^The credential in the PNG is not UTF-8 \(byte 2 of it\)\.$"):
        credential_text.require(b'{"\xff"}', container="PNG")
    with pytest.raises(
        TooLarge, match=r"^The credential in the PNG is 4194305 bytes long; at most 4194304 are read\.$"
    ):
        credential_text.require(b"{" + b" " * credential_text.MAX_BYTES, container="PNG")
