"""Pages: escaped, complete, in the reader's language, and nothing that a strict Content-Security-Policy would stop."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import UndefinedError

import templates
from templates.messages import Message
from templates.pages import render, safe_href, shown
from tests.templates import samples
from verifier.report import Check, Outcome, Report

HTML = Path(templates.__file__).parent / "html"
PAGES = samples.pages()


class Page(HTMLParser):
    """What a browser would see: start tags with their attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))


VOID = {"meta", "link", "input", "img", "br", "wbr", "hr"}


def certificate(lang: str = "en", **changes: Any) -> Page:
    return Page(render("certificate.html", lang=lang, view=samples.specialization(**changes)))


def verdict(report: Report, lang: str = "en") -> Page:
    return Page(render("verdict.html", lang=lang, report=report))


@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_page_is_well_formed_and_runs_under_the_policy(name: str) -> None:
    page = Page(PAGES[name])
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert not page.all("style")
    assert all(script.get("src", "").startswith("/static/") for script in page.all("script"))  # type: ignore[union-attr]  # a script without src has none
    for _, attributes in page.tags:
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
    assert all(
        (link["href"] or "").split(":")[0] in ("http", "https") or (link["href"] or "")[0] in "/#"
        for link in page.all("a")
    )
    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == 1


def test_no_template_has_script_or_style_of_its_own() -> None:
    """The sources too, for a branch that no sample takes."""
    for path in HTML.glob("*.html"):
        source = path.read_text("utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", source), path
        assert all("src=" in script for script in re.findall(r"<script[^>]*>", source)), path
        assert "|safe " not in source, path
        assert "| safe " not in source, path


def test_hostile_values_are_text() -> None:
    bad = '"><script>alert(1)</script>{{ 7 * 7 }}'
    page = certificate(learner=bad, title=bad, organization=bad, description=bad, status="revoked", status_reason=bad)
    assert [script["src"] for script in page.all("script")] == [page.all("script")[0]["src"]]
    assert page.text.count("<script>alert(1)</script>{{ 7 * 7 }}") >= 5


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render("certificate.html", lang="en")
    with pytest.raises(UndefinedError):
        render("problem.html", lang="en", title="a", detail="b")


@pytest.mark.parametrize(
    "link",
    [
        *("javascript:alert(1)", "JavaScript:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)"),
        *("data:text/html,x", "vbscript:x", "file:///etc/passwd", "//evil.example", "/\\evil.example", "https:"),
        *("https:///x", "ftp://a.example/", "mailto:a@b.example", "http://[", "https://a.example/\u202e", ""),
    ],
)
def test_links_that_are_never_rendered(link: str) -> None:
    assert safe_href(link) == ""
    page = certificate(url=link, verify_url="https://check.example/", linkedin=link, downloads=(("PDF", link),))
    assert link == "" or link not in [tag.get("href") for _, tag in page.tags]


@pytest.mark.parametrize("link", ["https://a.example/b?c=d", "http://localhost:8000/", "/credentials/a.pdf"])
def test_links_that_are(link: str) -> None:
    assert safe_href(link) == link


@pytest.mark.parametrize("control", "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_direction_controls_are_shown(control: str) -> None:
    assert shown(f"<{control}") == f'&lt;<span class="control">U+{ord(control):04X}</span>'
    assert control not in render("certificate.html", lang="en", view=samples.specialization(learner=f"Ada{control}"))
    found = samples.report(samples.specialization(title=f"Data{control}"))
    assert control not in render("verdict.html", lang="en", report=found)


def test_names_keep_their_joiners_and_accents() -> None:
    assert samples.STACKED in certificate(learner=samples.STACKED).text
    assert "नि\u200dका" in certificate(learner="नि\u200dका").text


def test_certificate_says_everything_in_reading_order() -> None:
    view = samples.specialization(partners=("Vanderbilt University (demonstration)",))
    text = Page(render("certificate.html", lang="en", view=view)).text
    text = text[text.index("Skip to") :]
    order = [
        *(view.organization, "certifies that", view.learner, "has completed the Specialization", view.title),
        *("All 9 courses and the capstone were completed in English.", "R Programming", "5 April 2025"),
        *("Capstone", "27 February 2026", "Awarded", "2 March 2026", "did:web:awards.example", view.short_verify),
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_certificate_is_linked_to_its_other_forms() -> None:
    view = samples.specialization()
    page = Page(render("certificate.html", lang="en", view=view))
    links = {(link["rel"], link.get("type"), link["href"]) for link in page.all("link")}
    assert ("canonical", None, view.url) in links
    assert {
        ("alternate", "application/vc", f"{view.url}.json"),
        ("alternate", "application/pdf", f"{view.url}.pdf"),
    } <= links
    meta = {tag.get("property") or tag.get("name"): tag.get("content") for tag in page.all("meta")}
    assert meta["og:image"] == f"{view.url}.png"
    assert meta["og:title"] == "Data Science · Leonor Vasconcelos"
    assert meta["robots"] == "noindex"
    hrefs = [link["href"] for link in page.all("a")]
    assert {view.linkedin, view.verify_url, f"{view.url}.pdf", f"{view.url}.json"} <= set(hrefs)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("suspended", "Suspended since 2 March 2026"),
        ("revoked", "Revoked on 2 March 2026"),
        ("superseded", "Replaced by a newer certificate on 2 March 2026"),
        ("expired", "Expired on 2 March 2026"),
    ],
)
def test_status_banner(status: str, words: str) -> None:
    newer = f"{samples.SITE}/credentials/newer"
    changes: dict[str, Any] = {
        "status": status,
        "status_date": samples.views()["chinese"].status_date,
        "superseded_by": newer,
    }
    page = certificate(status_reason="grade corrected", **changes)
    assert words in page.text
    assert "grade corrected" in page.text
    assert newer in [link["href"] for link in page.all("a")]
    assert ("It was earned again" in page.text) == (status == "revoked")
    until = "It can be put right until 1 April 2026; after that day it will be revoked."
    assert until not in page.text
    assert (until in certificate(status_until=date(2026, 4, 1), **changes).text) == (status == "suspended")
    assert "banner" not in render("certificate.html", lang="en", view=samples.specialization())


@pytest.mark.parametrize(
    ("report", "word", "shape", "reason"),
    [
        (
            samples.report(samples.specialization()),
            "Genuine",
            "circle",
            "Signed by awards.example, unchanged since, and not revoked.",
        ),
        (
            samples.revoked(samples.specialization()),
            "Not genuine",
            "M7.5 1h9",
            "Revoked by the issuer on 2 March 2026: grade corrected.",
        ),
        (
            samples.undetermined(samples.specialization()),
            "Cannot tell yet",
            "M12 .5L",
            "could not be reached. Try again later.",
        ),
    ],
)
def test_verdict_answers_first(report: Report, word: str, shape: str, reason: str) -> None:
    html = render("verdict.html", lang="en", report=report)
    first, rest = html.partition("<main")[2].split("</section>", 1)
    assert re.search(rf"<h1>{word}</h1>", first)
    assert shape in first
    assert reason in Page(f"<main{first}</section></main>").text
    assert f"verdict-{report.verdict}" in first
    joined = Page(f"<main>{rest.partition('</main>')[0]}</main>").text
    order = [
        "Leonor Vasconcelos",
        "Data Science",
        "By whom",
        "awards.example",
        "When",
        "Courses it includes",
        "What we checked",
    ]
    assert [joined.index(words) for words in order] == sorted(joined.index(words) for words in order)


def test_never_green_beside_an_unverified_issuer() -> None:
    page = render("verdict.html", lang="en", report=samples.unvouched(samples.specialization()))
    assert "verdict-unvouched" in page
    assert "nothing shows who made it" in page
    assert "The name is a claim of the credential; nothing confirms it." in page
    css = (templates.static_files() / "style.css").read_text("utf-8")
    rule = re.search(r"\.verdict-unvouched \{([^}]*)\}", css)
    assert rule is not None
    assert "genuine" not in rule[1]
    assert css.index(".verdict-unvouched {") > css.index(".verdict-accepted {")
    for name in re.findall(r"([^{}]*)\{[^}]*--genuine", css):
        assert "issuer" not in name
        assert "fact" not in name


def test_issuer_name_and_domain_are_two_lines() -> None:
    page = render("verdict.html", lang="en", report=samples.report(samples.specialization()))
    assert re.search(
        r'issuer-name"><bdi>Johns Hopkins University \(demonstration\)</bdi></span>\s*<span class="issuer-domain"',
        page,
    )
    assert "The name is a claim of the credential; only the domain was checked." in page


def test_each_check_is_one_line_with_its_detail_folded() -> None:
    report = samples.revoked(samples.specialization())
    page = Page(render("verdict.html", lang="en", report=report))
    assert len(page.all("summary")) == len(report.checks) + 1
    assert "https://www.w3.org/ns/credentials/status-list#REVOKED" in page.text
    assert all("open" not in details for details in page.all("details"))


def test_courses_have_their_own_answers() -> None:
    text = verdict(samples.revoked(samples.specialization())).text
    assert re.search(
        r"The Data Scientist’s Toolbox .* Not in order 4 March 2025 R Programming .* Cannot tell 5 April 2025", text
    )
    assert len(re.findall(r"In order \d", text)) == 8


def test_newer_certificate_is_linked() -> None:
    hrefs = [link["href"] for link in verdict(samples.revoked(samples.specialization())).all("a")]
    assert f"/verify?url={samples.SITE}/credentials/newer" in hrefs
    page = render(
        "verdict.html",
        lang="en",
        report=replace(samples.revoked(samples.specialization()), superseded_by="javascript:a"),
    )
    assert "javascript:" not in page


def test_verdict_without_facts_shows_none() -> None:
    check = Check("structure", Outcome.FAILED, Message("This is no credential."))
    text = verdict(Report((check,), checked_at=datetime(2026, 4, 1, 14, 5, tzinfo=UTC))).text
    assert "Not genuine This is no credential." in text
    assert "What it claims" not in text
    assert "1 April 2026, 14:05 UTC" in text


def test_verdict_shows_nothing_green_when_rejected() -> None:
    assert "verdict-accepted" not in render("verdict.html", lang="en", report=samples.revoked(samples.specialization()))


def test_start_page_works_without_javascript() -> None:
    page = Page(render("verifier_start.html", lang="en"))
    forms = [(form["method"], form["action"], form.get("enctype")) for form in page.all("form")]
    assert forms.count(("post", "/verify", "multipart/form-data")) == 3
    assert ("get", "/verify", None) in forms
    fields = {field["name"] for tag in ("input", "textarea", "select") for field in page.all(tag)}
    assert fields == {"file", "text", "url", "trust", "recipient"}
    assert any(field.get("capture") and field["accept"] == "image/*" for field in page.all("input"))
    assert [option["value"] for option in page.all("option")[:3]] == ["domain", "known", "any"]
    scan = next(button for button in page.all("button") if "data-scan" in button)
    assert "hidden" in scan


def test_start_page_says_what_was_wrong() -> None:
    page = Page(render("verifier_start.html", lang="en", problem=Message("Nothing <was> given.")))
    assert "Nothing <was> given." in page.text


def test_problem_page() -> None:
    page = Page(render("problem.html", lang="en", title=Message("Not found"), detail="<b>", hint=None))
    assert "Not found" in page.text
    assert "<b>" in page.text


def test_api_page_shows_every_operation() -> None:
    schema = {"type": "object", "properties": {"id": {"type": "string", "format": "uri"}}, "required": ["id"]}
    answer = {
        "description": "<ok>",
        "content": {"application/vc": {"schema": {"$ref": "#/components/schemas/Credential"}}},
    }
    sent = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string", "description": "Whose"}}}
    body = {"schema": sent, "example": [{"name": "Zoë’s <b>"}]}
    parameter = {
        "name": "id",
        "in": "path",
        "required": True,
        "schema": {"anyOf": [{"type": "string"}, {"enum": ["a"]}]},
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Issuer <1>", "version": "0.1.0"},
        "paths": {
            "/credentials/{id}": {
                "get": {
                    "tags": ["Credentials"],
                    "summary": "One",
                    "parameters": [parameter],
                    "responses": {"200": answer, "404": {"description": "There is none."}},
                },
                "post": {"requestBody": {"content": {"application/json": body}}},
            }
        },
        "components": {"schemas": {"Credential": schema}},
    }
    page = Page(render("api.html", lang="en", document=document))
    assert "GET /credentials/{id}" in page.text
    assert "POST /credentials/{id}" in page.text
    assert "<ok>" in page.text
    assert '"name": "Zoë’s <b>"' in page.text  # an example, as it is
    assert "Refusals 404" in page.text
    assert "name requiredstring Whose" in " ".join(page.text.split())
    assert "Credentials GET /credentials/{id} One" in page.text  # what an operation does, beside it in the list
    targets = {attributes.get("id") for _, attributes in page.tags}
    assert {(link["href"] or "")[1:] for link in page.all("a") if (link["href"] or "").startswith("#")} <= targets
    assert "describes no operations" in render("api.html", lang="en", document={**document, "paths": {}})


@pytest.mark.parametrize("kind", ["certificate-ten", "verdict-accepted", "start", "problem", "issuer"])
def test_pages_speak_the_readers_language(kind: str) -> None:
    spanish, arabic = Page(PAGES[f"{kind}-es"]), Page(PAGES[f"{kind}-ar"])
    assert spanish.all("html") == [{"lang": "es", "dir": "ltr"}]
    assert arabic.all("html") == [{"lang": "ar", "dir": "rtl"}]
    assert "Ir al contenido" in spanish.text
    assert "انتقل إلى المحتوى" in arabic.text


def test_spanish_certificate_and_verdict() -> None:
    text = certificate("es").text
    assert "certifica que" in text
    assert "2 de marzo de 2026" in text
    assert "completaron en inglés" in text
    assert "Auténtico" in verdict(samples.report(samples.specialization()), "es-MX").text


def test_an_unknown_language_is_english() -> None:
    page = certificate("xx")
    assert page.all("html") == [{"lang": "en", "dir": "ltr"}]
    assert "certifies that" in page.text


def test_without_a_proven_digest_there_is_no_rosette() -> None:
    report = samples.revoked(samples.specialization())
    assert report.facts is not None
    unproven = replace(report, facts=replace(report.facts, digest=b""))
    assert 'class="rosette"' in render("verdict.html", lang="en", report=report)
    assert 'class="rosette"' not in render("verdict.html", lang="en", report=unproven)


def test_achievement_page() -> None:
    achievement = SimpleNamespace(
        title="<Data>",
        description="d",
        language="es",
        narrative="n",
        code="ds",
        version="1",
        hours=None,
        tags=("R & S",),
        other_languages=(("zh", "https://awards.example/zh"), ("fr", "javascript:a")),
    )
    page = Page(render("achievement.html", lang="en", achievement=achievement))
    assert page.open == []
    assert "<Data>" in page.text
    assert "R & S" in page.text
    assert [link["href"] for link in page.all("a")][-1] == "https://awards.example/zh"
