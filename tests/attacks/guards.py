"""Guards that attacks of several families meet."""

from tests.attacks.attack import guard

# The data model as a whole: what no schema demands is shown to nobody.
FORM = guard(
    "the data model", ("verifier/checks/structure.py", "kind = check_structure(case.document)", 'kind = "achievement"')
)
SIGNATURE = guard(
    "the signature",
    ("vc/keys/__init__.py", "if not KINDS[self.kind].matches(self.raw, signature, message):", "if False:"),
)
CONTROLLER = guard("the key is the issuer's", ("vc/securing.py", "if not controls(method, party):", "if False:"))
TWICE = guard("a member stands once", ("vc/strict_json.py", "if len(members) != len(pairs):", "if False:"))
BASE64 = guard("one spelling in base64url", ("vc/multibase.py", "if base64url_encode(data) != text:", "if False:"))
