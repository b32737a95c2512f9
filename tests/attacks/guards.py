"""Guards that attacks of several families meet."""

from tests.attacks.attack import guard

# The data model as a whole: what no schema demands is shown to nobody.
FORM = guard(
    "the data model", ("verifier/checks/structure.py", "kind = check_structure(case.document)", 'kind = "achievement"')
)
