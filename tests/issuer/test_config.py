"""Setting up: what an issuer may be called and where it may live, and that a second `init` changes nothing."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from issuer import config
from issuer.errors import ConfigInvalid, Conflict, NotInitialized
from issuer.setup import initialize
from tests.issuer.installation import NOW

GIVEN: dict[str, Any] = {
    "organization": "Example School",
    "url": "https://awards.example.org",
    "verifier_url": "https://check.example.org",
}
NOTHING: dict[str, Any] = dict.fromkeys(GIVEN)


def init(home: Path, **given: Any) -> Any:
    return initialize(home, **given, environ={}, now=NOW)


def test_home_is_the_option_then_the_variable_then_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    environ = {"TESTAMUR_HOME": "/srv/testamur"}
    assert config.find_home(Path("/opt/t"), environ) == Path("/opt/t")
    assert config.find_home(None, environ) == Path("/srv/testamur")
    assert config.find_home(None, {}) == tmp_path / "testamur-home"


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    made = init(tmp_path / "home", **GIVEN)
    assert made.created
    assert config.load(tmp_path / "home") == made.config
    assert made.config.did == "did:web:awards.example.org"
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700
    secret = (tmp_path / "home/keys/key.pass").read_text().strip()
    assert secret not in (tmp_path / "home/config.json").read_text()


def test_a_second_init_says_what_is_there(tmp_path: Path) -> None:
    first = init(tmp_path / "home", **GIVEN)
    files = {path: path.read_bytes() for path in (tmp_path / "home").rglob("*") if path.is_file()}
    for given in (GIVEN, NOTHING):
        again = init(tmp_path / "home", **given)
        assert (again.created, again.config) == (False, first.config)
    assert {path: path.read_bytes() for path in files} == files


@pytest.mark.parametrize(
    "other", [{"organization": "Other"}, {"url": "https://x.example"}, {"verifier_url": "https://x.example"}]
)
def test_a_second_init_with_other_values_is_refused(tmp_path: Path, other: dict[str, str]) -> None:
    init(tmp_path / "home", **GIVEN)
    with pytest.raises(Conflict, match="so it stays"):
        init(tmp_path / "home", **GIVEN | other)


def test_an_init_that_was_cut_off_is_finished_with_the_same_key(tmp_path: Path) -> None:
    first = init(tmp_path / "home", **GIVEN)
    (tmp_path / "home/config.json").unlink()  # written last
    again = init(tmp_path / "home", **GIVEN)
    assert (again.created, again.config.keys) == (True, first.config.keys)


def test_a_new_issuer_needs_all_three(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid, match="needs its name and addresses"):
        init(tmp_path / "home", **GIVEN | {"url": None})
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("awards.example.org", "not a web address"),
        ("ftp://awards.example.org", "not a web address"),
        ("https://user@awards.example.org", "not a web address"),
        ("https://awards.example.org/path", "must end after the host"),
        ("https://awards.example.org?x=1", "must end after the host"),
        ("https://192.0.2.7", "host name, not an IP address"),
        ("http://[::1]:8000", "host name, not an IP address"),
        ("http://awards.example.org", "http is for localhost only"),
        ("https://prüfung.example", "xn--"),
        ("https://awards.example.org:99999", "not an address"),
        ("", "not a web address"),
    ],
)
def test_addresses_that_did_web_cannot_name_are_refused(tmp_path: Path, address: str, why: str) -> None:
    with pytest.raises(ConfigInvalid, match=why):
        init(tmp_path / "home", **GIVEN | {"url": address})


def test_a_loopback_address_may_be_http() -> None:
    assert config.origin("http://localhost:8000/", option="--url") == "http://localhost:8000"


@pytest.mark.parametrize(
    ("name", "slug"), [("Universität Köln!", "universitat-koln"), ("東京大学", "organization"), ("A  B", "a-b")]
)
def test_names_become_addresses(name: str, slug: str) -> None:
    assert config.slug(name) == slug


def test_an_organization_has_its_own_did(tmp_path: Path) -> None:
    made = config.make(tmp_path, **GIVEN)
    assert made.did_of("duke") == "did:web:awards.example.org:organizations:duke"
    assert made.did_of("example-school") == made.did


def test_limits_are_read_by_name(tmp_path: Path) -> None:
    init(tmp_path / "home", **GIVEN)
    path = tmp_path / "home/config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"limits": {"reason_length": 7}}))
    loaded = config.load(tmp_path / "home")
    assert loaded.limits.reason_length.value == 7
    config.save(loaded)
    assert config.load(tmp_path / "home") == loaded


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"organization": 1}', "\xff"])
def test_a_damaged_configuration_is_said(tmp_path: Path, content: str) -> None:
    (tmp_path / "config.json").write_text(content, encoding="latin-1")
    with pytest.raises(ConfigInvalid, match="not a configuration"):
        config.load(tmp_path)


@pytest.mark.parametrize(
    "limits",
    [
        {"status_list_length": 131_071},
        {"status_list_length": 140_001},
        {"status_list_filled": 131_072},
        {"status_list_filled": 0},
    ],
)
def test_limits_that_cannot_be_are_said(tmp_path: Path, limits: dict[str, int]) -> None:
    init(tmp_path / "home", **GIVEN)
    path = tmp_path / "home/config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"limits": limits}))
    with pytest.raises(ConfigInvalid, match="status_list_"):
        config.load(tmp_path / "home")


def test_an_unknown_limit_is_said(tmp_path: Path) -> None:
    init(tmp_path / "home", **GIVEN)
    path = tmp_path / "home/config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"limits": {"no_such": 7}}))
    with pytest.raises(ConfigInvalid, match="no_such"):
        config.load(tmp_path / "home")


def test_an_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotInitialized, match="issuer init --organization"):
        config.load(tmp_path)


def test_a_place_that_is_no_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(ConfigInvalid, match=r"cannot be (made|read)"):
        init(tmp_path / "home", **GIVEN)
