"""Celery wakes work up; what there is to do stands in the database.

Every task may be lost, late or run twice. Those on a short beat expire before the next, so that
they never pile up while no worker listens.
"""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from django.conf import settings

from handoff import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "handoff.settings")


def every(seconds: float, task: str) -> dict[str, Any]:
    """A sweep on a beat of so many seconds; it expires when the one after the next is due."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds * 2}}


def nightly(hour: int, minute: int, task: str) -> dict[str, Any]:
    """Once a day at that UTC time; expires after an hour."""
    return {
        "task": task,
        "schedule": crontab(hour=hour, minute=minute),
        "options": {"expires": 3600},
    }


app = Celery("handoff")
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL or broker.URL,
    broker_transport_options={} if settings.CELERY_BROKER_URL else broker.options(),
    broker_connection_retry_on_startup=True,
    broker_connection_timeout=5,
    result_backend=None,
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_default_queue="handoff",
    task_publish_retry=False,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    timezone="UTC",
    beat_schedule_filename=str(settings.DATA_DIR / "beat"),
    beat_max_loop_interval=5,
    beat_schedule={
        "clocks": every(2, "leads.tasks.sweep_clocks"),
        "chase": every(60, "leads.tasks.chase"),
        "messages": every(5, "leads.tasks.send_messages"),
        "webhooks": every(2, "leads.tasks.post_webhooks"),
        "digests": every(60, "leads.tasks.write_digests"),
        "deliveries": every(10, "leads.tasks.sweep_deliveries"),
        "imports": every(10, "leads.tasks.run_imports"),
        "backtests": every(10, "reviews.tasks.run_backtests"),
        "studies": every(10, "reviews.tasks.run_studies"),
        "waiting": every(30, "leads.tasks.give_out_waiting"),
        "nurture": every(600, "leads.tasks.nurture_due"),
        "coverage": every(1800, "reviews.tasks.tell_of_coverage"),
        "answers": every(60, "leads.tasks.tell_of_answers"),
        "trial": every(120, "reviews.tasks.watch_trial"),
        "quarter": every(3600, "reviews.tasks.tell_of_quarter"),
        "alerts": every(900, "reviews.tasks.watch_rejections"),
        "joint reviews": every(300, "reviews.tasks.prepare_reviews"),
        **({"demo reviews": every(30, "reviews.tasks.tell_demo")} if settings.DEMO else {}),
        "calendars": every(3600, "handoff.tasks.lay_out_calendars"),
        "working time": every(3600, "leads.tasks.measure_working_time"),
        "rescore": nightly(2, 10, "leads.tasks.rescore"),
        "reviews": nightly(6, 0, "leads.tasks.remind_of_reviews"),
        "housekeeping": nightly(3, 40, "leads.tasks.housekeeping"),
        "studies of the past": nightly(4, 0, "reviews.tasks.tidy_studies"),
        "sessions": nightly(3, 50, "handoff.tasks.clear_sessions"),
    },
)
app.autodiscover_tasks(["handoff", "leads", "reviews"])
