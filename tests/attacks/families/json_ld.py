"""Members that the signature does not cover, words that change their meaning, nodes that swap their members."""

from typing import Any

from tests.attacks.attack import altered, attack, guard, issued
from tests.attacks.guards import FORM
from tests.attacks.stage import Stage
from vc.context_rules import CLR_201, VC2
from vc.status.bitstring import ENTRIES, Bitstring

_JSONLD, _RDF, _RULES = "vc/jsonld.py", "vc/rdf.py", "vc/context_rules.py"

COUNT = guard("as many values leave as came in", (_JSONLD, "if left != came_in:", "if False:"))
DROPPED = guard("no member is dropped", (_JSONLD, "options, on_property_dropped=refuse)", "options)"))
AT_WORDS = guard(
    "no @ words",
    (_JSONLD, 'if name == "@context" and embedded:', 'if name.startswith("@"):'),
    (_JSONLD, "                check_contexts(member, embedded_rule(member, rule))\n", ""),
)
WORDS_ONLY = guard("members are called by words", (_JSONLD, 'if ":" in name:', "if False:"))
NULL = guard("no null", (_JSONLD, "    if value is None:\n", "    if False:\n"))
ABSOLUTE = guard(
    "every id is absolute",
    (_RDF, 'if text.startswith(RELATIVE_BASE.partition("//")[0]):', "if False:"),
    (_RDF, "if not _IRI.match(text):", "if False:"),
)
ONCE = guard("a statement stands once", (_RDF, "if self.stated != len(self.scoped):", "if False:"))
UNIQUE = guard("a node stands once", (_RDF, "if self.scope in scopes:", "if False:"))
SHARED = guard("an embedded credential says nothing of its host's nodes", (_RDF, "        self._check_shared()\n", ""))
BUDGET = guard("a budget of work", ("vc/rdfc.py", "if self.left < 0:", "if False:"))
LEAVES = guard("bounded values", (_JSONLD, "if came_in > MAX_LEAVES:", "if False:"))
VERSION = guard("a known data model", ("vc/model/members.py", "    if version is None:\n", "    if False:\n"))
INLINE = guard("no context written out", (_RULES, "if not isinstance(url, str):", "if False:"))
FIRST = guard("the first context", (_RULES, "if urls[:1] != [rule.first]:", "if False:"))
SECOND = guard("the second context", (_RULES, "if not rest or rest[0] not in rule.second:", "if False:"))
OTHERS = guard("further contexts", (_RULES, "if url not in rule.others:", "if False:"))
CONTEXT_ONCE = guard("a context is named once", (_RULES, "if len(set(urls)) != len(urls):", "if False:"))

UNDEFINED = DROPPED | COUNT
NO_RDF = guard(
    "no @ words in RDF", (_RDF, 'raise UnsignedData("{name} cannot be signed here.", name=name)', "continue")
)
WORDS = AT_WORDS | COUNT
NOTHING = NULL | COUNT


def _achievement(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["credentialSubject"]["achievement"]
    return found


# --- what no context defines is not signed -----------------------------------------------------------------

for _name, _threat, _change in (
    (
        "at-the-top",
        "A member that no context defines is dropped before hashing, so anybody can add it.",
        lambda d: d.update(honours="x"),
    ),
    (
        "in-the-subject",
        "The same inside the subject.",
        lambda d: d["credentialSubject"].update(honours="with distinction"),
    ),
    ("in-the-achievement", "The same inside the achievement.", lambda d: _achievement(d).update(level="PhD")),
    ("in-the-criteria", "The same four levels down.", lambda d: _achievement(d)["criteria"].update(exam="passed")),
    ("in-the-issuer", "The same inside the issuer.", lambda d: d["issuer"].update(accreditedBy="A Ministry")),
    (
        "in-a-result",
        "The same beside the grade.",
        lambda d: d["credentialSubject"]["result"][0].update(rank="1"),
    ),
    ("in-the-status", "The same in the status.", lambda d: d["credentialStatus"].update(note="never revoked")),
    (
        "in-the-proof",
        "The proof's own members are canonicalized, too.",
        lambda d: d["proof"][0].update(note="notarized"),
    ),
    (
        "look-alike",
        "A Cyrillic letter makes an undefined member look like a defined one.",
        lambda d: d.update({"n\u0430me": "Doctor"}),
    ),
    (
        "another-case",
        "Names are compared by case; readers may not do so.",
        lambda d: _achievement(d).update(Name="Doctor"),
    ),
    (
        "with-a-space",
        "A space at the end of a name is not seen.",
        lambda d: _achievement(d).update({"name ": "Doctor"}),
    ),
    ("proto", "A name that means something to JavaScript.", lambda d: d.update(__proto__={"verified": True})),
    ("an-object", "A whole undefined object.", lambda d: d["credentialSubject"].update(transcript={"grade": "A"})),
    ("empty-name", "The empty name is one, too.", lambda d: d.update({"": "x"})),
):
    altered(f"json-ld/undefined-{_name}", _threat, _change, "proof UNSIGNED_DATA", UNDEFINED)

# --- words of JSON-LD itself -------------------------------------------------------------------------------

for _name, _threat, _change in (
    (
        "index",
        "@index is metadata that RDF does not have.",
        lambda d: _achievement(d).update({"@index": "summa cum laude"}),
    ),
    (
        "unknown",
        "A word that looks like a keyword is ignored.",
        lambda d: _achievement(d).update({"@honours": "summa"}),
    ),
    ("unknown-at-the-top", "The same at the top.", lambda d: d.update({"@honours": "summa cum laude"})),
    ("index-in-the-issuer", "@index in the issuer.", lambda d: d["issuer"].update({"@index": "accredited"})),
    ("nest", "@nest can hold members as if they stood outside.", lambda d: _achievement(d).update({"@nest": {}})),
    ("in-the-proof", "The same in the proof.", lambda d: d["proof"][0].update({"@index": "notarized"})),
):
    altered(f"json-ld/at-word-{_name}", _threat, _change, "proof UNSIGNED_DATA", WORDS | DROPPED | NO_RDF)

altered(
    "json-ld/inner-context-hides-a-member",
    "A context inside the subject maps a forged member to nothing, so it is shown and not signed.",
    lambda d: d["credentialSubject"].update({"@context": {"honours": None}, "honours": "summa cum laude"}),
    "proof UNSIGNED_DATA",
    WORDS | DROPPED,
)
altered(
    "json-ld/inner-context-in-the-issuer",
    "The same in the issuer.",
    lambda d: d["issuer"].update({"@context": {"accreditedBy": None}, "accreditedBy": "A Ministry"}),
    "proof UNSIGNED_DATA",
    WORDS | DROPPED,
)
altered(
    "json-ld/inner-context-empty",
    "Even an empty inner context is not covered by the signature.",
    lambda d: d["credentialSubject"].update({"@context": {}}),
    "proof UNSIGNED_DATA",
    WORDS,
)
altered(
    "json-ld/inner-context-pinned",
    "A known context inside the subject gives words that the host's contexts do not have.",
    lambda d: d["credentialSubject"].update({"@context": VC2}),
    "proof UNSIGNED_DATA",
    WORDS,
)

# --- names that are addresses ------------------------------------------------------------------------------

_CREDENTIALS = "https://www.w3.org/2018/credentials#"


@attack(
    "json-ld/status-called-by-its-address",
    "credentialStatus written out as the URL it stands for is signed alike, and who looks for the word finds none: "
    "here the credential is revoked.",
    "proof UNSIGNED_DATA",
    WORDS_ONLY,
)
def _(stage: Stage) -> bytes:
    secured = stage.secure(stage.course())
    secured[_CREDENTIALS + "credentialStatus"] = secured.pop("credentialStatus")
    stage.status_list(lambda d: d["credentialSubject"].update(encodedList=_all_revoked()))
    return stage.text(secured)


def _all_revoked() -> str:
    return Bitstring(b"\xff" * (ENTRIES // 8)).encode()


altered(
    "json-ld/evidence-called-by-its-address",
    "The same hides the evidence.",
    lambda d: d.update({_CREDENTIALS + "evidence": d.pop("evidence")}),
    "proof UNSIGNED_DATA",
    WORDS_ONLY,
    program=True,
)
altered(
    "json-ld/alignment-called-by-its-address",
    "The same hides which course a result is of.",
    lambda d: d["credentialSubject"]["achievement"].update(
        {"https://purl.imsglobal.org/spec/vc/ob/vocab.html#alignment": _achievement(d).pop("alignment")}
    ),
    "proof UNSIGNED_DATA",
    WORDS_ONLY,
    program=True,
)

# --- null is dropped ---------------------------------------------------------------------------------------

for _name, _threat, _change in (
    ("member", "null is dropped, but a reader may show that the member is there.", lambda d: d.update(termsOfUse=None)),
    ("in-a-list", "null in a list is dropped.", lambda d: d["issuer"].update(otherIdentifier=[None])),
    ("in-the-issuer", "null in the issuer.", lambda d: d["issuer"].update(parentOrg=None)),
    ("in-the-proof", "null in the proof.", lambda d: d["proof"][0].update(nonce=None)),
):
    altered(f"json-ld/null-{_name}", _threat, _change, "structure MALFORMED_VALUE_ERROR", NOTHING | FORM)

# --- ids that mean something else elsewhere ----------------------------------------------------------------

issued(
    "json-ld/relative-other-identifier",
    "A relative id names another thing wherever the file lies.",
    lambda c: c["issuer"].update(parentOrg={"id": "ministry", "type": ["Profile"]}),
    "structure MALFORMED_VALUE_ERROR",
    ABSOLUTE | FORM,
)
issued(
    "json-ld/network-path-reference",
    "An id without a scheme leads to another host's document.",
    lambda c: c.update(termsOfUse={"id": "//evil.example/terms", "type": "https://terms.example/Terms"}),
    "structure MALFORMED_VALUE_ERROR",
    ABSOLUTE | FORM,
)
issued(
    "json-ld/undefined-type",
    "A type that no context defines means what each reader likes.",
    lambda c: c["type"].append("GovernmentDiploma"),
    "structure MALFORMED_VALUE_ERROR",
    ABSOLUTE | FORM,
)
issued(
    "json-ld/id-with-a-line-break",
    "A line break in an id writes a second statement into the N-Quads that are hashed.",
    lambda c: c.update(termsOfUse={"id": "urn:a>\n<urn:b", "type": "https://terms.example/Terms"}),
    "structure MALFORMED_VALUE_ERROR",
    ABSOLUTE | FORM,
)
issued(
    "json-ld/id-with-a-bracket",
    "A closing bracket in an id ends it in the N-Quads that are hashed.",
    lambda c: c.update(termsOfUse={"id": "urn:a> <urn:p> <urn:b", "type": "https://terms.example/Terms"}),
    "structure MALFORMED_VALUE_ERROR",
    ABSOLUTE | FORM,
)

# --- what stands twice -------------------------------------------------------------------------------------

altered(
    "json-ld/value-twice",
    "Two equal values are one statement, so the signature cannot tell how often it stands there.",
    lambda d: _achievement(d)["tag"].append("python"),
    "proof UNSIGNED_DATA",
    ONCE,
)


def _creator(credential: dict[str, Any]) -> None:
    """The issuer and the achievement's creator are one node of the graph."""
    _achievement(credential)["creator"] = {"id": credential["issuer"]["id"], "type": ["Profile"]}


@attack(
    "json-ld/member-moved-between-equal-ids",
    "Nodes with one id are one node, so a member can be moved from one place to the other: here the issuer's name.",
    "proof UNSIGNED_DATA",
    UNIQUE | ONCE,
)
def _(stage: Stage) -> bytes:
    credential = stage.course()
    _creator(credential)
    secured = stage.secure_as_is(credential)
    _achievement(secured)["creator"]["name"] = secured["issuer"].pop("name")
    return stage.text(secured)


@attack(
    "json-ld/criteria-is-the-achievement",
    "Criteria with the achievement's id: its narrative can be moved to the achievement, and its description away.",
    "proof UNSIGNED_DATA",
    UNIQUE | ONCE,
)
def _(stage: Stage) -> bytes:
    credential = stage.course()
    _achievement(credential)["criteria"]["id"] = _achievement(credential)["id"]
    secured = stage.secure_as_is(credential)
    _achievement(secured)["criteria"]["inLanguage"] = _achievement(secured).pop("inLanguage")
    return stage.text(secured)


@attack(
    "json-ld/evidence-is-the-related-resource",
    "A piece of evidence and a bound resource with one id: the name of one can be moved to the other.",
    "proof UNSIGNED_DATA",
    UNIQUE | ONCE,
)
def _(stage: Stage) -> bytes:
    credential = stage.program()
    target = credential["relatedResource"][0]["id"]
    credential["evidence"] = [{"id": target, "type": ["Evidence"], "name": "A look at the certificate"}]
    secured = stage.secure_as_is(credential)
    secured["relatedResource"][0]["name"] = secured["evidence"][0].pop("name")
    return stage.text(secured)


# --- work --------------------------------------------------------------------------------------------------


def _poison(credential: dict[str, Any], results: int = 6, alignments: int = 10) -> None:
    same = [{"type": ["Alignment"], "targetName": "x", "targetUrl": "https://a.example"}] * alignments
    credential["credentialSubject"]["result"] = [{"type": ["Result"], "alignment": same}] * results


altered(
    "json-ld/poison-graph",
    "Equal nodes in equal nodes: telling them apart takes a time that grows with the factorial of their number.",
    _poison,
    "proof TOO_LARGE",
    BUDGET,
)
issued(
    "json-ld/twenty-thousand-values",
    "Values beyond number keep the expansion busy.",
    lambda d: _achievement(d).update(tag=[f"t{number}" for number in range(20_001)]),
    "proof TOO_LARGE",
    LEAVES,
)

# --- contexts ----------------------------------------------------------------------------------------------

altered(
    "json-ld/inline-context",
    "A context written out in the document lets a stranger say what its words mean.",
    lambda d: d["@context"].append({"honours": None}),
    "structure UNKNOWN_CONTEXT",
    INLINE,
)
altered(
    "json-ld/inline-context-swaps-two-words",
    "An inline context swaps the meanings of two words under an unchanged signature.",
    lambda d: d["@context"].insert(2, {"humanCode": "https://schema.org/name"}),
    "structure UNKNOWN_CONTEXT",
    INLINE,
)
altered(
    "json-ld/contexts-in-another-order",
    "The second context may redefine words of the first, so their order is a part of the meaning.",
    lambda d: d["@context"].reverse(),
    "structure UNKNOWN_CONTEXT",
    FIRST | SECOND | OTHERS | FORM | VERSION,
)
altered(
    "json-ld/further-context",
    "A known context that has no business in a badge brings words of its own.",
    lambda d: d["@context"].append("https://www.w3.org/ns/credentials/examples/v2"),
    "structure UNKNOWN_CONTEXT",
    OTHERS,
)
altered(
    "json-ld/context-for-undefined-terms",
    "A context that turns every unknown word into a known one opens the door for all of them.",
    lambda d: d["@context"].append("https://www.w3.org/ns/credentials/undefined-terms/v2"),
    "structure UNKNOWN_CONTEXT",
    OTHERS,
)
altered(
    "json-ld/learner-record-context-in-a-badge",
    "A context of another kind of document gives a badge its words.",
    lambda d: d["@context"].append(CLR_201),
    "structure UNKNOWN_CONTEXT",
    OTHERS,
)
altered(
    "json-ld/context-twice",
    "A context named twice is not what was signed by every suite.",
    lambda d: d["@context"].append(VC2),
    "structure UNKNOWN_CONTEXT",
    OTHERS | CONTEXT_ONCE | FORM,
)
