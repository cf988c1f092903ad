"""Leads and what happened to them, to be read; accounts, to be kept right."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from handoff.admin.base import AgreementAdmin, ByRole, EvidenceAdmin, NoRemoval
from handoff.tables import CappedPaginator

from .models import (
    Account,
    AccountDomain,
    Delivery,
    Event,
    Handoff,
    ImportBatch,
    Judgement,
    Lead,
    Opportunity,
)


class LargeTableAdmin(EvidenceAdmin):
    """A list that may hold millions of rows."""

    paginator = CappedPaginator


class AccountDomainInline(ByRole, admin.StackedInline[AccountDomain, Account]):
    """The domains by which leads find the account."""

    model = AccountDomain
    template = "admin/section.html"
    extra = 0
    verbose_name_plural = "Domains"
    says = "A lead belongs to the account by the domain of its email."
    fieldsets = ((None, {"fields": (("domain", "is_primary"),)}),)


@admin.register(Account)
class AccountAdmin(NoRemoval, AgreementAdmin):
    """Companies: who owns them, whether they buy already, which domains are theirs."""

    list_display = ("name", "owner", "customer", "target", "competitor", "industry", "employees")
    list_filter = ("customer", "target", "competitor")
    list_select_related = ("owner",)
    search_fields = ("name", "domains__domain")
    fields = (
        "name",
        "owner",
        "customer",
        "target",
        "competitor",
        "industry",
        "employees",
        "country",
    )
    inlines = (AccountDomainInline,)
    paginator = CappedPaginator
    show_full_result_count = False


@admin.register(Opportunity)
class OpportunityAdmin(LargeTableAdmin):
    """Deals as the CRM tells them."""

    list_display = ("ref", "account", "owner", "stage", "amount", "opened_at", "closed_at")
    list_filter = ("stage",)
    list_select_related = ("account", "owner")
    search_fields = ("ref", "account__name")


@admin.register(Lead)
class LeadAdmin(LargeTableAdmin):
    """People who asked. Their page in the workspace tells the story."""

    list_display = ("title", "email", "status", "source", "account", "last_seen_at")
    list_filter = ("status",)
    list_select_related = ("account",)
    search_fields = ("email",)
    search_help_text = "Name, email, company or phone"
    exclude = ("search", "person_key", "judgement")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Lead], search_term: str
    ) -> tuple[QuerySet[Lead], bool]:
        found = Lead.objects.search(search_term) if search_term else Lead.objects.all()
        return queryset.filter(pk__in=found.values("pk")) if search_term else queryset, False


@admin.register(Handoff)
class HandoffAdmin(LargeTableAdmin):
    """Passages from one team to the next."""

    list_display = ("lead", "step", "state", "team", "owner", "tier", "version", "made_at")
    list_filter = ("state", "step", "historical", "team")
    list_select_related = ("lead", "team", "owner", "version")
    raw_id_fields = ("lead", "judgement", "previous")


@admin.register(Judgement)
class JudgementAdmin(LargeTableAdmin):
    """What a definition said, with the facts it saw."""

    list_display = ("id", "lead_id", "version", "status", "rule", "fit", "intent", "as_of")
    list_filter = ("status",)
    list_select_related = ("version",)


@admin.register(Event)
class EventAdmin(LargeTableAdmin):
    """What happened, in order, never rewritten."""

    list_display = ("at", "lead_id", "seq", "kind", "actor", "by")
    list_filter = ("kind",)
    list_select_related = ("actor",)
    ordering = ("-pk",)


@admin.register(Delivery)
class DeliveryAdmin(LargeTableAdmin):
    """What came in, as it came."""

    list_display = (
        "id",
        "source",
        "channel",
        "kind",
        "state",
        "outcome",
        "received_at",
        "attempts",
    )
    list_filter = ("state", "channel", "kind")
    exclude = ("raw",)


@admin.register(ImportBatch)
class ImportBatchAdmin(LargeTableAdmin):
    """Files of leads and how far they came."""

    list_display = (
        "file_name",
        "state",
        "rows",
        "created",
        "updated",
        "repeated",
        "quarantined",
        "started_by",
        "created_at",
    )
    list_filter = ("state", "historical")
    list_select_related = ("started_by",)
    exclude = ("file",)
