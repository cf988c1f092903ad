"""What came in, kept as it came, before anybody judged it."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models

from handoff.models import ApiKey, User


class ImportBatch(models.Model):
    """A file of leads or opportunities on its way in; its rows are deliveries."""

    class State(models.TextChoices):
        MAPPING = "mapping", "Waiting for its mapping"
        STAGING = "staging", "Being read"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    class Of(models.TextChoices):
        LEADS = "leads", "Leads"
        OPPORTUNITIES = "opportunities", "Opportunities"

    of = models.CharField(max_length=16, choices=Of, default=Of.LEADS)
    file_name = models.CharField(max_length=255)
    file = models.FileField(upload_to="imports/", null=True, blank=True)
    mapping = models.JSONField(default=dict)
    historical = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.MAPPING)
    error = models.TextField(blank=True)
    rows = models.PositiveIntegerField(default=0, help_text="Rows read from the file.")
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    repeated = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    started_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "import batches"
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.file_name


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries by what became of them."""

    def quarantined(self) -> "DeliveryQuerySet":
        return self.filter(state=Delivery.State.QUARANTINED)

    def unfinished(self, *, at: dt.datetime) -> "DeliveryQuerySet":
        """Stored, not judged, and due for another try."""
        return self.filter(state=Delivery.State.STORED, retry_at__lte=at)


class Delivery(models.Model):
    """One payload from one source. Unique by source and key, so it is taken in once."""

    class Kind(models.TextChoices):
        LEAD = "lead", "Lead"
        TOUCHPOINT = "touchpoint", "Touchpoint"
        OPPORTUNITY = "opportunity", "Opportunity"

    class State(models.TextChoices):
        STORED = "stored", "Stored"
        DONE = "done", "Done"
        QUARANTINED = "quarantined", "Quarantined"
        DISCARDED = "discarded", "Discarded"

    class Channel(models.TextChoices):
        API = "api", "API"
        FORM = "form", "Form"
        IMPORT = "import", "Import"
        WEBHOOK = "webhook", "Webhook"
        DEMO = "demo", "Demo"

    source = models.CharField(max_length=100, help_text="API key's name, or the mapping's system.")
    key = models.CharField(max_length=200)
    channel = models.CharField(max_length=10, choices=Channel)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.LEAD)
    payload = models.JSONField(null=True)
    raw = models.BinaryField(null=True, help_text="The body, where it could not be read as JSON.")
    origin = models.CharField(
        max_length=12, default="form", help_text="Kind of source: person, form or enrichment."
    )
    historical = models.BooleanField(default=False)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.STORED)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    outcome = models.CharField(
        max_length=12, blank=True, help_text="created, updated or repeated, once it is done."
    )
    lead = models.ForeignKey(
        "leads.Lead", on_delete=models.SET_NULL, null=True, blank=True, related_name="deliveries"
    )
    api_key = models.ForeignKey(
        ApiKey, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    person = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    row = models.PositiveIntegerField(null=True, blank=True, help_text="Line of the file.")
    notes = ArrayField(models.TextField(), default=list, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("source", "key"), name="one_delivery_per_source_and_key"
            ),
        )
        indexes = (
            models.Index(
                fields=("retry_at",),
                condition=models.Q(state="stored"),
                name="delivery_unfinished",
            ),
            models.Index(
                fields=("-id",),
                condition=models.Q(state="quarantined"),
                name="delivery_quarantined",
            ),
            models.Index(
                fields=("batch", "row"),
                condition=models.Q(batch__isnull=False),
                name="delivery_by_batch",
            ),
            models.Index(
                fields=("id",), condition=models.Q(historical=True), name="delivery_of_the_past"
            ),
            models.Index(
                fields=("lead",), condition=models.Q(lead__isnull=False), name="delivery_by_lead"
            ),
        )

    def __str__(self) -> str:
        return f"{self.source} {self.key}"


class IdempotentAnswer(models.Model):
    """The first answer to a request that carried an Idempotency-Key; kept seven days."""

    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=300)
    key = models.CharField(max_length=255)
    body_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True, help_text="Empty while the first runs.")
    content_type = models.CharField(max_length=100, blank=True)
    body = models.BinaryField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("api_key", "path", "key"), name="one_answer_per_idempotency_key"
            ),
        )
        indexes = (models.Index(fields=("created_at",), name="idempotent_answer_by_age"),)

    def __str__(self) -> str:
        return f"{self.path} {self.key}"
