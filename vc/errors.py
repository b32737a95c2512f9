"""One class per problem that the specifications name, under two roots.

`Invalid` says that something is *wrong*: forged, malformed, revoked. `Unavailable` says that something needed
*could not be had*: a host is down, a list cannot be read. The two are never mixed: the first makes a verdict
`rejected`, the second `undetermined`, and neither ever becomes `accepted`.

Every error carries a message template and its parameters apart, so that a page can say it in the reader's
language, and `problem`, the URL of the problem type (VCDM 2.0 "Problem Details"; RFC 9457).

    >>> error = ProofInvalid("The signature of {who} does not match.", who="did:example:a")
    >>> str(error), error.code
    ('The signature of did:example:a does not match.', 'PROOF_VERIFICATION_ERROR')
"""

from typing import Any

_VCDM = "https://www.w3.org/TR/vc-data-model#"
_SECURITY = "https://w3id.org/security#"
_STATUS = "https://www.w3.org/ns/credentials/status-list#"
_OURS = "https://testamur.example/problems#"


class VcError(Exception):
    """What all errors of this package have in common.

    `message` is a `str.format` template in English, `params` its values. `problem` is the problem type's URL.
    """

    problem: str = _OURS + "ERROR"

    def __init__(self, message: str, **params: Any) -> None:
        super().__init__(message, params)
        self.message = message
        self.params = params

    @property
    def code(self) -> str:
        return self.problem.rpartition("#")[2]

    def __str__(self) -> str:
        return self.message.format(**self.params)


class Invalid(VcError):
    """Something is wrong with what was given. It will not get better by trying again."""

    problem = _OURS + "INVALID"


class Unavailable(VcError):
    """Something needed could not be had now. It says nothing about what was given."""

    problem = _OURS + "UNAVAILABLE"


class NotSupported(Unavailable):
    """It is in a form that exists and that this version does not read. Nothing need be wrong with it."""

    problem = _OURS + "NOT_SUPPORTED"


# --- reading -----------------------------------------------------------------------------------------------


class ParsingError(Invalid):
    """VCDM 2.0 PARSING_ERROR: the bytes are not the JSON, image or document that they claim to be."""

    problem = _VCDM + "PARSING_ERROR"


class MalformedValue(Invalid):
    """VCDM 2.0 MALFORMED_VALUE_ERROR: a member is missing or has the wrong type or form."""

    problem = _VCDM + "MALFORMED_VALUE_ERROR"


class RangeError(Invalid):
    """VCDM 2.0 RANGE_ERROR: a number or a date lies outside what is allowed."""

    problem = _VCDM + "RANGE_ERROR"


class ContainerError(Invalid):
    """A PNG, SVG or PDF is damaged, holds no credential, or holds more than one."""

    problem = _OURS + "CONTAINER_ERROR"


class NoCredential(ContainerError):
    """The container is sound and holds no credential."""

    problem = _OURS + "NO_CREDENTIAL"


class TooLarge(Invalid):
    """A limit of size, depth or work was reached; the input is refused rather than processed."""

    problem = _OURS + "TOO_LARGE"


# --- meaning -----------------------------------------------------------------------------------------------


class UnknownContext(Invalid):
    """The document names a JSON-LD context that is not pinned here, or contexts in an order not allowed."""

    problem = _OURS + "UNKNOWN_CONTEXT"


class UnsignedData(Invalid):
    """The document holds something that canonicalization would drop or merge, so that no signature covers it."""

    problem = _OURS + "UNSIGNED_DATA"


class ShapeError(MalformedValue):
    """The document is no Open Badges 3.0 credential, or none that we would sign."""


# --- proofs ------------------------------------------------------------------------------------------------


class ProofMissing(Invalid):
    """There is no proof, or an empty set of proofs."""

    problem = _OURS + "PROOF_MISSING"


class ProofInvalid(Invalid):
    """Data Integrity 1.0 PROOF_VERIFICATION_ERROR."""

    problem = _SECURITY + "PROOF_VERIFICATION_ERROR"


class UnknownCryptosuite(ProofInvalid):
    """There is no cryptosuite of this name."""

    problem = _OURS + "UNKNOWN_CRYPTOSUITE"


class UnknownAlgorithm(ProofInvalid):
    """RFC 7515: the header's `alg` is none that may be used, or not the key's."""

    problem = _OURS + "UNKNOWN_ALGORITHM"


class InvalidKey(Invalid):
    """Controlled Identifiers INVALID_VERIFICATION_METHOD: the key cannot be read or must not be used."""

    problem = _SECURITY + "INVALID_VERIFICATION_METHOD"


class WrongPurpose(Invalid):
    """Controlled Identifiers INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD."""

    problem = _SECURITY + "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD"


class InvalidIdentifierDocument(Invalid):
    """Controlled Identifiers INVALID_CONTROLLED_IDENTIFIER_DOCUMENT."""

    problem = _SECURITY + "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT"


class UnknownDidMethod(NotSupported):
    """The DID method is not in the table, so the issuer's keys cannot be had."""

    problem = _OURS + "UNKNOWN_DID_METHOD"


# --- status ------------------------------------------------------------------------------------------------


class StatusInvalid(Invalid):
    """Bitstring Status List STATUS_VERIFICATION_ERROR: the list or the entry is wrong."""

    problem = _STATUS + "STATUS_VERIFICATION_ERROR"


class StatusListTooShort(StatusInvalid):
    """Bitstring Status List STATUS_LIST_LENGTH_ERROR: fewer than 131,072 entries."""

    problem = _STATUS + "STATUS_LIST_LENGTH_ERROR"


class StatusMalformed(StatusInvalid):
    """Bitstring Status List section 3: a member that breaks a "MUST" is VCDM 2.0 MALFORMED_VALUE_ERROR."""

    problem = _VCDM + "MALFORMED_VALUE_ERROR"


class StatusOutOfRange(StatusInvalid):
    """Bitstring Status List section 3.2: an index outside the list is VCDM 2.0 RANGE_ERROR."""

    problem = _VCDM + "RANGE_ERROR"


class StatusUnavailable(Unavailable):
    """Bitstring Status List STATUS_RETRIEVAL_ERROR: the list cannot be fetched."""

    problem = _STATUS + "STATUS_RETRIEVAL_ERROR"
