"""A credential attached to a PDF, and what a stranger's PDF can have wrong."""

import io
import zlib

import pypdf
import pypdf.filters
import pytest

from tests.vc.baking.sample_files import CREDENTIAL, TOKEN, VC, pdf, pdf_with, stream
from vc.baking import pdf as container
from vc.baking.pdf import unbake
from vc.errors import ContainerError, Invalid, NoCredential, ParsingError, TooLarge

INVOICE = b'{"type": "invoice"}'


@pytest.mark.parametrize("credential", [CREDENTIAL, TOKEN])
def test_the_attachment_comes_back_byte_by_byte(credential: bytes) -> None:
    assert unbake(pdf_with(stream(credential, VC))) == credential
    assert unbake(pdf_with(stream(zlib.compress(credential), VC + b" /Filter /FlateDecode"))) == credential


def test_the_media_type_decides_before_the_content() -> None:
    assert unbake(pdf_with(stream(CREDENTIAL), stream(TOKEN, VC), stream(INVOICE))) == TOKEN


@pytest.mark.parametrize("subtype", [b"vc", b"vc+jwt", b"vc+sd-jwt", b"vc+ld+json"])
def test_every_media_type_of_a_credential(subtype: bytes) -> None:
    assert unbake(pdf_with(stream(b"{}", b"/Subtype /application#2F" + subtype))) == b"{}"


@pytest.mark.parametrize("credential", [CREDENTIAL, TOKEN, b'{"type": "EnvelopedVerifiableCredential"}'])
def test_without_the_media_type_the_content_decides(credential: bytes) -> None:
    about = b"/Subtype /application#2Fjson"
    assert unbake(pdf_with(stream(INVOICE, about), stream(credential, about), stream(b"hello"))) == credential


def test_as_our_typesetter_attaches_it() -> None:
    import typst

    text = '#pdf.attach("a.json", bytes(sys.inputs.text), mime-type: "application/vc", relationship: "source", '
    source = text + 'description: "the credential")\n#set document(title: "a")\n.'
    document = typst.compile(source.encode(), pdf_standards=["a-3b"], sys_inputs={"text": CREDENTIAL.decode()})
    assert isinstance(document, bytes)
    assert unbake(document) == CREDENTIAL


def test_as_another_program_attaches_it() -> None:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_attachment("credential.json", CREDENTIAL)
    buffer = io.BytesIO()
    writer.write(buffer)
    assert unbake(buffer.getvalue()) == CREDENTIAL


def test_a_file_that_is_only_associated_is_found() -> None:
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R /AF [3 0 R] >>",
        2: b"<< /Type /Pages /Count 0 /Kids [] >>",
        3: b"<< /Type /Filespec /EF << /F 4 0 R >> >>",
        4: stream(TOKEN, VC),
    }
    assert unbake(pdf(objects)) == TOKEN


def test_a_tree_of_names_is_walked() -> None:
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Kids [<< /Kids [5 0 R] >>] >> >> >>",
        2: b"<< /Type /Pages /Count 0 /Kids [] >>",
        3: b"<< /Type /Filespec /EF << /F 4 0 R >> >>",
        4: stream(TOKEN, VC),
        5: b"<< /Names [(a) 3 0 R] >>",
    }
    assert unbake(pdf(objects)) == TOKEN


def test_no_credential() -> None:
    for data in (pdf_with(), pdf_with(stream(INVOICE)), pdf_with(stream(b'["VerifiableCredential"]')), pdf_with(b"7")):
        with pytest.raises(NoCredential, match=r"^No credential is attached to the PDF\.$"):
            unbake(data)


def test_something_else_under_the_media_type() -> None:
    with pytest.raises(
        ContainerError, match=r"^The PDF holds a text where the credential should be, but it is neither"
    ):
        unbake(pdf_with(stream(b"hello", VC)))


# --- more than one, locked, damaged -------------------------------------------------------------------------

MORE_THAN_ONE = r"^More than one credential is attached to the PDF; nobody can tell which one is meant\.$"


@pytest.mark.parametrize("about", [VC, b"", b"/Subtype /application#2Fjson"])
def test_two_credentials(about: bytes) -> None:
    with pytest.raises(ContainerError, match=MORE_THAN_ONE):
        unbake(pdf_with(stream(CREDENTIAL, about), stream(TOKEN, about)))


def test_one_among_the_names_and_another_among_the_associated_files() -> None:
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R /AF [5 0 R] /Names << /EmbeddedFiles << /Names [(a) 3 0 R] >> >> >>",
        2: b"<< /Type /Pages /Count 0 /Kids [] >>",
        3: b"<< /Type /Filespec /EF << /F 4 0 R >> >>",
        4: stream(TOKEN, VC),
        5: b"<< /Type /Filespec /EF << /F 6 0 R >> >>",
        6: stream(TOKEN, VC),
    }
    with pytest.raises(ContainerError, match=MORE_THAN_ONE):
        unbake(pdf(objects))


def test_two_streams_in_one_file_specification() -> None:
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R /AF [3 0 R] >>",
        2: b"<< /Type /Pages /Count 0 /Kids [] >>",
        3: b"<< /Type /Filespec /EF << /F 4 0 R /UF 5 0 R >> >>",
        4: stream(TOKEN, VC),
        5: stream(CREDENTIAL, VC),
    }
    with pytest.raises(ContainerError, match=MORE_THAN_ONE):
        unbake(pdf(objects))


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
@pytest.mark.parametrize("password", ["", "secret"])
@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
def test_encrypted(algorithm: str, password: str) -> None:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_attachment("credential.json", CREDENTIAL)
    writer.encrypt(password, owner_password="owner", algorithm=algorithm)
    buffer = io.BytesIO()
    writer.write(buffer)
    with pytest.raises(ContainerError) as caught:
        unbake(buffer.getvalue())
    assert str(caught.value) == (
        "The PDF is protected by a password or against copying. Give the certificate as it was issued."
    )


def test_not_a_pdf() -> None:
    with pytest.raises(ParsingError, match=r"^This is not a PDF document\.$"):
        unbake(b"hello")


def test_cut_off_anywhere_it_is_an_error_of_ours() -> None:
    whole = pdf_with(stream(TOKEN, VC))
    for size in range(len(b"%PDF-"), len(whole), 7):
        said: object = None
        try:
            said = unbake(whole[:size])  # the library mends what is only missing its end
        except Invalid as error:
            said = str(error)
        assert said


def test_damage_says_what_to_do() -> None:
    with pytest.raises(ContainerError, match=r"^The PDF is damaged\. Download or copy the file again\.$"):
        unbake(b"%PDF-1.7\nhello")


def test_the_librarys_own_errors_do_not_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("surprise")

    monkeypatch.setattr(pypdf, "PdfReader", fail)
    with pytest.raises(ContainerError, match=r"^The PDF is damaged"):
        unbake(pdf_with())


# --- limits -------------------------------------------------------------------------------------------------

BOMB = zlib.compress(b'{"type": "VerifiableCredential", "a": "' + b"a" * 12_000_000 + b'"}', 9)
FLATE = b" /Filter /FlateDecode"


def test_a_bomb_that_says_it_is_the_credential() -> None:
    with pytest.raises(
        TooLarge, match=r"^Something in the PDF unpacks to more than 8388608 bytes, or has too many par"
    ):
        unbake(pdf_with(stream(BOMB, VC + FLATE)))


def test_a_bomb_beside_it_is_not_unpacked() -> None:
    assert unbake(pdf_with(stream(TOKEN, VC), stream(BOMB, FLATE))) == TOKEN


def test_a_bomb_without_a_media_type_is_no_credential() -> None:
    with pytest.raises(NoCredential):
        unbake(pdf_with(stream(BOMB, FLATE)))


def test_a_bomb_in_a_bomb() -> None:
    twice = zlib.compress(BOMB, 9)
    with pytest.raises(TooLarge):
        unbake(pdf_with(stream(twice, VC + b" /Filter [/FlateDecode /FlateDecode]")))
    with pytest.raises(TooLarge):
        unbake(pdf_with(stream(TOKEN, VC + b" /Filter [/FlateDecode /FlateDecode /FlateDecode]")))


def test_a_long_credential_is_refused_although_it_could_be_unpacked() -> None:
    long = zlib.compress(b"{" + b" " * 5_000_000 + b"}")
    with pytest.raises(
        TooLarge, match=r"^The credential in the PDF is 5000002 bytes long; at most 4194304 are read\.$"
    ):
        unbake(pdf_with(stream(long, VC + FLATE)))


def test_too_long() -> None:
    with pytest.raises(TooLarge, match=r"^The PDF is 16777217 bytes long; at most 16777216 are read\.$"):
        unbake(b"%PDF-1.7\n".ljust(container.MAX_BYTES + 1))


def test_too_many_pages() -> None:
    with pytest.raises(TooLarge, match=r"^The PDF has 201 pages; at most 200 are read\.$"):
        unbake(pdf_with(stream(TOKEN, VC), pages=201))


@pytest.mark.parametrize("count", [21, 41, 500])
def test_too_many_attachments(count: int) -> None:
    with pytest.raises(TooLarge, match=r"^The PDF has more than 20 attachments\.$"):
        unbake(pdf_with(*[stream(INVOICE)] * count))


def test_too_many_associated_files() -> None:
    files = b" ".join(b"<< /Type /Filespec /EF << /F %d 0 R >> >>" % number for number in range(10, 31))
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R /AF [%s] >>" % files,
        2: b"<< /Type /Pages /Count 0 /Kids [] >>",
        **{number: stream(INVOICE) for number in range(10, 31)},
    }
    with pytest.raises(TooLarge, match="more than 20 attachments"):
        unbake(pdf(objects))


def test_a_long_list_is_refused_before_it_is_looked_up() -> None:
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R /AF [%s] >>" % (b"9 0 R " * 41),
        2: b"<< /Type /Pages /Count 0 /Kids [] >>",
    }
    with pytest.raises(TooLarge, match="more than 20 attachments"):
        unbake(pdf(objects))


def test_a_tree_of_names_that_is_a_ring() -> None:
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles 3 0 R >> >>",
        2: b"<< /Type /Pages /Count 0 /Kids [] >>",
        3: b"<< /Kids [3 0 R 3 0 R] >>",
    }
    with pytest.raises(TooLarge, match="more than 20 attachments"):
        unbake(pdf(objects))


def test_no_other_program_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """pypdf would call `jbig2dec` where it is installed."""
    import subprocess

    def forbidden(*_: object, **__: object) -> None:
        pytest.fail("a program was started")

    monkeypatch.setattr(subprocess, "run", forbidden)
    monkeypatch.setattr(pypdf.filters, "subprocess", subprocess)
    with pypdf.apply_configuration(jbig2dec_binary="/bin/true"), pytest.raises(Invalid):
        unbake(pdf_with(stream(b"x", VC + b" /Filter /JBIG2Decode")))
