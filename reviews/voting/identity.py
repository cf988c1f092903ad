"""Who a lead of the sample is, so that no text that the room reads says it."""

from collections.abc import Iterable

from handoff.models import User
from leads.models import AccountDomain, Handoff

from .masking import Mask, Person


def mask_of(handoff: Handoff, *people: User | None) -> Mask:
    """Takes the lead of a hand-over out of texts, by what is known now, what its judgement saw and
    what travelled with it; and `people`, who had to do with it. One statement besides the lead and
    its account."""
    lead, judgement = handoff.lead, handoff.judgement
    travelled = handoff.context
    account = lead.account
    domains = AccountDomain.objects.filter(account=lead.account_id).values_list("domain", flat=True)
    person = Person(
        names=_told(lead.name, *(str(one) for one in people if one is not None)),
        companies=_told(
            *(lead.company, judgement.company, travelled.get("company")),
            account.name if account else "",
        ),
        emails=_told(lead.email, judgement.email),
        domains=_told(judgement.email_domain, *domains),
        phones=_told(lead.phone, judgement.phone),
    )
    return Mask.of(person)


def _told(*texts: object) -> tuple[str, ...]:
    """Those that are texts, each once."""
    found: Iterable[str] = (one for one in texts if isinstance(one, str) and one.strip())
    return tuple(dict.fromkeys(found))
