"""The agreement both teams signed, and the wiring."""

import gc

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps

from handoff.celery import app as celery_app


class HandoffConfig(AppConfig):
    """Carries Celery's app, so that tasks find their broker in every process."""

    celery = celery_app
    name = "handoff"
    verbose_name = "Agreement"
    default_auto_field = "django.db.models.BigAutoField"
    default = True

    def ready(self) -> None:
        """Look for cyclic garbage less often, and never among what was made at the start.

        Nearly everything that a page or a batch makes is freed by itself; looking through it again
        and again took a sixth of the time of an import.
        """
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)


class AdminConfig(admin_apps.AdminConfig):
    """Django's admin behind the house's own door; INSTALLED_APPS names this instead of it."""

    default_site = "handoff.site.Site"
    default = False
