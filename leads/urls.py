"""Addresses of the queues, the leads and what can be done with them."""

from django.urls import include, path

from .views import (
    actions,
    approvals,
    imports,
    intake,
    lead,
    listing,
    misses,
    notifications,
    quarantine,
    queues,
    why,
)
from .views.trying import exemplify

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
    path("queue/approval/answer/", approvals.answer_many, name="answer-many"),
    path("approvals/<int:pk>/answer/", approvals.answer, name="answer"),
    path("leads/", listing.leads, name="leads"),
    path("leads/add/", intake.add, name="add"),
    path("leads/<int:pk>/", lead.lead, name="lead"),
    path("leads/<int:pk>/example/", exemplify.exemplify, name="exemplify"),
    path("handoffs/<int:pk>/accept/", actions.accept, name="accept"),
    path("handoffs/<int:pk>/reject/", actions.reject, name="reject"),
    path("handoffs/<int:pk>/return/", actions.return_, name="return"),
    path("handoffs/<int:pk>/resume/", actions.resume, name="resume"),
    path("handoffs/<int:pk>/advance/", actions.advance, name="advance"),
    path("handoffs/<int:pk>/touch/", actions.touch, name="touch"),
    path("handoffs/<int:pk>/dispose/", actions.dispose, name="dispose"),
    path("handoffs/<int:pk>/reassign/", actions.reassign, name="reassign"),
    path("handoffs/<int:pk>/why/", why.why, name="why"),
    path("misses/", misses.misses, name="misses"),
    path("misses/<int:pk>/cause/", misses.say, name="say-cause"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/read/", notifications.read, name="notifications-read"),
    path("notifications/count/", notifications.count, name="notifications-count"),
    path("notifications/<uuid:pk>/", notifications.notice, name="notice"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<int:pk>/", imports.batch, name="import"),
    path("imports/<int:pk>/failures.csv", imports.failures, name="import-failures"),
    path("quarantine/", quarantine.quarantine, name="quarantine"),
    path("definition/", include("leads.views.trying.urls")),
    path("", include("leads.views.people.urls")),
    path("", include("leads.views.telling.urls")),
    path("", include("leads.views.webhooks.urls")),
    path("deliveries/<int:pk>/", quarantine.delivery, name="delivery"),
]
