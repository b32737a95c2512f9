"""Enveloped credentials and presentations: a data URL in place of a document (VCDM 2.0 sections 4.13.2 and 4.13.3)."""

import base64
import binascii
from typing import Any

from vc import model
from vc.context_rules import VC2
from vc.errors import MalformedValue
from vc.formats import vc_jwt
from vc.keys import Signer

MEDIA_TYPES = frozenset(
    {f"application/{what}+{how}" for what in ("vc", "vp") for how in ("jwt", "sd-jwt", "cose")} | {"application/jwt"}
)


def is_envelope(document: Any) -> bool:
    """Whether it says so, or has an envelope's id."""
    return model.is_enveloped(document) or (isinstance(document, dict) and str(document.get("id")).startswith("data:"))


def seal(credential: dict[str, Any], signer: Signer, verification_method: str) -> dict[str, Any]:
    """An enveloped credential, as `vc+jwt`."""
    token = vc_jwt.secure(credential, signer=signer, verification_method=verification_method).decode("ascii")
    return {"@context": VC2, "type": model.ENVELOPED_CREDENTIAL, "id": f"data:application/vc+jwt,{token}"}


def content(envelope: dict[str, Any], expected_type: str) -> bytes:
    """The bytes of the data URL (RFC 2397). Raises `MalformedValue`, `UnknownContext`."""
    model.check_envelope(envelope, expected_type)
    head, _, data = envelope["id"].partition(",")
    media, *parameters = head.removeprefix("data:").split(";")
    if media not in MEDIA_TYPES:
        raise MalformedValue("The envelope holds {media}, which no credential is.", media=media)
    if parameters != ["base64"]:
        return str(data).encode()
    try:
        return base64.b64decode(data + "=" * (-len(data) % 4), validate=True)
    except binascii.Error as error:
        raise MalformedValue("The envelope's data URL is not base64.") from error
