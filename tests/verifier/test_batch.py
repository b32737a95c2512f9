"""Many at once: each item its own report, within limits, and a table that no spreadsheet runs."""

import csv
import io
import json
import re
import struct
import threading
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from templates.messages import Message
from tests.simulators import World
from tests.vc.samples import HOST, NOW, course
from tests.verifier.test_app import HTML, problem
from vc.errors import ContainerError, TooLarge, VcError
from verifier import batch
from verifier.app import create_app
from verifier.batch import COLUMNS, Item, csv_of, items_of, links, unpacked
from verifier.config import Settings
from verifier.places import Busy
from verifier.protocols import batch as protocol
from verifier.report import Check, Outcome, Report


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    app = create_app(Settings(max_batch=400_000), fetch=lambda: world)
    app.state.now = lambda: NOW
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def zipped(entries: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


# --- what is in a ZIP --------------------------------------------------------------------------------------


def test_a_zip_is_its_entries_and_anything_else_is_itself() -> None:
    data = zipped({"a.json": b"{}", "folder/b.txt": b"b", "folder/": b"", "__MACOSX/._a": b"x", ".DS_Store": b"x"})
    assert unpacked("x.zip", data) == [Item("a.json", b"{}"), Item("folder/b.txt", b"b")]
    assert unpacked("x.json", b"{}") == [Item("x.json", b"{}")]
    assert unpacked("x", zipped({})) == []
    assert unpacked("x", zipped({"a": b"a"}, zipfile.ZIP_STORED)) == [Item("a", b"a")]


def test_names_are_labels_and_nothing_else() -> None:
    (one,) = unpacked("x.zip", zipped({"../../etc/passwd\n\x1b\u202e": b"a"}))
    assert one.name == "../../etc/passwd\ufffd\ufffd\ufffd"
    (one,) = unpacked("a\\b" + "x" * 999, b"a")
    assert len(one.name) == batch.MAX_NAME
    assert one.name.startswith("a/b")


def error_of(data: bytes) -> VcError | None:
    (item,) = unpacked("x.zip", data)
    return item.error


def changed(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data
    return data.replace(old, new)


def test_encrypted_nested_damaged_and_odd_entries_are_refused_by_themselves() -> None:
    plain = zipped({"a": b"abc" * 100}, zipfile.ZIP_STORED)
    flagged = bytearray(plain)
    flagged[plain.index(b"PK\x01\x02") + 8] |= 1
    assert "password" in str(error_of(bytes(flagged)))
    assert "ZIP inside a ZIP" in str(error_of(zipped({"b.zip": plain})))
    assert "damaged" in str(error_of(changed(plain, b"abcabc", b"abdabc")))
    assert "Deflate" in str(error_of(zipped({"a": b"a" * 100}, zipfile.ZIP_LZMA)))
    items = unpacked("x.zip", zipped({"good": b"{}", "bad.zip": plain}))
    assert [item.error is None for item in items] == [True, False]


def test_what_it_becomes_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "MAX_BYTES", 1_000)
    assert isinstance(error_of(zipped({"a": b" " * 1_001})), TooLarge)
    assert error_of(zipped({"a": b" " * 1_000})) is None
    large = zipped({"a": b" " * 100_000})
    with monkeypatch.context() as patched:
        patched.setattr(zipfile.ZipFile, "open", None)  # what says itself that it is too large costs no work
        assert isinstance(error_of(large), TooLarge)
    lying = bytearray(zipped({"a": b" " * 100_000}))
    where = lying.index(b"PK\x01\x02")
    lying[where + 24 : where + 28] = struct.pack("<L", 10)
    assert error_of(bytes(lying)) is not None, "what comes is counted, too"
    monkeypatch.setattr(batch, "MAX_UNPACKED", 1_500)
    items = unpacked("x.zip", zipped({"a": b" " * 900, "b": b" " * 900, "c": b" " * 500}))
    assert [item.error is None for item in items] == [True, False, True]


def test_what_all_archives_together_become_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "MAX_UNPACKED", 1_500)
    one = zipped({"a": b" " * 900})
    items = items_of([("1.zip", one), ("2.zip", one), ("3.json", b"{}")])
    assert [item.error is None for item in items] == [True, False, True]
    with pytest.raises(TooLarge, match="items"):
        items_of([("1.zip", zipped({str(n): b"" for n in range(60)}))] * 2 + [("broken.zip", b"PK\x03\x04")])


def test_damaged_entries_cost_what_good_ones_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "MAX_UNPACKED", 1_500)
    data = zipped({"a": b"abc" * 300, "b": b"{}" * 450}, zipfile.ZIP_STORED)
    items = unpacked("x.zip", changed(data, b"abcabcabc", b"abdabcabc"))
    assert [type(item.error) for item in items] == [ContainerError, TooLarge]


def test_how_many_there_are_is_known_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked("x.zip", zipped({f"{n:03}" * 60: b"" for n in range(100)}))
    with pytest.raises(TooLarge, match="101 items"):
        unpacked("x.zip", zipped({str(n): b"" for n in range(101)}))
    many = zipped({f"{n:05}" * 20: b"" for n in range(2_000)})
    monkeypatch.setattr(zipfile, "ZipFile", None)  # its directory is not even opened
    with pytest.raises(TooLarge):
        unpacked("x.zip", many)


@pytest.mark.parametrize("cut", [4, 10, 21, 40])
def test_a_broken_zip_is_refused_as_a_whole(cut: int) -> None:
    with pytest.raises(ContainerError):
        unpacked("x.zip", zipped({"a": b"abc"})[:-cut])
    with pytest.raises(ContainerError):
        unpacked("x.zip", b"PK\x03\x04" + b"\0" * 100 + b"PK\x05\x06" + b"\xff" * 8 + b"\1\0\0\0" + b"\xff" * 6)


def test_links_come_one_a_line_and_json_comes_whole() -> None:
    assert [item.data for item in links(" https://a.example \n\nhttps://b.example\r\n")] == [
        b"https://a.example",
        b"https://b.example",
    ]
    assert [item.data for item in links('{\n"a": 1\n}')] == [b'{\n"a": 1\n}']


# --- the table ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝"])
def test_no_cell_is_a_formula(start: str) -> None:
    evil = start + 'cmd|" /C calc"!A0'
    report = Report((Check("a", Outcome.FAILED, Message("{x}", x=evil)),))
    (_, row) = csv.reader(io.StringIO(csv_of([(evil, report)], "en").decode("utf-8-sig"), newline=""))
    assert row[0] == row[2] == "'" + evil


@pytest.mark.parametrize("end", [";", "; ", "\t", "\r\n", '";', ';"', "; \n;"])
def test_no_cell_begins_with_a_formula_where_a_semicolon_ends_it(end: str) -> None:
    table = csv_of([(f"a{end}=1+1{end}-1", Report(()))], "en").decode()
    assert "=1" in table
    assert not re.search(r"""[;\t\r\n][\s"]*[=-]""", table)


def test_the_table_says_what_decided(world: World) -> None:
    from verifier import Policy, verify

    data = world.issue(course(world.signer))
    good = verify(data, policy=Policy(), fetch=world, now=NOW)
    bad = verify(data.replace(b"Toolbox", b"Hammer"), policy=Policy(), fetch=world, now=NOW)
    table = csv_of([("Zoë, 1.json", good), ("b", bad)], "es").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert rows[0]["name"] == "Zoë, 1.json"
    assert rows[0]["verdict"] == "accepted"
    assert rows[0]["credential"] == "The Toolbox"
    assert rows[0]["domain"] == "credentials.example.org"
    assert rows[0]["awarded"] == "2026-03-02"
    assert (rows[0]["reason"], rows[0]["problem"]) == ("", "")
    assert rows[1]["verdict"] == "rejected"
    assert rows[1]["problem"].endswith("#PROOF_VERIFICATION_ERROR")
    assert rows[1]["recipient"] == "", "what is not signed is not in the table"


# --- over HTTP ---------------------------------------------------------------------------------------------


def test_files_a_zip_and_links_in_one_request(client: TestClient, world: World) -> None:
    data = world.issue(course(world.signer))
    forged = data.replace(b"Toolbox", b"Hammer")
    answer = client.post(
        "/verify/batch",
        files=[
            ("file", ("a.json", data)),
            ("file", ("all.zip", zipped({"b.json": forged, "c.txt": b"nothing"}))),
            ("file", ("", b"")),
        ],
        data={"text": f"{HOST}/credentials/toolbox\nhttps://nobody.example/"},
    )
    assert answer.status_code == 200
    found = {item["name"]: item["report"]["verdict"] for item in answer.json()["items"]}
    assert found == {
        "a.json": "accepted",
        "all.zip/b.json": "rejected",
        "all.zip/c.txt": "rejected",
        f"{HOST}/credentials/toolbox": "accepted",
        "https://nobody.example/": "undetermined",
    }
    assert answer.json()["counts"] == {"accepted": 2, "rejected": 2, "undetermined": 1}
    assert answer.headers["cache-control"] == "no-store"


def test_a_zip_as_the_body_and_a_table_as_the_answer(client: TestClient, world: World) -> None:
    data = zipped({"a.json": world.issue(course(world.signer))})
    answer = client.post(
        "/verify/batch", content=data, headers={"Accept": "text/csv", "Content-Type": "application/zip"}
    )
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.text.startswith("\ufeffname,verdict")
    by_form = client.post("/verify/batch", files={"file": ("a.zip", data)}, data={"as": "csv"}, headers=HTML)
    assert by_form.content == answer.content


def test_a_page_for_people(client: TestClient, world: World) -> None:
    form = client.get("/verify/batch", headers=HTML).text
    assert 'enctype="multipart/form-data"' in form
    assert "/verify/batch" in client.get("/", headers=HTML).text
    data = world.issue(course(world.signer))
    name = "<script>alert(1)</script>\u202egnp.zip"
    page = client.post("/verify/batch", files={"file": (name, data)}, headers=HTML).text
    assert "Genuine" in page
    assert "The Toolbox" in page
    assert "<script>alert" not in page
    assert "\u202e" not in page
    for answer in (
        client.post("/verify/batch", headers=HTML),
        client.post("/verify/batch", content=b"PK\x03\x04", headers=HTML),
    ):
        assert answer.status_code == 400
        assert "<h1" in answer.text


def test_trust_is_chosen_by_the_reader(client: TestClient, world: World) -> None:
    data = world.issue(course(world.signer))
    answer = client.post("/verify/batch", files={"file": ("a", data)}, data={"trust": "known"}).json()
    assert answer["counts"]["undetermined"] == 1
    problem(client.post("/verify/batch?trust=blind", content=data), 400, "#unreadable-form")


def test_of_a_long_list_no_more_is_read_than_is_checked() -> None:
    with pytest.raises(TooLarge, match="items"):
        links("https://issuer.example/\n" * 101)
    assert links("\n \r\n" * 1_000 + " a b \r\n\tc") == [Item("a b", b"a b"), Item("c", b"c")]
    assert links("a" * 10_000) == [Item("a" * (batch.MAX_NAME - 1) + "…", b"a" * 10_000)]


def test_a_name_that_is_no_text_harms_nobody(client: TestClient) -> None:
    archive = zipped({"a": b"{}", "b": b"{}"})
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="\\ud800\\x1b.zip"\r\n\r\n%b\r\n--x--\r\n'
        % archive
    )
    form = {"Content-Type": "multipart/form-data; boundary=x; charset=raw_unicode_escape"}
    for accept in ("application/json", "text/html", "text/csv"):
        answer = client.post("/verify/batch", content=body, headers=form | {"Accept": accept})
        assert answer.status_code == 200, answer.text
        assert "\ufffd" in answer.text


def test_nothing_is_unpacked_for_whom_there_is_no_place(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "_running", threading.BoundedSemaphore(1))
    monkeypatch.setattr(protocol, "items_of", None)
    with protocol._running:
        problem(client.post("/verify/batch", content=zipped({"a": b"{}"})), 429, "#busy")


def test_limits_of_the_whole(client: TestClient) -> None:
    problem(client.post("/verify/batch"), 400, "#nothing-given")
    assert "101 items" in problem(client.post("/verify/batch", data={"text": "x\n" * 101}), 413, "#batch")["detail"]
    problem(client.post("/verify/batch", content=b"x" * 400_001), 413, "#too-large")
    many = [("file", (str(n), b"x")) for n in range(101)]
    problem(client.post("/verify/batch", files=many), 400, "#unreadable-form")
    problem(client.post("/verify/batch", content=b"PK\x03\x04"), 400, "#batch")


def test_only_so_many_batches_run_at_once(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "_running", threading.BoundedSemaphore(1))
    assert client.post("/verify/batch", content=b"x").status_code == 200
    protocol._running.acquire()
    refused = client.post("/verify/batch", content=b"x")
    problem(refused, 429, "#busy")
    assert refused.headers["retry-after"]


def test_items_let_single_submissions_go_first_and_find_no_place_by_themselves(client: TestClient) -> None:
    asked: list[int] = []

    def verify(data: bytes, trust: str, now: Any, *, yields: int = 0, **more: Any) -> Report:
        asked.append(yields)
        raise Busy

    client.app.state.verify = verify  # type: ignore[attr-defined]  # Starlette's
    answer = client.post("/verify/batch", data={"text": "a\nb"})
    assert answer.status_code == 200
    assert answer.json()["counts"]["undetermined"] == 2
    assert asked == [protocol.YIELDS] * 2
    assert protocol.YIELDS > 0


def test_the_time_for_the_whole_is_bounded(client: TestClient) -> None:
    moments = iter([NOW, NOW, NOW] + [NOW + timedelta(seconds=protocol.SECONDS + 1)] * 9)
    client.app.state.now = lambda: next(moments)  # type: ignore[attr-defined]  # Starlette's
    reports = [item["report"] for item in client.post("/verify/batch", data={"text": "a\nb\nc"}).json()["items"]]
    assert [report["verdict"] for report in reports].count("undetermined") >= 2
    assert "Send fewer" in json.dumps(reports)


def test_the_document_of_the_service(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    operation = paths["/verify/batch"]["post"]
    assert set(operation["responses"]) == {"200", "4XX"}
    assert "multipart/form-data" in operation["requestBody"]["content"]
