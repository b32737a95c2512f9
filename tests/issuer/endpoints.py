"""Every endpoint of the issuer, tried as everybody: `python -m tests.issuer.endpoints` writes docs/endpoints.md.

A NEW ROUTE NEEDS ONE LINE in `ENDPOINTS`, and one in `PARAMETERS` for each path parameter of a new name; the tests
(tests/issuer/test_endpoints.py) say which are missing. What is sent is the example of the OpenAPI document, and what is
expected is its first status below 400; `body`, `answer` and the others of `Endpoint` say where that does not do. Before
each call that may change something the records are as `Offices` made them; what else a call needs, `prepare` makes, and
it may give values for path parameters of its own:

    "POST /organizations/{organization}/cohorts/{cohort}/approvals": Endpoint("approve", prepare=a_cohort),
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from httpx2 import Response

from issuer.access import Permission, Role, least_role, operator, permissions_of
from issuer.store import api_keys, decisions, mail, webhooks
from issuer.webhooks import create as make_webhook
from tests import databases
from tests.issuer import domain
from tests.issuer.offices import (
    CALLERS,
    NOBODY,
    OPERATOR,
    OTHER,
    OWN,
    REVOKED,
    SCOPES,
    STRANGER,
    WRONG,
    Offices,
)

DOCUMENT = Path(__file__).parents[2] / "docs" / "endpoints.md"
CHANGING = ("post", "put", "patch", "delete")


@dataclass(frozen=True)
class Endpoint:
    """`needs`: the permission, None for what everybody may. `answer`: to who may, None for the first documented status
    below 400. `body`: what is sent instead of the example. `stranger`, `scopes`: the answer to another organization's
    administrator, and to a key that has scopes instead of a role. `silent`: why a change appends nothing to the audit
    log."""

    needs: Permission | None
    answer: int | None = None
    body: Callable[[Offices], Any] | None = None
    prepare: Callable[[Offices], Mapping[str, str]] = lambda offices: {}
    query: str = ""
    stranger: int = 404
    scopes: int = 403
    silent: str = ""


def _the_award(offices: Offices) -> dict[str, Any]:
    id = offices.config.credential_url(offices.certificate("ana").share_id)
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}
    return {"credentialId": id, "credentialStatus": entry, "status": True, "reason": "The grade was corrected."}


def _send(offices: Offices, caller: str, path: str, organization: str = OWN, **body: Any) -> Any:
    at = f"/organizations/{organization}/{path}"
    answer = offices.client_of_all.post(at, json=body, headers=offices.callers[caller])
    if answer.status_code >= 400:
        raise RuntimeError(f"{path}: {answer.status_code} {answer.text}")
    return answer.json()


def _undecided(offices: Offices) -> Mapping[str, str]:
    """Somebody has earned the program, and nobody has decided yet."""
    who = {"learner": "rita", "name": "Rita Neizmišljena", "email": "rita@example.org"}
    offices.record(domain.done("toolbox", **who), domain.done("capstone", **who))
    return {}


def _a_cohort(offices: Offices) -> Mapping[str, str]:
    """Of one learner who has earned the program, prepared by the registrar."""
    _undecided(offices)
    return {"number": str(_send(offices, "registrar", "cohorts", program="mini", name="Of June")["number"])}


def _an_approved_cohort(offices: Offices) -> Mapping[str, str]:
    cohort = _a_cohort(offices)
    _send(offices, "approver", f"cohorts/{cohort['number']}/approvals")
    return cohort


def _an_issued_cohort(offices: Offices) -> Mapping[str, str]:
    cohort = _an_approved_cohort(offices)
    _send(offices, "registrar", f"cohorts/{cohort['number']}/issue")
    return cohort


def _a_run(offices: Offices) -> Mapping[str, str]:
    cohort = int(_an_approved_cohort(offices)["number"])
    return {"number": str(_send(offices, "registrar", "bulk-runs", cohort=cohort)["number"])}


def _a_paused_run(offices: Offices) -> Mapping[str, str]:
    run = _a_run(offices)
    _send(offices, "registrar", f"bulk-runs/{run['number']}/pause")
    return run


def _revoked(offices: Offices) -> Mapping[str, str]:
    offices.change(offices.certificate("ana"), "revoke")
    return {}


def _a_link(offices: Offices) -> Mapping[str, str]:
    made = _send(offices, "registrar", "learners/ana/programs/mini/links")
    return {"id": str(made["id"]), "token": made["url"].rpartition("/")[2]}


def _their_cohort(offices: Offices) -> Mapping[str, str]:
    return {"number": str(_send(offices, STRANGER, "cohorts", OTHER, program="speaking")["number"])}


def _their_run(offices: Offices) -> Mapping[str, str]:
    offices.record(domain.done("rhetoric", learner="bela", name="Bela Domišljija", email="bela@example.org"))
    cohort = int(_their_cohort(offices)["number"])
    _send(offices, OPERATOR, f"cohorts/{cohort}/approvals", OTHER)  # not by whoever prepared it
    return {"number": str(_send(offices, STRANGER, "bulk-runs", OTHER, cohort=cohort)["number"])}


def _their_link(offices: Offices) -> Mapping[str, str]:
    return {"id": str(_send(offices, STRANGER, "learners/oton/programs/speaking/links", OTHER)["id"])}


def their_message(offices: Offices) -> Mapping[str, str]:
    with offices.database.write() as tx:
        texts = {"kind": "certificate", "address": "oton@example.org", "subject": "Awarded", "text": "…", "once": "y"}
        mail.add(tx, organization=OTHER, learner="oton", at=offices.now, **texts)
        return {"number": str(mail.listed(tx, OTHER)[-1].number)}


def a_webhook(offices: Offices) -> Mapping[str, str]:
    return {"webhook": str(_send(offices, "administrator", "webhooks", name="LMS", source="rest")["id"])}


def a_message(offices: Offices) -> Mapping[str, str]:
    """That waits to be sent."""
    with offices.database.write() as tx:
        texts = {"kind": "certificate", "address": "ana@example.org", "subject": "Awarded", "text": "…", "once": "x"}
        mail.add(tx, organization=OWN, learner="ana", at=offices.now, **texts)
    return {"number": "1"}


def _a_completion(offices: Offices) -> dict[str, Any]:
    row = {"learner": "rita", "name": "Rita Neizmišljena", "email": "rita@example.org", "course": "toolbox"}
    row |= {"session": "03-en", "language": "en", "outcome": "passed", "completed_on": "2026-03-20"}
    return {"completions": [{**row, "identity_verified": True, "fee_paid": True}]}


def _a_catalogue(offices: Offices) -> dict[str, Any]:
    return {"courses": [domain.course("grammar", "Grammar").to_json()]}


def _of_mini(offices: Offices) -> dict[str, Any]:
    return {"program": "mini"}


# Whose permission it needs: the table that a reader checks.
ENDPOINTS: Mapping[str, Endpoint] = {
    # --- for everybody
    "GET /.well-known/did.json": Endpoint(None),
    "GET /achievements/{kind}/{code}/{tag}/{version}": Endpoint(None),
    "GET /achievements/{kind}/{code}/{tag}/{version}/criteria": Endpoint(None),
    "GET /credentials/{name}": Endpoint(None),
    "GET /credentials/{name}/status": Endpoint(None),
    "GET /health": Endpoint(None),
    "GET /health/live": Endpoint(None),
    "GET /health/ready": Endpoint(None),
    "GET /organizations/{slug}/did.json": Endpoint(None),
    "GET /schemas/program.json": Endpoint(None),
    "GET /status/{name}": Endpoint(None),
    "GET /v/{name}": Endpoint(None, answer=302),
    # --- the VC API: a key with scopes is enough
    "POST /credentials/issue": Endpoint("sign", scopes=201, stranger=201),
    "POST /credentials/status": Endpoint("status", body=_the_award, scopes=200),
    # --- the office
    "GET /organizations/{organization}": Endpoint("read"),
    "GET /organizations/{organization}/api-keys": Endpoint("administer"),
    "POST /organizations/{organization}/api-keys": Endpoint("administer"),
    "DELETE /organizations/{organization}/api-keys/{key}": Endpoint("administer"),
    "GET /organizations/{organization}/audit": Endpoint("administer"),
    "GET /organizations/{organization}/audit/verification": Endpoint("administer"),
    # --- decisions
    "GET /organizations/{organization}/decisions": Endpoint("read"),
    "POST /organizations/{organization}/decisions": Endpoint("decide", body=_of_mini, prepare=_undecided),
    "GET /organizations/{organization}/decisions/{number}": Endpoint("read"),
    "GET /organizations/{organization}/decisions/{number}/replay": Endpoint("read"),
    "GET /organizations/{organization}/learners/{learner}/programs/{program}/standing": Endpoint("read"),
    "GET /organizations/{organization}/learners/{learner}/programs/{program}/decisions": Endpoint("read"),
    # --- bulk runs
    "GET /organizations/{organization}/bulk-runs": Endpoint("read", prepare=_a_run),
    "POST /organizations/{organization}/bulk-runs": Endpoint("decide", body=_of_mini, prepare=_undecided),
    "GET /organizations/{organization}/bulk-runs/{number}": Endpoint("read", prepare=_a_run),
    "GET /organizations/{organization}/bulk-runs/{number}/failures": Endpoint("read", prepare=_a_run),
    "POST /organizations/{organization}/bulk-runs/{number}/pause": Endpoint("decide", prepare=_a_run),
    "POST /organizations/{organization}/bulk-runs/{number}/resume": Endpoint("decide", prepare=_a_paused_run),
    "POST /organizations/{organization}/bulk-runs/{number}/cancel": Endpoint("decide", prepare=_a_run),
    # --- cohorts
    "GET /organizations/{organization}/cohorts": Endpoint("read"),
    "POST /organizations/{organization}/cohorts": Endpoint("decide", body=_of_mini),
    "GET /organizations/{organization}/cohorts/{number}": Endpoint("read", prepare=_a_cohort),
    "GET /organizations/{organization}/cohorts/{number}.csv": Endpoint("read", prepare=_a_cohort),
    "GET /organizations/{organization}/cohorts/{number}/rows": Endpoint("read", prepare=_a_cohort),
    "POST /organizations/{organization}/cohorts/{number}/approvals": Endpoint("approve", prepare=_a_cohort),
    "POST /organizations/{organization}/cohorts/{number}/issue": Endpoint("decide", prepare=_an_approved_cohort),
    "POST /organizations/{organization}/cohorts/{number}/undo": Endpoint("approve", prepare=_an_issued_cohort),
    "POST /organizations/{organization}/cohorts/{number}/cancel": Endpoint("decide", prepare=_a_cohort),
    # --- the catalogue
    "GET /organizations/{organization}/catalogue": Endpoint("read"),
    "POST /organizations/{organization}/catalogue": Endpoint("administer", body=_a_catalogue),
    "GET /organizations/{organization}/courses": Endpoint("read"),
    "GET /organizations/{organization}/programs": Endpoint("read"),
    # --- certificates, and what is stuck
    "GET /organizations/{organization}/certificates": Endpoint("read"),
    "GET /organizations/{organization}/certificates/{certificate}": Endpoint("read"),
    "POST /organizations/{organization}/certificates/{certificate}/corrections": Endpoint("status"),
    "POST /organizations/{organization}/certificates/{certificate}/editions": Endpoint("status", prepare=_revoked),
    "POST /organizations/{organization}/certificates/{certificate}/status": Endpoint("status"),
    "POST /organizations/{organization}/corrections": Endpoint("status", silent="a dry run"),
    "POST /organizations/{organization}/reconciliation": Endpoint("decide", silent="a dry run"),
    "GET /organizations/{organization}/queue": Endpoint("read"),
    "POST /organizations/{organization}/queue/retry": Endpoint("decide", silent="nothing waits"),
    # --- facts and where they come from
    "POST /organizations/{organization}/completions": Endpoint("record", body=_a_completion),
    "GET /organizations/{organization}/learners/{learner}/facts": Endpoint("read"),
    "GET /organizations/{organization}/webhooks": Endpoint("administer"),
    "POST /organizations/{organization}/webhooks": Endpoint("administer"),
    "DELETE /organizations/{organization}/webhooks/{webhook}": Endpoint("administer"),
    "PUT /organizations/{organization}/webhooks/{webhook}/mapping": Endpoint("administer"),
    "POST /webhooks/{webhook}": Endpoint(None, answer=401, silent="signed by nobody"),
    # --- what learners are told
    "GET /learners/{token}": Endpoint(None, prepare=_a_link),
    "GET /organizations/{organization}/learners/{learner}/programs/{program}/links": Endpoint("read"),
    "POST /organizations/{organization}/learners/{learner}/programs/{program}/links": Endpoint("record"),
    "DELETE /organizations/{organization}/learners/{learner}/programs/{program}/links/{id}": Endpoint(
        "record", prepare=_a_link
    ),
    "GET /organizations/{organization}/outbox": Endpoint("read"),
    "POST /organizations/{organization}/outbox/{number}/retry": Endpoint("decide", prepare=a_message),
}

# By what `prepare` makes: what makes the same of another organization, and gives its values.
FOREIGN: Mapping[Callable[[Offices], Mapping[str, str]], Callable[[Offices], Mapping[str, str]]] = {
    _a_cohort: _their_cohort,
    _an_approved_cohort: _their_cohort,
    _an_issued_cohort: _their_cohort,
    _a_run: _their_run,
    _a_paused_run: _their_run,
    _a_link: _their_link,
    a_message: their_message,
}

# What is known not to be so yet. Each line is taken out when it is: then the tests ask for it.
WRONG_YET: Mapping[str, str] = {}

# Addresses that the OpenAPI document leaves out: pages, and the document itself.
NOT_IN_THE_DOCUMENT = frozenset({"/", "/docs", "/openapi.json", "/static"})


@dataclass(frozen=True)
class Parameter:
    """`own`: of the organization that asks; `foreign`: the same of another, None where nothing is anybody's own;
    `unknown`: of the same form, and nobody's."""

    own: Callable[[Offices], object]
    foreign: Callable[[Offices], object] | None = None
    unknown: str = ""


def always(value: str) -> Callable[[Offices], str]:
    return lambda offices: value


def _a_list(offices: Offices) -> str:
    return offices.list_of(offices.certificate("ana"))


def key_of(organization: str) -> Callable[[Offices], int]:
    def find(offices: Offices) -> int:
        with offices.database.read() as tx:
            return next(one.id for one in api_keys.listed(tx, organization=organization) if one.revoked_at is None)

    return find


def share_id_of(learner: str) -> Callable[[Offices], str]:
    return lambda offices: offices.certificate(learner).share_id


def webhook_of(organization: str) -> Callable[[Offices], str]:
    """Made when it is first asked for."""

    def find(offices: Offices) -> str:
        with offices.database.read() as tx:
            found = webhooks.listed(tx, organization)
        if found:
            return found[0].id
        made, _ = make_webhook(
            offices.database,
            offices.services.webhook_secrets,
            name="LMS",
            source="rest",
            mapping={"courses": {"CS1": {"course": "toolbox", "session": "03-en", "language": "en"}}},
            organization=organization,
            caller=operator("Kim Probe"),
            now=offices.now,
        )
        return made.id

    return find


def decision_of(program: str) -> Callable[[Offices], int]:
    def find(offices: Offices) -> int:
        with offices.database.read() as tx:
            return next(one.sequence for one in decisions.latest(tx, program=program).values())

    return find


# By its name, or by "PATH name" where one name means two things.
PARAMETERS: Mapping[str, Parameter] = {
    "organization": Parameter(always(OWN)),  # the callers are of different ones
    "slug": Parameter(always(OWN)),
    "kind": Parameter(always("programs")),
    "code": Parameter(always("mini")),
    "tag": Parameter(always("en")),
    "version": Parameter(always("v1")),
    "name": Parameter(share_id_of("ana")),
    "/status/{name} name": Parameter(_a_list),
    "number": Parameter(always("999999"), unknown="999999"),  # of what `prepare` makes
    "/organizations/{organization}/decisions/{number} number": Parameter(
        decision_of("mini"), decision_of("speaking"), "999"
    ),
    "/organizations/{organization}/decisions/{number}/replay number": Parameter(
        decision_of("mini"), decision_of("speaking"), "999"
    ),
    "certificate": Parameter(share_id_of("ana"), share_id_of("oton"), "1111111111111111"),
    "id": Parameter(always("0"), unknown="0" * 64),
    "token": Parameter(always("0")),
    "learner": Parameter(always("ana"), always("oton"), "nob"),
    "program": Parameter(always("mini"), always("speaking"), "none"),
    "key": Parameter(key_of(OWN), key_of(OTHER), unknown="999999"),
    "/webhooks/{webhook} webhook": Parameter(webhook_of(OWN)),  # whose it is, only a signature asks
    "webhook": Parameter(webhook_of(OWN), webhook_of(OTHER), "wh_" + "0" * 32),
}


@dataclass(frozen=True)
class Operation:
    """One method of one path of the OpenAPI document. `name`: as in `ENDPOINTS`."""

    method: str
    path: str
    document: Mapping[str, Any] = field(repr=False)

    @property
    def name(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def changes(self) -> bool:
        return self.method in CHANGING

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(part.partition("}")[0] for part in self.path.split("{")[1:])

    @property
    def good(self) -> int:
        """The first documented status below 400."""
        return min(int(status) for status in self.document["responses"] if status.isdigit() and int(status) < 400)

    @property
    def takes_idempotency_key(self) -> bool:
        return any(one["name"] == "Idempotency-Key" for one in self.document.get("parameters", ()))

    def sample(self) -> tuple[str, Any]:
        """The media type of the request's body and its example; ("", None) for one without a body."""
        for media_type, content in self.document.get("requestBody", {}).get("content", {}).items():
            return media_type, content["example"]
        return "", None


def operations(offices: Offices) -> tuple[Operation, ...]:
    paths = offices.client_of_all.app.openapi()["paths"]  # type: ignore[attr-defined] # a FastAPI
    return tuple(
        Operation(method, path, document)
        for path, methods in sorted(paths.items())
        for method, document in methods.items()
    )


def missing(found: Iterable[Operation]) -> list[str]:
    """What `ENDPOINTS` and `PARAMETERS` do not know, and what they know and is gone."""
    found = tuple(found)
    lacking = [f"ENDPOINTS lacks {one.name}" for one in found if one.name not in ENDPOINTS]
    lacking += [
        f"PARAMETERS lacks {name}, of {one.name}"
        for one in found
        for name in one.parameters
        if name not in PARAMETERS and f"{one.path} {name}" not in PARAMETERS
    ]
    gone = set(ENDPOINTS) - {one.name for one in found}
    return lacking + [f"ENDPOINTS has {name}, which is no operation" for name in sorted(gone)]


def parameter(operation: Operation, name: str) -> Parameter:
    return PARAMETERS.get(f"{operation.path} {name}") or PARAMETERS[name]


def expected(operation: Operation, caller: str) -> int:
    endpoint = ENDPOINTS[operation.name]
    good = endpoint.answer or operation.good
    if endpoint.needs is None or caller == OPERATOR:
        return good
    if caller in (NOBODY, WRONG, REVOKED):
        return 401
    if caller == SCOPES:
        return endpoint.scopes
    if caller == STRANGER:
        return endpoint.stranger
    return good if endpoint.needs in permissions_of(_role(caller)) else 403


def _role(caller: str) -> Role:
    return caller  # type: ignore[return-value] # the callers that remain are called as their roles


def prepared(offices: Offices, operation: Operation) -> dict[str, str]:
    """The path parameters, for records that are as new."""
    offices.restore()
    values = {name: str(parameter(operation, name).own(offices)) for name in operation.parameters}
    return values | dict(ENDPOINTS[operation.name].prepare(offices))


def send(
    offices: Offices,
    operation: Operation,
    caller: str,
    values: Mapping[str, str],
    *,
    sent: bytes | None = None,
    **headers: str,
) -> Response:
    """`sent`: in place of the body."""
    endpoint = ENDPOINTS[operation.name]
    media_type, sample = operation.sample()
    if endpoint.body is not None:
        sample = endpoint.body(offices)
    content = sample.encode() if isinstance(sample, str) else json.dumps(sample).encode()
    shown = {"Content-Type": media_type, **headers} if media_type else headers
    return offices.client_of_all.request(
        operation.method.upper(),
        operation.path.format_map({name: quote(value, safe="") for name, value in values.items()}) + endpoint.query,
        headers={**offices.callers[caller], **shown},
        content=(content if sent is None else sent) if media_type else None,
        follow_redirects=False,
    )


def call(offices: Offices, operation: Operation, caller: str, **given: str) -> Response:
    """`given`: in place of what `PARAMETERS` has."""
    return send(offices, operation, caller, prepared(offices, operation) | given)


Answers = Mapping[str, Mapping[str, Response]]


def tried(offices: Offices) -> Answers:
    """Every operation by every caller: by the operation's name and the caller."""
    return {one.name: {caller: call(offices, one, caller) for caller in CALLERS} for one in operations(offices)}


# --- the document ----------------------------------------------------------------------------------------------

_HEAD = f"""# Every endpoint, tried as everybody

Made by a test (`tests/issuer/test_endpoints.py`); `python -m tests.issuer.endpoints` writes it anew. Each operation of
the OpenAPI document was called in an installation of two organizations, by each of these, for the organization
`{OWN}`. The numbers are the answers' statuses: 401 who are you, 403 not your role, 404 nothing there for you. To
another organization's administrator the answer is the same, byte by byte, as for an organization that does not exist.

"""


def document(answers: Answers) -> str:
    heads = ("Operation", "Least role", *CALLERS)
    lines = [_row(heads), _row(["---"] * len(heads))]
    for name, by_caller in answers.items():
        needs = ENDPOINTS[name].needs
        role = "everybody" if needs is None else least_role(needs)
        lines.append(_row([f"`{name}`", role, *(str(by_caller[caller].status_code) for caller in CALLERS)]))
    return _HEAD + "".join(lines)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _offices() -> Iterator[Offices]:
    with tempfile.TemporaryDirectory() as folder, databases.used("sqlite"):
        offices = Offices(Path(folder))
        yield offices
        offices.close()


def main() -> int:
    for offices in _offices():
        if lacking := missing(operations(offices)):
            print("\n".join(lacking), file=sys.stderr)
            return 1
        DOCUMENT.write_text(document(tried(offices)), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
