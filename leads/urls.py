"""Addresses of the queues, the leads and what can be done with them."""

from django.urls import path

from .views import (
    actions,
    approvals,
    imports,
    intake,
    lead,
    listing,
    notifications,
    quarantine,
    queues,
)

app_name = "leads"

urlpatterns = [
    path("queue/", queues.queue, name="queue"),
    path("queue/qualification/", queues.queue, {"key": "qualification"}, name="qualification"),
    path("queue/returned/", queues.queue, {"key": "returned"}, name="returned"),
    path("queue/follow-ups/", queues.queue, {"key": "follow-ups"}, name="follow-ups"),
    path("queue/unsaid/", queues.queue, {"key": "unsaid"}, name="unsaid"),
    path("queue/team/<slug:team>/", queues.queue, name="team"),
    path("queue/next/", actions.next_lead, name="next"),
    path("queue/approval/", approvals.approval, name="approval"),
    path("approvals/<int:pk>/answer/", approvals.answer, name="answer"),
    path("leads/", listing.leads, name="leads"),
    path("leads/add/", intake.add, name="add"),
    path("leads/<int:pk>/", lead.lead, name="lead"),
    path("handoffs/<int:pk>/accept/", actions.accept, name="accept"),
    path("handoffs/<int:pk>/reject/", actions.reject, name="reject"),
    path("handoffs/<int:pk>/return/", actions.return_, name="return"),
    path("handoffs/<int:pk>/resume/", actions.resume, name="resume"),
    path("handoffs/<int:pk>/advance/", actions.advance, name="advance"),
    path("handoffs/<int:pk>/touch/", actions.touch, name="touch"),
    path("handoffs/<int:pk>/dispose/", actions.dispose, name="dispose"),
    path("handoffs/<int:pk>/reassign/", actions.reassign, name="reassign"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/read/", notifications.read, name="notifications-read"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<int:pk>/", imports.batch, name="import"),
    path("imports/<int:pk>/failures.csv", imports.failures, name="import-failures"),
    path("quarantine/", quarantine.quarantine, name="quarantine"),
    path("deliveries/<int:pk>/", quarantine.delivery, name="delivery"),
]
