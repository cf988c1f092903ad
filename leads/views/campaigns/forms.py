"""Campaigns, offers, personas and texts as they are written down."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from handoff.admin.fields import LinesField, NamesField, PicksField
from handoff.forms import CalmForm
from handoff.labels import humanise
from handoff.models import Motion, User
from handoff.rules import roles
from handoff.rules.countries import alpha_2
from leads.chronicle.pages import path_of
from leads.journey import filling
from leads.models import Campaign, Offer, PageName, Persona, TextTemplate
from leads.models.campaign import LONGEST

MOST_KEYS = 50
LONGEST_TEXT = 5000

FUNCTIONS = [("management", "Management"), *((key, humanise(key)) for key, _ in roles.FUNCTION)]
SENIORITIES = [
    (key, {"vp": "VP", "c_level": "C-level"}.get(key, humanise(key))) for key, _ in roles.SENIORITY
]
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class KeysField(LinesField):
    """What leads carry, a line each; `*` stands for anything."""

    empty: Any = []

    def __init__(self, **options: Any) -> None:
        super().__init__(
            required=True,
            error_messages={"required": "Say at least one name that leads carry."},
            help_text="One a line, as it comes with the lead. * stands for anything:"
            " *_close-faster_* fits 2026q4_email_close-faster_texas. An exact name goes before.",
            **options,
        )

    def read(self, lines: list[str]) -> list[str]:
        keys = list(dict.fromkeys(lines))
        faults = [f"“{key[:20]}…” is too long." for key in keys if len(key) > LONGEST]
        faults += [f"“{key}” fits every name." for key in keys if not key.strip("* ")]
        if len(keys) > MOST_KEYS:
            faults.append(f"At most {MOST_KEYS} names.")
        if faults:
            raise ValidationError(faults)
        return keys

    def told(self, value: Any) -> str:
        return "\n".join(value)


class DescribedForm(CalmForm, forms.ModelForm):
    """What every form here does: whoever edits what came with the demo makes it theirs."""

    marks_optional = False

    def save(self, commit: bool = True) -> Any:
        self.instance.is_demo = False
        return super().save(commit)

    def clean(self) -> dict[str, Any]:
        """Days and bounds in their order."""
        typed = super().clean() or {}
        for first, last, said in (
            ("starts_on", "ends_on", "It ends before it begins."),
            ("employees_from", "employees_to", "That is less than the least."),
        ):
            if typed.get(first) and typed.get(last) and typed[last] < typed[first]:
                self.add_error(last, said)
        return typed


class CampaignForm(DescribedForm):
    """A campaign, and what its leads carry."""

    keys = KeysField(label="Comes with leads as")

    class Meta:
        model = Campaign
        fields = ("name", "keys", "theme", "owner", "starts_on", "ends_on", "landing_page")
        help_texts = {"name": "What people call it."}  # noqa: RUF012
        widgets = {"starts_on": DAY, "ends_on": DAY}  # noqa: RUF012

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = User.objects.filter(is_active=True).order_by("name", "pk")
        owner.empty_label = "Nobody yet"


class OfferForm(DescribedForm):
    """An offer: what it promises, and to whom it can be sold."""

    keys = KeysField(label="Comes with leads as")
    motions = forms.MultipleChoiceField(
        label="Sold by",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None ticked: by every motion.",
    )
    countries = NamesField(
        widget=forms.TextInput, help_text="Such as Germany, US. Empty: everywhere."
    )
    industries = NamesField(
        widget=forms.TextInput, help_text="As leads carry them. Empty: every industry."
    )

    class Meta:
        model = Offer
        fields = (
            "name", "keys", "promise", "motions", "countries", "industries", "employees_from",
            "employees_to", "starts_on", "ends_on", "topic",
        )  # fmt: skip
        help_texts = {"promise": "As the person who asked read it."}  # noqa: RUF012
        widgets = {  # noqa: RUF012
            "starts_on": DAY,
            "ends_on": DAY,
            "promise": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        live = Motion.objects.filter(version__state="live").order_by("position")
        known = {key: label or humanise(key) for key, label in live.values_list("key", "label")}
        known |= {key: humanise(key) for key in self.instance.motions if key not in known}
        self.fields["motions"].choices = list(known.items())  # type: ignore[attr-defined]

    def clean_countries(self) -> list[str]:
        """By their codes, as leads have them."""
        return list(dict.fromkeys(alpha_2(one) for one in self.cleaned_data["countries"]))


class PersonaForm(DescribedForm):
    """Somebody one talks to in a way of their own."""

    functions = PicksField(choices=FUNCTIONS, required=False, label="What they do")
    seniorities = PicksField(choices=SENIORITIES, required=False, label="How high they are")
    role_words = NamesField(
        label="Words of their title",
        widget=forms.TextInput,
        help_text="Such as controller, month-end. One of them is enough. Empty: any title.",
    )

    class Meta:
        model = Persona
        fields = ("name", "functions", "seniorities", "role_words", "position")

    def clean(self) -> dict[str, Any]:
        """Somebody must be left out, else it is everybody."""
        typed = super().clean()
        if not any(typed.get(name) for name in ("functions", "seniorities", "role_words")):
            raise ValidationError("Say by what they are known: what they do, how high, or a title.")
        return typed


class PathsField(LinesField):
    """Paths of pages, a line each; `*` stands for anything."""

    empty: Any = []

    def __init__(self, **options: Any) -> None:
        super().__init__(
            required=True,
            error_messages={"required": "Say at least one path."},
            help_text="One a line, such as /solutions/erp or the whole address. * stands for"
            " anything: /blog/close-*. An exact path goes before.",
            **options,
        )

    def read(self, lines: list[str]) -> list[str]:
        """As pages are looked up: without host, query, ending and language."""
        paths = {line: path_of(line) for line in lines}
        wrong = [line for line, path in paths.items() if not path]
        faults = [f"“{line[:40]}” is no path: it begins with /." for line in wrong]
        faults += [f"“{line}” fits every page." for line, path in paths.items() if _is_any(path)]
        faults += [f"“{line[:20]}…” is too long." for line in lines if len(line) > LONGEST]
        if len(lines) > MOST_KEYS:
            faults.append(f"At most {MOST_KEYS} paths.")
        if faults:
            raise ValidationError(faults)
        return list(dict.fromkeys(paths.values()))

    def told(self, value: Any) -> str:
        return "\n".join(value)


def _is_any(path: str) -> bool:
    return path != "/" and not path.strip("/*")


class PageForm(DescribedForm):
    """A page, and where it is."""

    paths = PathsField(label="Its path")

    class Meta:
        model = PageName
        fields = ("name", "paths")
        help_texts = {"name": "As it stands in a sentence: “Read the close checklist”."}  # noqa: RUF012

    def clean_paths(self) -> list[str]:
        """Nobody else’s: a page has one name."""
        paths: list[str] = self.cleaned_data["paths"]
        others = PageName.objects.current().exclude(pk=self.instance.pk)
        if other := others.filter(paths__overlap=paths).first():
            taken = next(path for path in paths if path in other.paths)
            raise ValidationError(f"{taken} is called “{other}” already.")
        return paths


class TextForm(DescribedForm):
    """A text with places. What cannot be filled is said with its place."""

    body = forms.CharField(
        label="Text", max_length=LONGEST_TEXT, strip=True, widget=forms.Textarea(attrs={"rows": 12})
    )

    class Meta:
        model = TextTemplate
        fields = ("name", "kind", "language", "subject", "body")
        help_texts = {  # noqa: RUF012
            "language": "A code such as en or de; leads of it are offered this one. Empty: any.",
            "subject": "Of a mail. Places can be filled here too.",
        }

    def clean_language(self) -> str:
        return self.cleaned_data["language"].strip().lower()

    def clean_subject(self) -> str:
        return _readable(self.cleaned_data["subject"])

    def clean_body(self) -> str:
        return _readable(self.cleaned_data["body"])

    def clean(self) -> dict[str, Any]:
        """A mail has a subject."""
        typed = super().clean()
        is_mail = typed.get("kind") == TextTemplate.Kind.FIRST_TOUCH
        if is_mail and not typed.get("subject") and "subject" not in self.errors:
            self.add_error("subject", "A mail needs a subject.")
        return typed


def _readable(text: str) -> str:
    if faults := filling.misplaced(text):
        raise ValidationError([str(fault) for fault in faults])
    return text
