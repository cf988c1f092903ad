"""Which pages that actions and lines of minutes hang on a person cannot open."""

import re
from collections.abc import Iterable

from handoff.models import DefinitionVersion, User
from handoff.permissions import may_read_agreement
from leads.models import Lead

OF_LEAD = re.compile(r"/leads/(\d+)/")
OF_VERSION = re.compile(r"/definition/(\d+)/.*")


def closed_to(user: User, paths: Iterable[str]) -> set[str]:
    """Those of some addresses that are pages of leads or of versions of the definition which the
    person may not see, or which are gone since; two statements."""
    asked = set(paths)
    leads, versions = _named(OF_LEAD, asked), _named(OF_VERSION, asked)
    seen = Lead.objects.visible_to(user).filter(pk__in=leads.values())
    opened = set(seen.values_list("pk", flat=True))
    closed = {path for path, pk in leads.items() if pk not in opened}
    known = DefinitionVersion.objects.filter(number__in=versions.values())
    numbers = set(known.values_list("number", flat=True)) if may_read_agreement(user) else set()
    return closed | {path for path, number in versions.items() if number not in numbers}


def _named(pages: re.Pattern[str], paths: Iterable[str]) -> dict[str, int]:
    """What those of the addresses that are such pages name."""
    return {path: int(found[1]) for path in paths if (found := pages.fullmatch(path))}
