"""The agreement both teams signed, and the wiring."""

from django.apps import AppConfig


class HandoffConfig(AppConfig):
    name = "handoff"
    verbose_name = "Agreement"
    default_auto_field = "django.db.models.BigAutoField"
