"""What the API tells of the measures, beside what `leads.api` takes and answers."""

from leads.api import api

from . import alerts, measures, reasons, seams

api.add_router("", reasons.router)
api.add_router("", seams.router)
api.add_router("", measures.router)
api.add_router("", alerts.router)
