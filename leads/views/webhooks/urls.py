"""Addresses of webhooks and of what could not be sent."""

from django.urls import path

from . import acting, editing, listing, unsent

urlpatterns = [
    path("webhooks/", listing.webhooks, name="webhooks"),
    path("webhooks/add/", editing.add, name="webhook-add"),
    path("webhooks/<int:pk>/", listing.webhook, name="webhook"),
    path("webhooks/<int:pk>/edit/", editing.edit, name="webhook-edit"),
    path("webhooks/<int:pk>/switch/", acting.switch, name="webhook-switch"),
    path("webhooks/<int:pk>/rotate/", acting.rotate, name="webhook-rotate"),
    path("webhooks/<int:pk>/test/", acting.test, name="webhook-test"),
    path("webhooks/<int:pk>/resend/", acting.resend, name="webhook-resend"),
    path("webhooks/<int:pk>/remove/", acting.remove, name="webhook-remove"),
    path("webhooks/<int:pk>/<uuid:message>/", listing.message, name="webhook-message"),
    path("unsent/", unsent.unsent, name="unsent"),
    path("unsent/answer/", unsent.answer, name="unsent-answer"),
]
