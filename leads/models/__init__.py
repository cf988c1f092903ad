"""A lead, what is known of it, and everything that happened to it."""

from .account import Account, AccountDomain, Opportunity
from .assignment import Assignment, Turn
from .brief import Brief, BriefVote, Persona
from .campaign import Campaign, Offer, PageName
from .cause import Miss, RecurringCause
from .clock import Clock
from .comeback import Comeback
from .delivery import Delivery, IdempotentAnswer, ImportBatch
from .demo import DemoFill
from .event import Event
from .evidence import CitedRejection, Evidence
from .finding import CallNote, Finding
from .handoff import Handoff
from .history import COMPANY, DEAL, PERSON, WEBHOOK
from .judgement import Approval, Facts, Judgement
from .lead import ExternalId, Lead, MergeProposal
from .message import Message
from .not_handed_over import NotHandedOver
from .preference import Digest, Preference
from .press import Press
from .promise import Promise
from .text import TextTemplate
from .touchpoint import Submission, Touchpoint
from .trial import TrialMember
from .undoable import Undoable
from .view import QueueChoice, SavedView
from .webhook import Webhook

__all__ = [
    "COMPANY",
    "DEAL",
    "PERSON",
    "WEBHOOK",
    "Account",
    "AccountDomain",
    "Approval",
    "Assignment",
    "Brief",
    "BriefVote",
    "Campaign",
    "CitedRejection",
    "CallNote",
    "Clock",
    "Comeback",
    "Delivery",
    "DemoFill",
    "Digest",
    "Event",
    "Evidence",
    "ExternalId",
    "Facts",
    "Finding",
    "Handoff",
    "IdempotentAnswer",
    "ImportBatch",
    "Judgement",
    "Lead",
    "MergeProposal",
    "Message",
    "Miss",
    "NotHandedOver",
    "Offer",
    "Opportunity",
    "PageName",
    "Persona",
    "Preference",
    "Press",
    "Promise",
    "QueueChoice",
    "RecurringCause",
    "SavedView",
    "Submission",
    "TextTemplate",
    "Touchpoint",
    "TrialMember",
    "Turn",
    "Undoable",
    "Webhook",
]
