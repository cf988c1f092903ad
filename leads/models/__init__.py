"""A lead, what is known of it, and everything that happened to it."""

from .account import Account, AccountDomain, Opportunity
from .assignment import Assignment, Turn
from .clock import Clock
from .delivery import Delivery, IdempotentAnswer, ImportBatch
from .demo import DemoFill
from .event import Event
from .handoff import Handoff
from .history import COMPANY, PERSON
from .judgement import Approval, Facts, Judgement
from .lead import ExternalId, Lead, MergeProposal
from .message import Message
from .touchpoint import Submission, Touchpoint

__all__ = [
    "COMPANY",
    "PERSON",
    "Account",
    "AccountDomain",
    "Approval",
    "Assignment",
    "Clock",
    "Delivery",
    "DemoFill",
    "Event",
    "ExternalId",
    "Facts",
    "Handoff",
    "IdempotentAnswer",
    "ImportBatch",
    "Judgement",
    "Lead",
    "MergeProposal",
    "Message",
    "Opportunity",
    "Submission",
    "Touchpoint",
    "Turn",
]
