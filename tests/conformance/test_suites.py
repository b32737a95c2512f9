"""What is written for the suites, and how their results are read."""

from pathlib import Path

import pytest
from cryptography import x509

from tests.conformance import certificate, mocha, suites
from tests.conformance.mocha import Score
from tests.conformance.profiles import PROFILES

RESULTS = {
    "passes": [{"fullTitle": "A passes"}],
    "pending": [{"fullTitle": "B waits"}],
    "failures": [
        {"fullTitle": "C fails", "err": {"message": "expected 400"}},
        {"fullTitle": '"before all" hook for "D"', "err": {}},
    ],
}


def test_a_report_is_read_with_its_failing_hooks() -> None:
    score = mocha.read(RESULTS)
    assert score == Score(("A passes",), (("C fails", "expected 400"), ('"before all" hook for "D"', "")), ("B waits",))
    assert score.total == 4


@pytest.mark.parametrize("profile", PROFILES)
def test_every_suite_finds_an_endpoint_under_its_tag(profile: str) -> None:
    ours, holder = suites.configuration("https://127.0.0.1:8443", profile)["implementations"]
    issuing = {tag for endpoint in ours["issuers"] for tag in endpoint["tags"]}
    verifying = {tag for endpoint in ours["verifiers"] for tag in endpoint["tags"]}
    assert {"vc2.0", "vc-api", "BitstringStatusList", "eddsa-jcs-2022", "ecdsa-rdfc-2019"} <= issuing & verifying
    groups = [ours["issuers"], ours["verifiers"], ours["vpVerifiers"], holder["vcHolders"]]
    addresses = [endpoint["endpoint"] for group in groups for endpoint in group]
    assert all(address.startswith(f"https://127.0.0.1:8443/{profile}/") for address in addresses)


def test_options_that_a_suite_writes_into_are_not_shared() -> None:
    ours, _ = suites.configuration("https://127.0.0.1:8443", "strict")["implementations"]
    options = [id(endpoint["options"]) for endpoint in ours["vpVerifiers"]]
    assert len(set(options)) == len(options)


def test_the_table_has_a_line_for_each_run(tmp_path: Path) -> None:
    (_, line) = suites.table([(tmp_path / "a-suite", "strict", mocha.read(RESULTS))]).splitlines()
    assert line.split() == ["a-suite", "?", "strict", "1", "2", "1", "4"]


def test_suites_without_their_packages_are_left_out(tmp_path: Path) -> None:
    (tmp_path / suites.SUITES[0] / "node_modules").mkdir(parents=True)
    (tmp_path / suites.SUITES[1]).mkdir()
    assert [suite.name for suite in suites.found(tmp_path)] == [suites.SUITES[0]]


def test_the_certificate_is_for_the_loopback_address(tmp_path: Path) -> None:
    chain, key = certificate.write(tmp_path)
    assert key.stat().st_mode & 0o077 == 0
    names = x509.load_pem_x509_certificate(chain.read_bytes()).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert [str(one) for one in names.value.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
