"""The API's own page of documentation, drawn from its OpenAPI document."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from . import api

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a body: its place, what it is, whether it must be there."""

    name: str
    kind: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One call, ready to be drawn."""

    key: str
    method: str
    path: str
    summary: str
    description: str
    parameters: list[Field]
    body: list[Field]
    answers: list[tuple[int, str, list[Field]]]


@login_not_required
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every call with what it takes and answers. Open to all: it holds no data."""
    document = api.get_openapi_schema()
    groups: dict[str, list[Operation]] = {}
    for operation, tag in _operations(document):
        groups.setdefault(tag, []).append(operation)
    context = {
        "api": document["info"],
        "groups": groups,
        "base": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "leads/api_docs.html", context)


def _operations(document: Schema) -> Iterator[tuple[Operation, str]]:
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            body = said.get("requestBody", {}).get("content", {}).get("application/json", {})
            operation = Operation(
                key=said["operationId"],
                method=method.upper(),
                path=path,
                summary=said["summary"],
                description=said.get("description", ""),
                parameters=[
                    Field(
                        given["name"],
                        kind_of(given["schema"], document),
                        given.get("required", False),
                        given.get("description", ""),
                    )
                    for given in said["parameters"]
                ],
                body=fields_of(body.get("schema", {}), document),
                answers=[
                    (status, given["description"], _answer_fields(given, document))
                    for status, given in said["responses"].items()
                    if status < 300
                ],
            )
            yield operation, said.get("tags", ["Calls"])[0]


def _answer_fields(given: Schema, document: Schema) -> list[Field]:
    schema = given.get("content", {}).get("application/json", {}).get("schema", {})
    return fields_of(schema, document)


def _resolved(schema: Schema, document: Schema) -> Schema:
    while "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        schema = document["components"]["schemas"][name]
    return schema


def fields_of(schema: Schema, document: Schema, place: str = "") -> list[Field]:
    """The values of an object, those of lists of objects below their list."""
    whole = _resolved(next(iter(schema.get("anyOf", ())), schema), document)
    required = whole.get("required", ())
    fields = []
    for name, said in whole.get("properties", {}).items():
        inside = f"{place}{name}"
        fields.append(
            Field(inside, kind_of(said, document), name in required, said.get("description", ""))
        )
        items = _resolved(_some(said).get("items", {}), document)
        if "properties" in items or "anyOf" in items:
            fields += fields_of(items, document, f"{inside}[].")
    return fields


def _some(schema: Schema) -> Schema:
    """The schema without its “or null”."""
    choices = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    return choices[0] if choices else schema


def kind_of(schema: Schema, document: Schema) -> str:
    """What a value is, in words: “text”, “number or null”, “one of open, won, lost”."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(kind_of(one, document) for one in schema["anyOf"]))
    whole = _resolved(schema, document)
    if "enum" in whole:
        return "one of " + ", ".join(map(str, whole["enum"]))
    if whole.get("type") == "array":
        inner = whole.get("items", {})
        return f"list of {kind_of(inner, document)}" if inner else "list"
    if whole.get("format") in ("date-time", "date"):
        return {"date-time": "time", "date": "date"}[whole["format"]]
    words = {"string": "text", "integer": "whole number", "boolean": "true or false"}
    kind = str(whole.get("type", "any value"))
    return words.get(kind, kind)
