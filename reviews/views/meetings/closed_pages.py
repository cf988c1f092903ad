"""Which pages that actions and lines of minutes hang on a person cannot open."""

import re
from collections.abc import Iterable

from handoff.models import User
from leads.models import Lead

OF_LEAD = re.compile(r"/leads/(\d+)/")


def closed_to(user: User, paths: Iterable[str]) -> set[str]:
    """Those of some addresses that are pages of leads which the person may not see, or which were
    erased since; one statement."""
    leads = {path: int(found[1]) for path in paths if (found := OF_LEAD.fullmatch(path))}
    seen = Lead.objects.visible_to(user).filter(pk__in=leads.values())
    opened = set(seen.values_list("pk", flat=True))
    return {path for path, pk in leads.items() if pk not in opened}
