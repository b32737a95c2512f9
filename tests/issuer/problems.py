"""Every problem type that the issuer answers with: `python -m tests.issuer.problems` writes docs/problems.md.

A new class of error needs nothing here: its docstring says when it comes, its status what to do; `WHAT_TO_DO` holds
better words where there are some.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from issuer import api_errors, app, cli, errors, problem_details
from issuer.errors import IssuerError
from issuer.problem_details import KINDS, TYPES, Kind
from vc.errors import Invalid

DOCUMENT = Path(__file__).parents[2] / "docs" / "problems.md"

# Only the command line and the outbox say these.
NEVER_ON_THE_WEB = (
    *(errors.DemonstrationRefused, errors.WorkerRefused, errors.BackupRefused, errors.CopyDiffers),
    *(api_errors.MailRefused, api_errors.MailUndelivered),
)

# What the web edge itself answers.
_EDGE = {
    "about:blank": (0, "The request could not be answered", "HTTP itself says what is wrong: see the status."),
    "unexpected": (500, "Something went wrong here", "An error that nobody foresaw; the log has it by its number."),
}

_BY_STATUS: Mapping[int, str] = {
    0: "See the status.",
    400: "Correct the request as the detail says, and send it again.",
    401: "Show a key, as `Authorization: Bearer`; the organization's administrator makes one.",
    403: "Use a key whose role or scope is for this; the detail names it.",
    404: "Look the address or the id up again. What is another organization's is not found either.",
    405: "Use a method that the `Allow` header names.",
    406: "Accept one of the forms that the detail names.",
    409: "Look at what is recorded: the request contradicts it. The same request again will not do.",
    413: "Send it in parts.",
    415: "Send it as the media type that the detail names.",
    422: "Correct the request as the detail says, and send it again.",
    429: "Wait, and send it again.",
    500: "Report the number.",
    501: "Ask for another form.",
    503: "Send it again later.",
    507: "Whoever runs the issuer makes room; then send it again.",
}

# By the last part of the type.
WHAT_TO_DO: Mapping[str, str] = {
    "idempotency-key-reused": "Take a new Idempotency-Key for a new request.",
    "request-under-way": "Wait, and send the same request with the same key again: it is answered once it is done.",
    "not-released": "Wait: the certificate is recorded, and will be signed and released.",
    "not-initialized": "Whoever runs the issuer runs `issuer init`.",
    "config-invalid": "Whoever runs the issuer corrects `config.json`; the log says where.",
    "key-refused": "Whoever runs the issuer looks at the key; the log says what is wrong with it.",
    "read-back-failed": "Whoever runs the issuer looks at the log: what was signed did not verify.",
}


@dataclass(frozen=True)
class Type:
    """`url`: what `type` is; `status` 0: any."""

    url: str
    status: int
    title: str
    when: str

    @property
    def what_to_do(self) -> str:
        return WHAT_TO_DO.get(self.url.rpartition("#")[2], "") or _BY_STATUS[self.status]


def classes(root: type = IssuerError) -> Iterator[type]:
    """All of the issuer's and of vc's below the root, with it: whatever else is loaded."""
    yield root
    for one in root.__subclasses__():
        if one.__module__.startswith(("issuer.", "vc.")):
            yield from classes(one)


def kind_of(error: type) -> Kind | None:
    """As `issuer.problem_details` finds it; None where only the root has one."""
    return next((KINDS[one] for one in error.__mro__ if one in KINDS and one is not IssuerError), None)


def types() -> tuple[Type, ...]:
    found: dict[str, Type] = {}
    for error in classes():
        kind = kind_of(error)
        if kind is None or error in NEVER_ON_THE_WEB or not issubclass(error, IssuerError):
            continue
        url = error.problem or TYPES + error.code.lower().replace("_", "-")
        found.setdefault(url, Type(url, kind.status, kind.title.text, _first_sentence(error)))
    refused = KINDS[api_errors.CredentialRefused]
    for wrong in classes(Invalid):
        url = str(getattr(wrong, "problem", ""))
        found.setdefault(url, Type(url, refused.status, refused.title.text, _first_sentence(wrong)))
    for status, (name, title, detail) in problem_details._HTTP.items():
        found.setdefault(TYPES + name, Type(TYPES + name, status, title.text, detail.text))
    for name, (status, title, when) in _EDGE.items():
        url = name if ":" in name else TYPES + name
        found.setdefault(url, Type(url, status, title, when))
    return tuple(sorted(found.values(), key=lambda one: (not one.url.startswith(TYPES), one.url)))


def _first_sentence(error: type) -> str:
    return " ".join((error.__doc__ or "").split("\n\n")[0].split())


def document(all_of_them: Iterable[Type]) -> str:
    lines = [_HEAD, "| Type | Status | Title | When | What to do |\n", "| --- | --- | --- | --- | --- |\n"]
    for one in all_of_them:
        cells = (f"`{one.url}`", str(one.status or "any"), one.title, one.when, one.what_to_do)
        lines.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |\n")
    return "".join(lines)


_HEAD = """# Problem details

Made from the code (`python -m tests.issuer.problems`; a test says when this is stale). Every refusal of the issuer is
`application/problem+json` (RFC 9457): `type` is one of these and stable, `status`, a `title` and a `detail` in the
reader's language. Browsers get a page instead.

"""


def main() -> int:
    DOCUMENT.write_text(document(types()), "utf-8")
    return 0


# Who makes this table has loaded every module that may define an error.
LOADED = (app, cli)

if __name__ == "__main__":
    sys.exit(main())
