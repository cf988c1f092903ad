"""Addresses of backtests: a draft on the past."""

from django.urls import path

from . import latest, leads, pages, preview

urlpatterns = [
    path("<int:number>/backtests/", pages.backtests, name="backtests"),
    path("<int:number>/backtests/latest/", latest.latest, name="backtest-latest"),
    path("<int:number>/backtests/<int:pk>/", pages.backtest, name="backtest"),
    path("<int:number>/backtests/<int:pk>/cancel/", pages.cancel, name="backtest-cancel"),
    path("<int:number>/backtests/<int:pk>/resume/", pages.resume, name="backtest-resume"),
    path("<int:number>/backtests/<int:pk>/again/", pages.again, name="backtest-again"),
    path("<int:number>/backtests/<int:pk>/leads/", leads.leads, name="backtest-leads"),
    path("<int:number>/backtests/<int:pk>/leads.csv", leads.as_csv, name="backtest-csv"),
    path("<int:number>/preview/", preview.preview, name="preview"),
]
