"""Files of leads and opportunities in the browser: upload, look, import, watch, mend."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from handoff.permissions import may_administer
from handoff.views.signed_in import SignedIn
from leads import tasks
from leads.import_forms import MappingForm, UploadForm
from leads.journey import importing
from leads.models import Delivery, ImportBatch
from leads.tables import ImportTable

from . import downloads
from .places import only_deciders

SAMPLES = 3
SHOWN_FAILURES = 50
WAITING = (ImportBatch.State.STAGING, ImportBatch.State.RUNNING)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def imports(request: SignedIn) -> HttpResponse:
    """Every file so far; a new one is kept and looked at before anything happens."""
    only_deciders(request.user)
    wanted = request.GET.get("of", ImportBatch.Of.LEADS)
    of = wanted if wanted in ImportBatch.Of.values else ImportBatch.Of.LEADS
    form = UploadForm(request.POST or None, request.FILES or None, initial={"of": of})
    if request.method == "POST" and form.is_valid():
        file, of = form.cleaned_data["file"], form.cleaned_data["of"] or ImportBatch.Of.LEADS
        try:
            batch = importing.open_batch(file, file.name, actor=request.user, of=of)
        except importing.Unreadable as error:
            form.add_error("file", str(error))
        else:
            return redirect("leads:import", pk=batch.pk)
    rows = ImportBatch.objects.select_related("started_by")
    table = ImportTable(rows, order_by=request.GET.get("sort") or "-started")
    table.turn_to(request.GET.get("page", "1"))
    context = {"section": "leads", "table": table, "form": form}
    return render(request, "leads/imports.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def batch(request: SignedIn, pk: int) -> HttpResponse:
    """One file: its mapping while it waits for one, afterwards how far it has come."""
    only_deciders(request.user)
    found = get_object_or_404(ImportBatch.objects.select_related("started_by"), pk=pk)
    context: dict[str, Any] = {"section": "leads", "batch": found, "now": timezone.now()}
    if found.state == ImportBatch.State.MAPPING:
        return _mapping(request, found, context)
    context |= _progress(found)
    hurried = request.headers.get("HX-Request") == "true"
    return render(
        request, "leads/_import_progress.html" if hurried else "leads/import.html", context
    )


@login_required
@require_GET
def failures(request: SignedIn, pk: int) -> StreamingHttpResponse:
    """The rows that need mending, as a file that can be mended and imported again."""
    only_deciders(request.user)
    found = get_object_or_404(ImportBatch, pk=pk)
    name = f"{slugify(found.file_name.rsplit('.', 1)[0]) or 'import'}-to-mend.csv"
    return downloads.streamed(name, importing.failures(found))


def _mapping(request: SignedIn, found: ImportBatch, context: dict[str, Any]) -> HttpResponse:
    with found.file.open("rb") as file:
        seen = importing.preview(file, None, at=timezone.now(), of=found.of)
        samples = importing.samples(file, rows=SAMPLES)
    guess = importing.guess_mapping(seen.headers, of=found.of)
    system = slugify(found.file_name.rsplit(".", 1)[0]) or "file"
    form = MappingForm(request.POST or None, headers=seen.headers, guess=guess, system=system)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            _only_administrators_add_people(request, form)
        if form.is_valid() and _start(found, form):
            messages.success(request, f"{found.file_name} is being imported.")
            return redirect("leads:import", pk=found.pk)
        status = 422
    columns = [
        {"header": header, "sample": sample, "field": form[f"column-{place}"]}
        for place, (header, sample) in enumerate(zip(seen.headers, samples, strict=True))
    ]
    context |= {"form": form, "columns": columns, "wrong": [r for r in seen.rows if r.error]}
    return render(request, "leads/import.html", context, status=status)


def _only_administrators_add_people(request: SignedIn, form: MappingForm) -> None:
    """A past of deals adds who worked them to the teams they worked in."""
    adds_people = form.of == ImportBatch.Of.OPPORTUNITIES and form.cleaned_data["history"]
    if adds_people and not may_administer(request.user):
        form.add_error(
            "history",
            "A past adds people and members of teams. Ask an administrator to import this file.",
        )


def _start(found: ImportBatch, form: MappingForm) -> bool:
    """Begin, and hurry the worker; or say on the form what is wrong with the mapping."""
    try:
        importing.start(found, importing.mapping_of(form.document()))
    except importing.MappingFaults as wrong:
        for fault in wrong.faults:
            form.add_error(None, fault)
        return False
    transaction.on_commit(tasks.run_imports.delay, robust=True)
    return True


def _progress(found: ImportBatch) -> dict[str, Any]:
    done = found.created + found.updated + found.repeated + found.quarantined
    wrong = Delivery.objects.quarantined().filter(batch=found).order_by("row", "pk")
    return {
        "done": min(done, found.rows),
        "share": 100.0
        if found.state == ImportBatch.State.DONE
        else 100 * done / max(1, found.rows),
        "waiting": found.state in WAITING,
        "failures": wrong.only("row", "error")[:SHOWN_FAILURES],
    }
