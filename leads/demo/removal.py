"""All of the demo goes, and nothing else."""

import datetime as dt

from django.db import transaction

from handoff import statements
from leads.models import Account, CitedRejection, Delivery, DemoFill, Handoff, Lead

from . import answer, campaigns, cast, looking
from .telling import CHANNEL

PORTION = 500


def remove(*, at: dt.datetime) -> tuple[int, int, int]:
    """Remove leads, companies and logins of the demo; how many of each.

    A company that a real lead belongs to stays, as a real one.
    """
    leads = 0
    while ids := list(Lead.objects.filter(is_demo=True).values_list("pk", flat=True)[:PORTION]):
        with transaction.atomic():
            ((count,),) = statements.fetch("SELECT leads_forget(%s::bigint[])", [ids])
        leads += count
    with transaction.atomic():
        ((companies,),) = statements.fetch("SELECT leads_forget_companies()")
        Account.objects.filter(is_demo=True).update(is_demo=False)
        Delivery.objects.filter(channel=CHANNEL, lead=None).delete()
        answer.withdraw()
        CitedRejection.objects.exclude(handoff__in=Handoff.objects.all()).delete()
        campaigns.remove()
        looking.withdraw()
        people = cast.dismiss()
        DemoFill.objects.update(removed_at=at)
    return leads, companies, people
