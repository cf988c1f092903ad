"""A lead's journey, step by step."""

import prometheus_client
from django.apps import AppConfig

from leads.observing import Outbox


class LeadsConfig(AppConfig):
    name = "leads"
    verbose_name = "Leads"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let monitoring ask about the outbox."""
        prometheus_client.REGISTRY.register(Outbox())
