"""Both journeys are walked, with everything that can go wrong on the way, and the logs name nobody."""

import io
import json
import logging
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from issuer import api_keys, learner_links, pages
from tests.issuer.installation import Installation, earned
from tests.serving.conftest import lines
from verifier.app import create_app
from verifier.config import Settings
from verifier.fetch import HttpFetch

HTML = {"Accept": "text/html"}


class Broken(Exception):
    """Says whom it was about, as errors do."""


def test_the_logs_name_nobody(tmp_path: Path, written: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    school = Installation(tmp_path)
    school.record(*earned())
    school.decide_and_issue()
    certificates = school.certificates()
    _, key = api_keys.create(school.database, name="Vera", role="administrator", organization="school", now=school.now)
    _, token = learner_links.create(
        school.database, school.config, organization="school", learner="ana", program="mini", by="Vera", now=school.now
    )
    secrets = {"Ana", "Invenira", "ana@example.org", "learner=ana", key, token, *(one.share_id for one in certificates)}
    who = {"Authorization": f"Bearer {key}"}

    # --- the issuer's: issued, opened, asked about, broken
    with school.client() as issuer:
        for one in certificates:
            for suffix in ("", ".json", ".jwt", ".svg", "/status", ".odd"):
                issuer.get(f"/credentials/{one.share_id}{suffix}", headers=HTML)
            issuer.get(f"/v/{one.share_id}")
        issuer.get(f"/learners/{token}", headers=HTML)
        issuer.get("/learners/nobody?mail=ana@example.org")
        issuer.get("/organizations/school/certificates?learner=ana", headers=who)
        issuer.get("/organizations/school/certificates?learner=ana", headers={"Authorization": f"Bearer {key}x"})
        issuer.post("/organizations/school/decisions", headers=who, json={"learner": "ana"})
        issuer.post(
            "/organizations/school/completions", headers=who, json={"completions": [{"learner": "ana@example.org"}]}
        )
        issuer.get("/", headers={"X-Request-Id": "ana@example.org", "User-Agent": "Ana Invenira", "Referer": token})
        with monkeypatch.context() as patch:
            patch.setattr(pages, "present", _breaking(f"{certificates[0].share_id} of Ana Invenira"))
            assert issuer.get(f"/credentials/{certificates[0].share_id}").status_code == 500

    # --- the verifier's: genuine, forged, asked whose it is, broken
    with school.database.read():
        data = certificates[0].secured or b""
    with TestClient(create_app(Settings(), fetch=_no_network), raise_server_exceptions=False) as verifier:
        verifier.post("/verify?recipient=ana@example.org", content=data)
        verifier.post("/verify", content=data.replace(b"Ana", b"Eva"), headers=HTML)
        verifier.post("/verify", files={"file": ("Ana Invenira.json", data)}, data={"recipient": "ana@example.org"})
        verifier.get(f"/verify?url={school.config.credential_url(certificates[0].share_id)}")
        verifier.post("/credentials/verify", json={"verifiableCredential": json.loads(data)})
        verifier.app.state.verify = _breaking("Ana Invenira <ana@example.org>")  # type: ignore[attr-defined]  # Starlette's
        assert verifier.post("/verify", content=data).status_code == 500

    found = lines(written)
    requests = [line for line in found if line["event"] == "request"]
    assert len(requests) > 25
    assert {"/credentials/{name}", "/learners/{token}", "/verify"} <= {line["route"] for line in requests}
    assert sum("Broken" in line.get("error", "") + line["event"] for line in found) == 2
    text = written.getvalue()
    assert [secret for secret in secrets if secret in text] == []
    assert "testclient" not in text, "nor who asked"
    assert logging.getLogger("uvicorn.access").level in (logging.NOTSET, logging.WARNING)


def _breaking(words: str) -> object:
    def broken(*_: object, **__: object) -> None:
        raise Broken(words)

    return broken


def _no_network() -> HttpFetch:
    return HttpFetch(resolve=lambda *_, **__: [])
