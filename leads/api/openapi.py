"""The API and its description: ninja's routes and document, with our bodies and problems."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.openapi.schema import REF_TEMPLATE, OpenAPISchema
from pydantic import BaseModel

from .answered import Problem
from .problems import MEDIA_TYPE, answer

REFUSALS = {
    400: "The request itself is broken",
    401: "No key, or a bad one",
    403: "This key, or this person, may not",
    404: "Not found",
    409: "Somebody was quicker, or this is not possible now",
    413: "Too large",
    422: "Invalid",
    429: "Too fast",
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key and body within seven days gives the first answer again.",
    "schema": {"type": "string", "maxLength": 255},
}
_bodies: dict[str, type[BaseModel]] = {}


def takes(*shapes: type[BaseModel]) -> dict[str, Any]:
    """`openapi_extra` of a call whose JSON body has one of `shapes`."""
    _bodies.update({shape.__name__: shape for shape in shapes})
    references = [{"$ref": REF_TEMPLATE.format(model=shape.__name__)} for shape in shapes]
    schema = references[0] if len(references) == 1 else {"anyOf": references}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


class HandoffAPI(NinjaAPI):
    """Routes by ninja; every answer that is no success is a problem document."""

    _document: OpenAPISchema | None = None

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        return [_guarded(route) for route in super()._get_urls()]

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The OpenAPI document; made once, as routes do not change."""
        if self._document is None:
            self._document = _completed(super().get_openapi_schema(**options))
        return self._document


def _guarded(route: URLResolver | URLPattern) -> URLResolver | URLPattern:
    if isinstance(route, URLPattern):
        view = _with_problems(route.callback)
        return URLPattern(route.pattern, view, route.default_args, route.name)
    return route


def _with_problems(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            return nothing_here(request)
        if isinstance(response, HttpResponseNotAllowed):
            allowed = ", ".join(sorted(response.headers["Allow"].split(", ")))
            detail = f"{request.method} is not possible here; {allowed} is."
            return answer(405, detail, headers={"Allow": allowed})
        return response

    return csrf_exempt(login_not_required(guarded))


@csrf_exempt
@login_not_required
def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """What an address below the API's answers that there is not."""
    return answer(404, f"There is no such address in this API: {request.path[:200]}")


def _completed(document: OpenAPISchema) -> OpenAPISchema:
    components = document["components"].setdefault("schemas", {})
    shapes: list[type[BaseModel]] = [*_bodies.values(), Problem]
    for shape in shapes:
        schema = shape.model_json_schema(ref_template=REF_TEMPLATE)
        components.update(schema.pop("$defs", {}))
        components[shape.__name__] = schema
    document["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{"key": []}]
    problem = {MEDIA_TYPE: {"schema": {"$ref": REF_TEMPLATE.format(model="Problem")}}}
    for path in document["paths"].values():
        for method, operation in path.items():
            for status, description in REFUSALS.items():
                operation["responses"].setdefault(
                    status, {"description": description, "content": problem}
                )
            if method == "post":
                operation["parameters"].append(IDEMPOTENCY_KEY)
    return document
