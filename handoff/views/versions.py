"""Finding the version of the definition that an address names."""

from django.http import Http404

from handoff.models import DefinitionVersion, User
from handoff.permissions import may_read_agreement
from handoff.trials import TRIED


def version_or_404(number: int, user: User) -> DefinitionVersion:
    """The version with this number, with its rows and whether it was `tried`; Http404 where there
    is none, or for a person who may not read definitions."""
    rows = DefinitionVersion.objects.with_rows().select_related("edited_by", "created_by")
    rows = rows.annotate(tried=TRIED)
    found = rows.filter(number=number).first() if may_read_agreement(user) else None
    if found is None:
        raise Http404
    return found
