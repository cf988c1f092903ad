"""Is it alive, is it ready, and how is it doing: for supervisors, load balancers and monitoring."""

import hmac

import prometheus_client
from django.conf import settings
from django.core.cache import cache
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while this process answers; asks nobody else."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and no migration is missing, else 503; says which."""
    try:
        executor = MigrationExecutor(connection)
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        cache.get("readyz")
    except Error:
        return JsonResponse({"database": "does not answer"}, status=503)
    if missing:
        return JsonResponse({"database": "ok", "migrations_missing": missing}, status=503)
    return JsonResponse({"database": "ok", "migrations_missing": 0})


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text, for whoever holds METRICS_TOKEN; 404 for everybody else."""
    shown = request.headers.get("Authorization", "").encode()
    token = f"Bearer {settings.METRICS_TOKEN}".encode()
    if not settings.METRICS_TOKEN or not hmac.compare_digest(shown, token):
        raise Http404
    return HttpResponse(
        prometheus_client.generate_latest(), content_type=prometheus_client.CONTENT_TYPE_LATEST
    )
