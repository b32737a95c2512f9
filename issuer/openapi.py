"""What the OpenAPI document of the framework lacks: examples as they were given, with what is null.

app.openapi = lambda: with_whole_examples(generated(), routers)
"""

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute


def with_whole_examples(document: dict[str, Any], routers: Iterable[APIRouter]) -> dict[str, Any]:
    """The OpenAPI document, its examples of answers as the routes give them: the framework leaves out what is null, and
    a reader could not see that such a member is there."""
    for router in routers:
        for route in router.routes:
            if not isinstance(route, APIRoute) or not route.include_in_schema:
                continue
            for method in route.methods or ():
                described = document["paths"][route.path_format][method.lower()]["responses"]
                for status, answer in route.responses.items():
                    for media_type, content in answer.get("content", {}).items():
                        if "example" in content:
                            described[str(status)]["content"][media_type]["example"] = content["example"]
    return document
