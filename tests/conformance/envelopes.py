"""Enveloped credentials and presentations: a data URL in place of a document (VCDM 2.0 sections 4.13.2 and 4.13.3)."""

import base64
import binascii
from datetime import datetime
from typing import Any

from tests.conformance.profiles import Profile
from vc import formats
from vc.context_rules import VC2
from vc.errors import MalformedValue, NotSupported
from vc.keys import Signer
from vc.securing import Dereference

CREDENTIAL, PRESENTATION = "EnvelopedVerifiableCredential", "EnvelopedVerifiablePresentation"
MEDIA_TYPES = frozenset({f"application/{what}+{how}" for what in ("vc", "vp") for how in ("jwt", "sd-jwt", "cose")})


def is_envelope(document: dict[str, Any]) -> bool:
    """Whether it says so, or has an envelope's id."""
    words = document.get("type")
    words = words if isinstance(words, list) else [words]
    return bool({CREDENTIAL, PRESENTATION} & {word for word in words if isinstance(word, str)}) or str(
        document.get("id")
    ).startswith("data:")


def open_credential(
    envelope: dict[str, Any], profile: Profile, now: datetime, *, dereference: Dereference
) -> dict[str, Any]:
    """The credential that is proved inside. Raises `Invalid` or `NotSupported`."""
    secured = formats.read(content(envelope, CREDENTIAL))
    expected = profile.of_credential(secured.document, now)
    return formats.verify(secured, dereference=dereference, expected=expected).document


def open_presentation(
    envelope: dict[str, Any], profile: Profile, now: datetime, *, dereference: Dereference, **asked: str
) -> dict[str, Any]:
    secured = formats.read(content(envelope, PRESENTATION))
    expected = profile.of_presentation(secured.document, now, **asked)
    return formats.verify(secured, dereference=dereference, expected=expected).document


def seal(credential: dict[str, Any], signer: Signer, verification_method: str) -> dict[str, Any]:
    """An enveloped credential, as `vc+jwt`."""
    raise NotSupported("Credentials as tokens are not made here yet.")


def content(envelope: dict[str, Any], kind: str) -> bytes:
    """The bytes of the data URL (RFC 2397). Raises `MalformedValue`."""
    urls, words = envelope.get("@context"), envelope.get("type")
    if VC2 not in (urls if isinstance(urls, list) else [urls]):
        raise MalformedValue("The envelope's @context does not name {context}.", context=VC2)
    if words != kind and words != [kind]:
        raise MalformedValue("The envelope's type is not {kind}.", kind=kind)
    head, comma, data = str(envelope.get("id")).partition(",")
    scheme, _, rest = head.partition(":")
    media, *parameters = rest.split(";")
    if scheme != "data" or not comma or media not in MEDIA_TYPES:
        raise MalformedValue("The envelope's id is no data URL of a credential's media type.")
    if parameters != ["base64"]:
        return data.encode()
    try:
        return base64.b64decode(data.strip() + "=" * (-len(data.strip()) % 4), validate=True)
    except binascii.Error as error:
        raise MalformedValue("The envelope's data URL is not base64.") from error
