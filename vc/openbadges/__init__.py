"""Open Badges 3.0: building, linting and reading achievement credentials.

credential = course_certificate(award)   # unsecured
lint(credential)                         # raises before anything is signed
"""

from vc.openbadges.awards import Achievement, CourseAward, IncludedPart, Issuer, ProgramAward, Recipient
from vc.openbadges.build import course_certificate, identity_hash, program_certificate
from vc.openbadges.lint import check_values, lint, recipient_name
from vc.openbadges.structure import check_endorsement, check_structure
from vc.values import many

__all__ = [
    "Achievement",
    "CourseAward",
    "IncludedPart",
    "Issuer",
    "ProgramAward",
    "Recipient",
    "check_endorsement",
    "check_structure",
    "check_values",
    "course_certificate",
    "identity_hash",
    "lint",
    "many",
    "program_certificate",
    "recipient_name",
]
