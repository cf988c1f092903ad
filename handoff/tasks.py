"""Housekeeping of the house itself."""

from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone


@shared_task
def clear_sessions() -> int:
    """Drop sessions that have expired."""
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]
