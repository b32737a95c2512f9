"""Open Badges 3.0 section 5.3.2, and what a stranger's SVG can have wrong."""

from pathlib import Path

import pytest
from lxml import etree
from openbadgeslib.baking import SVG_ELEMENT_OB3, SVG_NS_OB3, bake_svg, extract_svg

from tests.vc.baking.sample_files import CREDENTIAL, NAMESPACE, TOKEN, svg
from vc.baking import svg as container
from vc.baking.svg import bake, unbake
from vc.errors import ContainerError, NoCredential, ParsingError, TooLarge

IN_TOKEN = f'<openbadges:credential verify="{TOKEN.decode()}"/>'
PICTURE = """<?xml version="1.0" encoding="UTF-8"?>
<!-- A badge. Licence: CC0 -->
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="10">
 <style><![CDATA[ a > b {} ]]></style><use xlink:href="#ä"/></svg>
<!-- end -->""".encode()


@pytest.mark.parametrize(
    "credential", [CREDENTIAL, TOKEN, b"{}\n", b'{"a": "]]>]]>"}', "\ufeff{}".encode(), b'{"a": "<!-- ]]> &amp; -->"}']
)
def test_what_is_baked_comes_back_byte_by_byte(credential: bytes) -> None:
    for picture in (PICTURE, svg(), svg(attributes="")):
        assert unbake(bake(picture, credential)) == credential


def test_the_element_stands_where_the_standard_wants_it() -> None:
    """`xmlns:openbadges` in the `<svg>` tag, and `<openbadges:credential>` directly after it."""
    baked = bake(PICTURE, b'{"a": 1}').decode()
    start = baked.index("<svg ")
    tag, after = baked[start : baked.index(">", start)], baked[baked.index(">", start) + 1 :]
    assert f'xmlns:openbadges="{NAMESPACE}"' in tag
    assert after.startswith('<openbadges:credential><![CDATA[{"a": 1}]]></openbadges:credential>')
    assert f'><openbadges:credential verify="{TOKEN.decode()}"/>' in bake(PICTURE, TOKEN).decode()


def test_the_prefix_is_right_even_where_the_picture_has_another_for_the_namespace() -> None:
    assert b"<openbadges:credential>" in bake(svg(attributes=f'xmlns:ob="{NAMESPACE}"'), CREDENTIAL)


def test_the_picture_stays_the_same() -> None:
    baked = etree.fromstring(bake(PICTURE, CREDENTIAL))
    baked[0].text = None
    baked.remove(baked[0])
    etree.cleanup_namespaces(baked, keep_ns_prefixes=["xlink"])
    assert etree.tostring(baked, method="c14n") == etree.tostring(etree.fromstring(PICTURE), method="c14n").replace(
        b'"10">\n ', b'"10">'
    )
    text = bake(PICTURE, CREDENTIAL)
    assert b"<!-- A badge. Licence: CC0 -->" in text
    assert b"<style><![CDATA[ a > b {} ]]></style>" in text
    assert text.endswith(b"<!-- end -->")


def test_another_implementation_reads_ours() -> None:
    for credential in (CREDENTIAL, TOKEN):
        baked = bake(PICTURE, credential)
        assert extract_svg(baked, element=SVG_ELEMENT_OB3, text_fallback=True) == credential.decode()


def test_we_read_another_implementations() -> None:
    names = {"element": SVG_ELEMENT_OB3, "namespace": SVG_NS_OB3}
    assert unbake(bake_svg(PICTURE, CREDENTIAL.decode(), as_text=True, **names)) == CREDENTIAL
    assert unbake(bake_svg(PICTURE, TOKEN.decode(), "a comment", **names)) == TOKEN


def test_a_learner_record_is_read_too() -> None:
    inside = '<c:credential xmlns:c="https://purl.imsglobal.org/clr/v2p0"><![CDATA[{}]]></c:credential>'
    assert unbake(svg(inside)) == b"{}"


def test_no_credential() -> None:
    with pytest.raises(NoCredential, match=r"^The SVG holds no credential\.$"):
        unbake(svg())
    with pytest.raises(NoCredential):
        unbake(svg("<credential/>"))


# --- baking -------------------------------------------------------------------------------------------------


def test_a_picture_with_a_credential_is_not_baked_again() -> None:
    older = '<a:assertion xmlns:a="http://openbadges.org" verify="https://issuer.example/1"/>'
    for baked in (bake(svg(), TOKEN), svg(older), svg(f"<g>{IN_TOKEN}</g>")):
        with pytest.raises(
            ContainerError, match=r"^The SVG already holds a credential, and two make it unreadable\. B"
        ):
            bake(baked, TOKEN)


def test_a_prefix_that_is_taken() -> None:
    with pytest.raises(ContainerError, match=r"^The SVG uses the prefix openbadges for something else"):
        bake(svg(attributes='xmlns:openbadges="http://openbadges.org"'), TOKEN)


@pytest.mark.parametrize("credential", [b'{"a":\r\n1}', '{"a": "\uffff"}'.encode(), b'{"\x01": 1}'])
def test_what_xml_would_change_is_not_baked(credential: bytes) -> None:
    with pytest.raises(
        ContainerError, match=r"^An SVG cannot hold this credential byte by byte: it has a carriage ret"
    ):
        bake(svg(), credential)


# --- danger -------------------------------------------------------------------------------------------------

REFUSED = (
    "The SVG has a document type or entities (<!DOCTYPE, <!ENTITY), which can make a reader load other files; "
    "it is refused. Ask the issuer for a PNG or for the credential's link."
)
LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
DOCTYPES = {
    "bare": "<!DOCTYPE svg>",
    "plain": '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">',
    "entity": '<!DOCTYPE svg [<!ENTITY a "b">]>',
    "external entity": '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "external over the network": '<!DOCTYPE svg [<!ENTITY a SYSTEM "http://127.0.0.1:9/">]>',
    "parameter entity": '<!DOCTYPE svg [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x.dtd"> %a;]>',
    "billion laughs": f'<!DOCTYPE svg [<!ENTITY l0 "ha">{LAUGHS}]>',
}


@pytest.mark.parametrize("name", DOCTYPES)
def test_document_types_and_entities_are_refused(name: str) -> None:
    reference = {"billion laughs": "&l9;", "plain": "", "bare": ""}.get(name, "&a;")
    for inside in (f"<text>{reference}</text>", f"<openbadges:credential>{reference}</openbadges:credential>"):
        with pytest.raises(ContainerError) as caught:
            unbake(svg(inside, before=DOCTYPES[name]))
        assert str(caught.value) == REFUSED
        with pytest.raises(ContainerError):
            bake(svg(inside, before=DOCTYPES[name]), TOKEN)


def test_a_file_of_this_machine_is_not_included(tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text('{"secret": 1}')
    uri = (tmp_path / "secret.json").as_uri()
    xi = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{uri}" parse="text"/>'
    with pytest.raises(ContainerError, match="more than one credential"):
        unbake(svg(f"<openbadges:credential>{xi}</openbadges:credential>"))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-7", "cp037"])
def test_one_encoding_only(encoding: str) -> None:
    """Else the screen and the tree builder could read two documents in the same bytes."""
    data = svg(IN_TOKEN, before=f'<?xml version="1.0" encoding="{encoding}"?>').decode().encode(encoding)
    with pytest.raises(ContainerError, match=r"^The SVG is (not UTF-8|damaged)"):
        unbake(data)


# --- more than one, older, damaged --------------------------------------------------------------------------

MORE_THAN_ONE = r"^The SVG holds more than one credential; nobody can tell which one is meant\.$"


@pytest.mark.parametrize(
    "inside",
    [
        IN_TOKEN + IN_TOKEN,
        f"{IN_TOKEN}<g>{IN_TOKEN}</g>",
        f'{IN_TOKEN}<a:assertion xmlns:a="http://openbadges.org" verify="x"/>',
        f'{IN_TOKEN}<c:credential xmlns:c="https://purl.imsglobal.org/clr/v2p0" verify="{TOKEN.decode()}"/>',
        f'<openbadges:credential verify="{TOKEN.decode()}">{{}}</openbadges:credential>',
        "<openbadges:credential>{}<b/></openbadges:credential>",
    ],
)
def test_two_credentials(inside: str) -> None:
    with pytest.raises(ContainerError, match=MORE_THAN_ONE):
        unbake(svg(inside))


def test_an_older_badge_is_called_by_its_name() -> None:
    with pytest.raises(ContainerError) as caught:
        unbake(svg('<a:assertion xmlns:a="http://openbadges.org" verify="https://issuer.example/1"/>'))
    assert not isinstance(caught.value, NoCredential)
    assert str(caught.value) == (
        "This is an Open Badges 2.0 badge (or older). Only Open Badges 3.0 can be verified here: "
        "ask the issuer for the badge in that version."
    )


def test_cut_off_anywhere() -> None:
    whole = bake(PICTURE, CREDENTIAL).rstrip(b"<!- end>")
    for size in range(len(whole)):
        with pytest.raises(
            ContainerError, match=r"^The SVG is (damaged: .* Download or copy the file again\.|not UTF-8)"
        ):
            unbake(whole[:size])


def test_another_root() -> None:
    for data in (b"<html/>", b"<svg/>", b'<svg xmlns="http://www.w3.org/1999/xhtml"/>'):
        with pytest.raises(ParsingError, match=r"^This is not an SVG picture\.$"):
            unbake(data)


def test_neither_token_nor_json() -> None:
    for inside in ("<openbadges:credential/>", '<openbadges:credential verify="hello"/>'):
        with pytest.raises(ContainerError, match="neither JSON nor a signed token"):
            unbake(svg(inside))


# --- limits -------------------------------------------------------------------------------------------------


def test_too_long() -> None:
    with pytest.raises(TooLarge, match=r"^The SVG is 8388609 bytes long; at most 8388608 are read\.$"):
        unbake(b"<svg>".ljust(container.MAX_BYTES + 1))


def test_too_many_elements() -> None:
    with pytest.raises(TooLarge, match=r"^The SVG has more than 100000 elements\.$"):
        unbake(svg("<g/>" * 100_000))


def test_too_deep() -> None:
    with pytest.raises(ContainerError, match=r"^The SVG is damaged"):
        unbake(svg("<g>" * 50_000 + "</g>" * 50_000))
