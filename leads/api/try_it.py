"""Trying leads against a definition: what would be said, and nothing is kept."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from handoff import rules
from handoff.models import ApiKey, DefinitionVersion
from leads.journey.law import Law, NoLaw, law, law_of, live_law

from .answered import Decision, TryAnswer
from .frame import BULK, Call, call, open_body, reply
from .leads import rows_of
from .openapi import takes
from .problems import Refusal, document
from .sent import TryIn, TryLead
from .values import Identity, Moment, Strict

router = Router(tags=["Definition"])


class Terms(Strict):
    """By which version, and as of when."""

    version: Identity | None = None
    as_of: Moment | None = Field(None, strict=False)


@router.post(
    "/try",
    response=Decision | TryAnswer,
    openapi_extra=takes(TryIn, TryLead),
    operation_id="try_leads",
    summary="Try leads against a definition",
)
@call(ApiKey.Scope.READ, limit=BULK)
def try_leads(request: Call) -> HttpResponse:
    """Say what the live definition, or a named version, makes of leads. Nothing is kept.

    One lead as the body gives one decision; `{leads: […]}` gives `{results: […]}`, one decision or
    problem for each, in order.
    """
    body = open_body(request)
    if not isinstance(body, dict):
        raise Refusal(422, "The body must be an object: one lead, or {“leads”: […]}.")
    terms = Terms.model_validate({name: body[name] for name in Terms.model_fields if name in body})
    one = "leads" not in body
    rows = [_alone(body)] if one else rows_of(body, "leads")
    results = decided(rows, law_for(terms.version), terms.as_of or request.at)
    if not one:
        return reply({"results": results})
    if isinstance(results[0]["status"], int):
        raise Refusal(422, results[0]["detail"])
    return reply(results[0])


def _alone(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in Terms.model_fields}


def law_for(number: int | None) -> Law:
    """The live law, or that of a named version. Refuses with 409 and 404 where there is none."""
    if number is None:
        try:
            return live_law()
        except NoLaw as error:
            raise Refusal(409, "No definition is live yet.") from error
    version = DefinitionVersion.objects.filter(number=number).first() if number < 2**31 else None
    if version is None:
        raise Refusal(404, f"There is no definition {number}.")
    if not version.is_editable:
        return law(version.pk)
    try:
        return law_of(version.document(), version_id=version.pk, number=number)
    except ValueError as error:
        raise Refusal(422, f"Draft {number} cannot judge yet: {error}") from error


def decided(rows: Sequence[Any], by: Law, as_of: dt.datetime) -> list[dict[str, Any]]:
    """A decision line, or a problem, for each row."""
    results = rules.judge_each(rows, by.definition, as_of)
    return [
        document(422, str(result)) if isinstance(result, rules.Unreadable) else result.as_line()
        for result in results
    ]
