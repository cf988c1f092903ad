"""Files of leads in the browser: upload, look, import, watch, mend."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse


@login_required
def imports(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@login_required
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse()


@login_required
def failures(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse()
