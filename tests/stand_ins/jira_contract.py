"""Requests against Atlassian's own OpenAPI document, where it lies beside the checkout. Answers are not checked: the
document rejects what real sites send."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from portolan.demo.sandbox_jira.answers import Request

SHARED = Path(__file__).resolve().parents[3] / "shared"
PLATFORM = SHARED / "contracts" / "jira" / "jira-platform-v3.openapi.json"


@functools.cache
def load(path: Path) -> Callable[[Request], str]:
    """This function will make a check that returns what is wrong with a request, or nothing."""
    document = json.loads(path.read_text(encoding="utf-8"))
    registry = Registry().with_resource("urn:document", Resource(contents=document, specification=DRAFT4))
    operations = [
        (re.compile(re.sub(r"\{[^}]+\}", "[^/]+", template)), operations)
        for template, operations in sorted(document["paths"].items(), key=lambda entry: entry[0].count("{"))
    ]

    @functools.cache
    def validator(name: str) -> Any:
        return OAS30Validator(_anchored(document["components"]["schemas"][name]), registry=registry)

    def check(request: Request) -> str:
        if not request.path.startswith("/rest/api/3/"):
            return ""
        for pattern, methods in operations:
            if pattern.fullmatch(request.path):
                operation = methods.get(request.method.lower())
                if operation is None:
                    return f"{request.method} is not defined for {request.path}"
                return _query(request, operation) or _body(request, operation, validator)
        return f"there is no {request.path}"

    return check


def _query(request: Request, operation: dict[str, Any]) -> str:
    known = {entry["name"]: entry for entry in operation.get("parameters", []) if entry["in"] == "query"}
    for name, values in request.query.items():
        if name not in known:
            return f"there is no parameter {name!r}"
        if known[name]["schema"].get("type") == "integer" and not all(re.fullmatch(r"-?\d+", v) for v in values):
            return f"parameter {name!r} is an integer"
    for name, entry in known.items():
        if entry.get("required") and name not in request.query:
            return f"parameter {name!r} is missing"
    return ""


def _body(request: Request, operation: dict[str, Any], validator: Callable[[str], Any]) -> str:
    if request.body is None or "requestBody" not in operation:
        return ""
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    for error in validator(schema["$ref"].rpartition("/")[2]).iter_errors(request.body):
        return f"body {list(error.absolute_path)}: {error.message[:200]}"
    return ""


def _anchored(schema: Any) -> Any:
    """References are relative to the document; the validator resolves them by its name."""
    if isinstance(schema, dict):
        return {
            name: "urn:document" + value if name == "$ref" and isinstance(value, str) else _anchored(value)
            for name, value in schema.items()
        }
    return [_anchored(entry) for entry in schema] if isinstance(schema, list) else schema
