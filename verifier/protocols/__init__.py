"""What the verifier serves beside its pages: one file is one specification or one purpose, and one line here."""

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import APIRouter

from verifier.protocols import batch, vc_api

PROTOCOLS: Mapping[str, APIRouter] = MappingProxyType(
    {
        "batch": batch.router,
        "vc_api": vc_api.router,
    }
)
