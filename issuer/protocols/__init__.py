"""The specifications that the issuer serves: one file is one specification is one router, and one line here."""

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import APIRouter

from issuer.protocols import did_documents, json_schemas, status_lists, vc_api, webhooks

PROTOCOLS: Mapping[str, APIRouter] = MappingProxyType(
    {
        "did_documents": did_documents.router,
        "json_schemas": json_schemas.router,
        "status_lists": status_lists.router,
        "vc_api": vc_api.router,
        "webhooks": webhooks.router,
    }
)
