"""W3C Verifiable Credentials Data Model 2.0, and 1.1 for reading: the rules for whatever a credential is about.

check_credential(document)    # raises ShapeError, RangeError or UnknownContext
check_presentation(document)  # its credentials too
check_envelope(document)      # EnvelopedVerifiableCredential: a data: URL
period(document)              # from when until when, under either version
"""

from vc.model.credential import check_credential, period
from vc.model.members import Version, version_of
from vc.model.presentation import (
    ENVELOPED_CREDENTIAL,
    ENVELOPED_PRESENTATION,
    check_envelope,
    check_presentation,
    is_enveloped,
)

__all__ = [
    "ENVELOPED_CREDENTIAL",
    "ENVELOPED_PRESENTATION",
    "Version",
    "check_credential",
    "check_envelope",
    "check_presentation",
    "is_enveloped",
    "period",
    "version_of",
]
