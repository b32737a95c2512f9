"""Certificates and reports to look at and to test with. Every person is invented.

Run as a module it writes pages, PDFs and badges into a folder: `python -m tests.templates.samples FOLDER`.
"""

import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

from templates.badge import badge_png, badge_svg
from templates.certificate_pdf import render_pdf
from templates.messages import Message
from templates.pages import render
from templates.views import CertificateView, PartView
from verifier.report import Check, Facts, IssuerFacts, Outcome, Part, Report

SITE = "https://awards.example"
CHECK = "https://check.example"

DATA_SCIENCE = (
    "The Data Scientist’s Toolbox",
    "R Programming",
    "Getting and Cleaning Data",
    "Exploratory Data Analysis",
    "Reproducible Research",
    "Statistical Inference",
    "Regression Models",
    "Practical Machine Learning",
    "Developing Data Products",
)
REASONING = (
    "Think Again: How to Reason and Argue",
    "Data Analysis and Statistical Inference",
    "English Composition I",
)


def specialization(
    courses: tuple[str, ...] = DATA_SCIENCE, share: str = "7mKq2VxPdW4sYtEa", **changes: object
) -> CertificateView:
    """A Specialization certificate with a capstone; `changes` are members to be set otherwise."""
    url = f"{SITE}/credentials/{share}"
    parts = [
        PartView("course", title, date(2025, 3 + i, 4 + i), f"{SITE}/credentials/part{i}")
        for i, title in enumerate(courses)
    ]
    parts.append(
        PartView(
            "capstone", "Developing a Data Product for the Public", date(2026, 2, 27), f"{SITE}/credentials/capstone"
        )
    )
    view = CertificateView(
        id=url,
        url=url,
        verify_url=f"{CHECK}/verify?url={url}",
        short_verify="check.example/7mKq2VxPdW4sYtEa",
        organization="Johns Hopkins University (demonstration)",
        partners=(),
        learner="Leonor Vasconcelos",
        title="Data Science",
        kind="specialization",
        language="en",
        parts=tuple(parts),
        completed_on=date(2026, 2, 27),
        awarded=date(2026, 3, 2),
        issuer_id="did:web:awards.example",
        status="valid",
        status_date=None,
        status_reason=None,
        superseded_by=None,
        digest=sha256(share.encode()).digest(),
        downloads=(
            ("PDF", f"{url}.pdf"),
            ("Badge (PNG)", f"{url}.png"),
            ("Badge (SVG)", f"{url}.svg"),
            ("Credential (JSON)", f"{url}.json"),
        ),
        linkedin="https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME&name=Data%20Science",
        demonstration=True,
        description="From raw data to a published data product.",
        hours=None,
    )
    return replace(view, **changes)  # type: ignore[arg-type]  # the callers' names are members


def course(**changes: object) -> CertificateView:
    """A Course Certificate: no parts, a description instead."""
    return specialization(
        **{
            "share": "course1",
            "kind": "course",
            "title": "Exploratory Data Analysis",
            "parts": (),
            "hours": 40,
            "description": "Plots and summaries that show what data hold before any model is made of them.",
            **changes,
        }  # type: ignore[arg-type]  # members of the view
    )


_PASSED = (
    Check("structure", Outcome.PASSED, Message("It is a well-formed Open Badges 3.0 credential.")),
    Check("proof", Outcome.PASSED, Message("The signature matches: nothing was changed since it was signed.")),
    Check(
        "issuer",
        Outcome.PASSED,
        Message("The key that signed it is published by {domain}.", domain="awards.example"),
    ),
    Check("validity", Outcome.PASSED, Message("It is within its time of validity.")),
    Check("status", Outcome.PASSED, Message("Its issuer has not revoked or suspended it.")),
    Check("subject", Outcome.SKIPPED, Message("Nobody asked whether it belongs to a particular person.")),
    Check("courses", Outcome.PASSED, Message("All 4 included certificates are in order.")),
)


def report(view: CertificateView, checks: tuple[Check, ...] = _PASSED, **changes: object) -> Report:
    """What a verifier would say of a view's credential; every check passed unless told otherwise."""
    facts = Facts(
        id=view.id,
        name=view.title,
        kind="LearningProgram",
        issuer=IssuerFacts(
            id=view.issuer_id,
            name=view.organization,
            domain="awards.example",
            known=None,
            trust=Message(
                "The domain is shown to be the signer\u2019s; the institution is not on the list of known ones."
            ),
        ),
        recipient=view.learner,
        awarded=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        valid_from=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        valid_until=None,
        language=view.language,
        description=None,
        digest=view.digest,
    )
    parts = tuple(
        Part(
            part.title,
            part.kind,
            part.url,
            Outcome.PASSED,
            Message("In order."),
            datetime(part.awarded.year, part.awarded.month, part.awarded.day, tzinfo=UTC) if part.awarded else None,
        )
        for part in view.parts
    )
    made = Report(
        checks,
        facts=facts,
        courses=parts,
        container="link",
        source=view.id,
        checked_at=datetime(2026, 4, 1, 14, 5, tzinfo=UTC),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # members of the report


def revoked(view: CertificateView) -> Report:
    """As `report`, revoked, with one course revoked and one out of reach, and replaced by a newer certificate."""
    reason = Message("Revoked by the issuer on {date}: {reason}.", date=date(2026, 3, 2), reason="grade corrected")
    status = Check("status", Outcome.FAILED, reason, "https://www.w3.org/ns/credentials/status-list#REVOKED")
    checks = tuple(status if check.name == "status" else check for check in _PASSED)
    made = report(view, checks, superseded_by=f"{SITE}/credentials/newer")
    first, second, *rest = made.courses
    return replace(
        made,
        courses=(
            replace(first, outcome=Outcome.FAILED, detail=reason),
            replace(second, outcome=Outcome.UNKNOWN, detail=Message("Its page did not answer.")),
            *rest,
        ),
    )


def undetermined(view: CertificateView) -> Report:
    """As `report`, while the issuer's list of revoked certificates cannot be had."""
    detail = Message("The list that says whether it was revoked could not be reached. Try again later.")
    problem = "https://www.w3.org/ns/credentials/status-list#STATUS_RETRIEVAL_ERROR"
    unknown = Check("status", Outcome.UNKNOWN, detail, problem)
    return report(view, tuple(unknown if check.name == "status" else check for check in _PASSED))


def unvouched(view: CertificateView) -> Report:
    """As `report`, accepted although nothing shows who the issuer is (trust "any")."""
    made = report(view)
    assert made.facts is not None
    issuer = IssuerFacts("did:key:z6Mkexample", view.organization, None, None, Message("Nothing shows who it is."))
    return replace(made, facts=replace(made.facts, issuer=issuer))


ARABIC = "نادية بنت عبد الرحمن القاسمي"
CHINESE = "歐陽詩涵"
DEVANAGARI = "श्रीनिवास क्षीरसागर"
STACKED = "Ngũgĩ wa Kĩmani-Ō̤ṩ̄̈"
LONG = "María Guadalupe de los Ángeles Fernández-Villaverde y Etxebar"
HOSTILE = "<script>alert(1)</script>\u202eAda"


def views() -> dict[str, CertificateView]:
    """The certificates worth looking at, by name."""
    return {
        "ten": specialization(),
        "three": specialization(REASONING, "three", title="Reasoning, Data Analysis, and Writing", language="es"),
        "arabic": specialization(
            REASONING, "arabic", learner=ARABIC, partners=("Vanderbilt University (demonstration)",)
        ),
        "chinese": specialization(
            share="chinese",
            learner=CHINESE,
            language="zh",
            status="revoked",
            status_date=date(2026, 3, 2),
            status_reason="grade corrected",
            superseded_by=f"{SITE}/credentials/newer",
        ),
        "devanagari": specialization(REASONING, "devanagari", learner=DEVANAGARI),
        "stacked": specialization(REASONING, "stacked", learner=STACKED),
        "long": specialization(
            share="long",
            learner=LONG,
            title="Mobile Cloud Computing with Android and Pattern-Oriented Software Architectures",
        ),
        "one": specialization(REASONING, "one", learner="Ö"),
        "hostile": specialization(REASONING, "hostile", learner=HOSTILE),
        "course": course(),
    }


def pages() -> dict[str, str]:
    """Every page, by file name."""
    made = {}
    for lang in ("en", "es", "ar"):
        for name, view in views().items():
            made[f"certificate-{name}-{lang}"] = render("certificate.html", lang=lang, view=view)
        for name, found in {
            "accepted": report(specialization()),
            "arabic": report(views()["arabic"]),
            "revoked": revoked(views()["chinese"]),
            "undetermined": undetermined(views()["long"]),
            "unvouched": unvouched(views()["hostile"]),
        }.items():
            made[f"verdict-{name}-{lang}"] = render("verdict.html", lang=lang, report=found)
        made[f"start-{lang}"] = render("verifier_start.html", lang=lang)
        made[f"problem-{lang}"] = render(
            "problem.html", lang=lang, title="Not found", detail="There is no certificate here.", hint=""
        )
        made[f"issuer-{lang}"] = render(
            "issuer_index.html",
            lang=lang,
            organization="Duke University (demonstration)",
            issuer_id="did:web:awards.example",
            verifier_url=CHECK,
            demonstration=True,
        )
    return made


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in pages().items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    for name, view in views().items():
        for paper in ("a4", "us-letter"):
            pdf = render_pdf(view, lang="en", attachment=b"{}", attachment_name="credential.json", paper=paper)
            (folder / f"{name}-{paper}.pdf").write_bytes(pdf)
        (folder / f"{name}.png").write_bytes(badge_png(view))
        (folder / f"{name}.svg").write_bytes(badge_svg(view))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
