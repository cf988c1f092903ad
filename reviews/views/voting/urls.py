"""Addresses of a review's sample: the ballot, the room's screen, and agreement over time."""

from django.urls import path

from . import acting, answering, consent, of_lead, vote

urlpatterns = [
    path("agreement/", consent.agreement, name="agreement"),
    path("of-lead/<int:pk>/", of_lead.of_lead, name="of-lead"),
    path("<int:number>/vote/", vote.ballot, name="ballot"),
    path("<int:number>/vote/<int:place>/", vote.vote, name="vote"),
    path("<int:number>/draft/", answering.draft_from_trend, name="draft-from-trend"),
    path("<int:number>/sample/draw/", acting.draw, name="draw"),
    path("<int:number>/sample/redraw/", acting.redraw_all, name="redraw-all"),
    path("<int:number>/sample/", acting.look_over, name="look-over"),
    path("<int:number>/sample/<int:place>/show/", acting.show, name="show"),
    path("<int:number>/sample/<int:place>/reveal/", acting.reveal, name="reveal"),
    path("<int:number>/sample/<int:place>/again/", acting.vote_again, name="vote-again"),
    path("<int:number>/sample/<int:place>/agree/", acting.agree, name="agree"),
    path("<int:number>/sample/<int:place>/keep/", acting.keep, name="keep"),
    path("<int:number>/sample/<int:place>/draft/", acting.draft, name="draft-from-lead"),
    path("<int:number>/sample/<int:place>/redraw/", acting.redraw, name="redraw"),
]
