"""Addresses of what both teams learn."""

from django.urls import include, path

from reviews.views import changes, winloss
from reviews.views.sla import answering, causing

app_name = "reviews"

urlpatterns = [
    path("definition/changes/", changes.changes, name="changes"),
    path("definition/", include("reviews.views.backtests.urls")),
    path("definition/", include("reviews.views.trials.urls")),
    path("definition/", include("reviews.views.answering.urls")),
    path("", include("reviews.views.own.urls")),
    path("coverage/", include("reviews.views.coverage.urls")),
    path("reviews/", include("reviews.views.meetings.urls")),
    path("reviews/alerts/", include("reviews.views.alerts.urls")),
    path("measures/sla/", include("reviews.views.sla.urls")),
    path("measures/", include("reviews.views.lift.urls")),
    path("measures/answers/", answering.answers, name="step-answers"),
    path("measures/answers/leads/", answering.leads, name="step-answers-leads"),
    path("measures/causes/", causing.causes, name="causes"),
    path("reviews/", include("reviews.views.voting.urls")),
    path("measures/win-loss/", winloss.winloss, name="winloss"),
    path("measures/win-loss.csv", winloss.as_csv, name="winloss-csv"),
    path("measures/causes/<int:pk>/close/", causing.close, name="close-cause"),
    path("measures/seams/", include("reviews.views.seams.urls")),
    path("measures/", include("reviews.views.funnel.urls")),
    path("measures/", include("reviews.views.measures.urls")),
]
