"""Every endpoint as everybody: who may, who may not, and that a refusal tells nothing. A new route needs a line in
tests/issuer/endpoints.py.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from httpx2 import Response

from issuer.edge import HEADERS
from tests.issuer.endpoints import (
    DOCUMENT,
    ENDPOINTS,
    FOREIGN,
    NOT_IN_THE_DOCUMENT,
    WRONG_YET,
    Answers,
    Operation,
    call,
    document,
    expected,
    missing,
    operations,
    parameter,
    prepared,
    send,
    tried,
)
from tests.issuer.installation import MINI
from tests.issuer.offices import CALLERS, LEARNERS, NOWHERE, OPERATOR, OWN, STRANGER, Offices

# One installation and one round of calls serve all of these.
pytestmark = pytest.mark.xdist_group("endpoints")


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    offices = Offices(tmp_path_factory.mktemp("offices"))
    yield offices
    offices.close()


@pytest.fixture(scope="module")
def all_of_them(offices: Offices) -> tuple[Operation, ...]:
    found = operations(offices)
    assert missing(found) == [], "Fill in tests/issuer/endpoints.py."
    return found


@pytest.fixture(scope="module")
def answers(offices: Offices, all_of_them: tuple[Operation, ...]) -> Answers:
    return tried(offices)


def refusals(answers: Answers) -> Iterator[tuple[str, str, Response]]:
    for name, by_caller in answers.items():
        for caller, answer in by_caller.items():
            if answer.status_code >= 400:
                yield name, caller, answer


def test_every_address_stands_in_the_document(offices: Offices, all_of_them: tuple[Operation, ...]) -> None:
    routes = set(_paths(offices.client_of_all.app.routes))  # type: ignore[attr-defined] # a FastAPI
    assert routes - {one.path for one in all_of_them} == NOT_IN_THE_DOCUMENT
    each = list(_operations(offices.client_of_all.app.routes))  # type: ignore[attr-defined] # a FastAPI
    assert sorted(each) == sorted(set(each)), "Of two that are the same, one is never reached."


def _operations(routes: Any) -> Iterator[str]:
    for route in routes:
        if hasattr(route, "original_router"):
            yield from _operations(route.original_router.routes)
        else:
            yield from (f"{method} {route.path}" for method in getattr(route, "methods", None) or ())


def _paths(routes: Any) -> Iterator[str]:
    for route in routes:
        if hasattr(route, "original_router"):
            yield from _paths(route.original_router.routes)
        else:
            yield route.path.replace(":path}", "}")


def test_each_may_what_his_role_may(answers: Answers, all_of_them: tuple[Operation, ...]) -> None:
    wrong = [
        f"{one.name} as {caller}: {answers[one.name][caller].status_code}, not {expected(one, caller)}: "
        f"{answers[one.name][caller].text[:200]}"
        for one in all_of_them
        for caller in CALLERS
        if answers[one.name][caller].status_code != expected(one, caller) and one.name not in WRONG_YET
    ]
    assert wrong == [], "\n".join(wrong)


def test_every_refusal_is_a_problem_document(answers: Answers) -> None:
    for name, caller, answer in refusals(answers):
        assert answer.headers["content-type"] == "application/problem+json", (name, caller)
        problem = answer.json()
        assert problem["status"] == answer.status_code, (name, caller)
        assert problem["type"].startswith("https://"), (name, caller)
        assert problem["title"], (name, caller)
        assert problem["detail"], (name, caller)
        if answer.status_code in (401, 403) and ENDPOINTS[name].needs is not None:
            assert answer.headers["www-authenticate"].startswith("Bearer "), (name, caller)


def test_every_answer_bears_the_headers_that_protect(answers: Answers) -> None:
    for name, by_caller in answers.items():
        for caller, answer in by_caller.items():
            lacking = [header for header in HEADERS if header.lower() not in answer.headers]
            assert lacking == [], (name, caller)
            if ENDPOINTS[name].needs is not None:
                assert answer.headers.get("cache-control") == "no-store", (name, caller)


def told(answer: Response) -> tuple[int, bytes, list[tuple[str, str]]]:
    headers = [(name, value) for name, value in answer.headers.items() if name not in ("content-length", "date")]
    return answer.status_code, answer.content, sorted(headers)


def test_another_organization_is_as_none_at_all(offices: Offices, all_of_them: tuple[Operation, ...]) -> None:
    tried = 0
    for one in all_of_them:
        if "organization" in one.parameters:
            status, content, headers = told(call(offices, one, STRANGER))
            content = content.replace(OWN.encode(), NOWHERE.encode())
            assert (status, content, headers) == told(call(offices, one, STRANGER, organization=NOWHERE)), one.name
            assert call(offices, one, OPERATOR, organization=NOWHERE).status_code == 404, one.name
            tried += 1
    assert tried


def test_another_organizations_things_are_as_none_at_all(offices: Offices, all_of_them: tuple[Operation, ...]) -> None:
    tried = 0
    for one in all_of_them:
        for name in one.parameters:
            its = parameter(one, name)
            if its.foreign is None:
                continue
            offices.restore()
            foreign = str(its.foreign(offices))
            assert foreign != str(its.own(offices))
            status, content, headers = told(call(offices, one, "administrator", **{name: foreign}))
            content = content.replace(foreign.encode(), its.unknown.encode())
            assert status == 404 or one.method == "get", (one.name, content)  # an empty list tells nothing either
            assert (status, content, headers) == told(call(offices, one, "administrator", **{name: its.unknown})), (
                one.name
            )
            tried += 1
    assert tried


def test_what_another_organization_makes_is_as_none_at_all(
    offices: Offices, all_of_them: tuple[Operation, ...]
) -> None:
    tried = 0
    for one in all_of_them:
        values = prepared(offices, one)
        make = FOREIGN.get(ENDPOINTS[one.name].prepare)
        if make is None or "organization" not in one.parameters:
            continue
        for name, foreign in make(offices).items():
            if name not in one.parameters:  # a list has none
                continue
            assert foreign != values[name]
            before = offices.log()
            status, content, headers = told(send(offices, one, "administrator", values | {name: foreign}))
            unknown = parameter(one, name).unknown
            content = content.replace(foreign.encode(), unknown.encode())
            assert status == 404, (one.name, content)
            assert offices.log() == before, one.name
            assert (status, content, headers) == told(send(offices, one, "administrator", values | {name: unknown}))
            tried += 1
    made = {one.name for one in all_of_them for name in one.parameters if parameter(one, name).own(offices) == "999999"}
    assert tried == len(made) + 1, "each whose number `prepare` makes, and the links"


# Where a code or id of another organization may stand in what is sent: the operation, and what is sent with that word.
_IN_WHAT_IS_SENT: tuple[tuple[str, str, str, Callable[[str], Any]], ...] = (
    ("GET", "decisions?program={word}", "speaking", lambda word: None),
    ("GET", "decisions?learner={word}", "oton", lambda word: None),
    ("GET", "certificates?program={word}", "speaking", lambda word: None),
    ("GET", "certificates?course={word}", "rhetoric", lambda word: None),
    ("GET", "certificates?learner={word}", "oton", lambda word: None),
    ("POST", "decisions", "speaking", lambda word: {"program": word}),
    ("POST", "decisions", "oton", lambda word: {"learner": word}),
    ("POST", "decisions", "oton", lambda word: {"program": "mini", "learner": word}),
    ("POST", "cohorts", "speaking", lambda word: {"program": word}),
    ("POST", "cohorts", "oton", lambda word: {"program": "mini", "learners": [word]}),
    ("POST", "corrections", "speaking", lambda word: {"program": word, "reason": "a reason"}),
    ("POST", "corrections", "rhetoric", lambda word: {"course": word, "reason": "a reason"}),
    ("POST", "completions", "rhetoric", lambda word: {"completions": [{"learner": "ana", "course": word}]}),
    ("POST", "completions", "speaking", lambda word: {"enrolments": [{"learner": "ana", "program": word}]}),
    ("POST", "catalogue", "rhetoric", lambda word: {"programs": [_a_program(word)]}),
    ("POST", "catalogue", "speaking", lambda word: {"programs": [_a_program("toolbox", word)]}),
)


def _a_program(course: str, program: str | None = None) -> dict[str, Any]:
    """Over a course, and over a program."""
    rule = [{"course": course}, *([] if program is None else [{"program": program}])]
    return {**MINI.to_json(), "code": "wider", "rule": {"all_of": rule}}


@pytest.mark.parametrize(("method", "path", "word", "made"), _IN_WHAT_IS_SENT)
def test_another_organizations_words_are_as_unknown_in_what_is_sent(
    offices: Offices, method: str, path: str, word: str, made: Callable[[str], Any]
) -> None:
    def sent(word: str) -> tuple[int, bytes, list[tuple[str, str]]]:
        offices.restore()
        return told(
            offices.client_of_all.request(
                method,
                f"/organizations/{OWN}/" + path.format(word=word),
                headers=offices.callers["administrator"],
                json=made(word),
            )
        )

    unknown = "q" * len(word)
    status, content, headers = sent(word)
    assert (status, content.replace(word.encode(), unknown.encode()), headers) == sent(unknown)
    assert LEARNERS["oton"].encode() not in content


def test_who_is_refused_is_not_read(offices: Offices, answers: Answers, all_of_them: tuple[Operation, ...]) -> None:
    """Refused before the body: the answer to nonsense is the same."""
    for one in all_of_them:
        if one.sample()[0] and ENDPOINTS[one.name].needs is not None:
            for caller in CALLERS:
                if answers[one.name][caller].status_code in (401, 403):
                    values = prepared(offices, one)
                    nonsense = send(offices, one, caller, values, sent=b"{", **{"Content-Type": "text/nonsense"})
                    assert told(nonsense) == told(answers[one.name][caller]), (one.name, caller)


def test_every_deed_stands_in_the_audit_log_without_what_must_not(
    offices: Offices, all_of_them: tuple[Operation, ...]
) -> None:
    for one in all_of_them:
        if not one.changes or ENDPOINTS[one.name].silent or one.name in WRONG_YET:
            continue
        offices.restore()
        before = len(offices.log())
        answer = call(offices, one, "administrator")
        assert answer.status_code < 400, one.name
        log = offices.log()
        assert len(log) > before, f"{one.name} appends nothing"
        written = "\n".join(f"{entry.actor} {entry.action} {entry.subject} {dict(entry.detail)}" for entry in log)
        assert "The administrator (key" in written, f"{one.name} does not say who"
        shown = [*LEARNERS.values(), "@", *offices.secrets, *_secrets_in(answer)]
        assert [text for text in shown if text in written] == [], one.name


def _secrets_in(answer: Response) -> list[str]:
    """What an answer shows once."""
    document = answer.json() if answer.headers["content-type"] == "application/json" else {}
    found = [document.get(name) for name in ("key", "secret", "url")] if isinstance(document, dict) else []
    texts = [text for text in found if isinstance(text, str)]
    return [text[-24:] for text in texts if "://" not in text or "/learners/" in text]


def test_what_is_right_by_now_is_asked_for(
    offices: Offices, answers: Answers, all_of_them: tuple[Operation, ...]
) -> None:
    """The rest of `WRONG_YET` is wrong indeed."""
    for one in all_of_them:
        if one.name in WRONG_YET:
            offices.restore()
            before = len(offices.log())
            call(offices, one, "administrator")
            right = all(answers[one.name][caller].status_code == expected(one, caller) for caller in CALLERS)
            assert not (right and len(offices.log()) > before), f"Take {one.name} out of WRONG_YET."


def test_the_same_request_again_is_answered_and_not_done_again(
    offices: Offices, all_of_them: tuple[Operation, ...]
) -> None:
    key = {"Idempotency-Key": "the same"}
    for one in all_of_them:
        if not one.takes_idempotency_key:
            continue
        values = prepared(offices, one)
        first = send(offices, one, "administrator", values, **key)
        done = offices.log()
        again = send(offices, one, "administrator", values, **key)
        assert first.status_code < 400, (one.name, first.text)
        assert again.status_code == first.status_code, one.name
        assert offices.log() == done, f"{one.name} was done again"
        assert [text for text in _secrets_in(first) if text in again.text] == [], f"{one.name} keeps a secret"
        if not _secrets_in(first):
            assert again.content == first.content, one.name
        elsewhere = send(offices, one, "administrator", values, sent=b'{"other": 1}', **key)
        if one.sample()[0]:
            assert elsewhere.status_code >= 400, one.name


def test_the_table_is_that_of_docs(answers: Answers) -> None:
    assert DOCUMENT.read_text("utf-8") == document(answers), "Run: python -m tests.issuer.endpoints"
