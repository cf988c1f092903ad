"""People with their roles, and the keys of other systems."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from handoff.models import DECIDERS, ROLES, ApiKey, Membership, User, UserGroup
from handoff.models.person import normalise_email
from handoff.permissions import may_open_admin

from .base import AdministratorAdmin, NoRemoval
from .fields import PicksField

OPENS_ADMIN = frozenset(DECIDERS)

ROLE_CHOICES = [(role, role.replace("_", " ").capitalize()) for role in ROLES]


class RolesMixin(forms.BaseModelForm):
    """Roles as boxes to tick; the admin's door follows from them."""

    def clean_email(self) -> str:
        return normalise_email(self.cleaned_data["email"])

    def save_roles(self, user: User) -> None:
        """Put `user` in the ticked groups and in no other role's."""
        picked = self.cleaned_data["roles"]
        user.groups.remove(*Group.objects.filter(name__in=set(ROLES) - set(picked)))
        user.groups.add(*Group.objects.filter(name__in=picked))


def _roles_field() -> PicksField:
    return PicksField(label="Roles", choices=ROLE_CHOICES, required=False)


class PersonAddForm(RolesMixin, AdminUserCreationForm[User]):
    """A new person; without a password they ask for one by mail on the sign-in page."""

    roles = _roles_field()

    class Meta:
        model = User
        fields = ("email", "name")
        field_classes: ClassVar[dict[str, Any]] = {}


class PersonForm(RolesMixin, UserChangeForm[User]):
    """A person as they are."""

    roles = _roles_field()

    class Meta:
        model = User
        fields = ("email", "name", "timezone", "is_active", "password")
        field_classes: ClassVar[dict[str, Any]] = {}

    def clean_is_active(self) -> bool:
        """Nobody leaves while a team's leads wait for them."""
        active: bool = self.cleaned_data["is_active"]
        teams = [] if active else [team.name for team in self.instance.responsible_for.all()]
        if teams:
            named = " and ".join(teams)
            raise ValidationError(f"{named} would have nobody responsible: name another first.")
        return active

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["roles"] = list(self.instance.groups.values_list("name", flat=True))


@admin.register(User)
class UserAdmin(NoRemoval, AdministratorAdmin, DjangoUserAdmin[User]):
    """People, whom marketing operations may look up. One who leaves is switched off; what they did
    keeps their name."""

    may_see = staticmethod(may_open_admin)
    form = PersonForm
    add_form = PersonAddForm
    list_display = ("name", "email", "role_names", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    search_fields = ("email", "name")
    ordering = ("name", "email")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    parts_in_history = ((UserGroup, "user"), (Membership, "user"))
    fieldsets = (
        (None, {"fields": ("email", "name", "timezone", "password")}),
        ("May", {"fields": ("roles", "is_active")}),
        ("Seen", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "name", "roles")}),
        ("Password", {"fields": ("usable_password", "password1", "password2")}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Those who only look people up see who they are."""
        if obj is not None and not self.has_change_permission(request, obj):
            return ((None, {"fields": ("email", "name", "timezone", "role_names", "is_active")}),)
        return super().get_fieldsets(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description="Roles")
    def role_names(self, user: User) -> str:
        return ", ".join(dict(ROLE_CHOICES)[group.name] for group in user.groups.all())

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Roles decide about the admin's door; nobody shuts it behind themselves."""
        if "roles" in form.cleaned_data:
            obj.is_staff = obj.is_superuser or bool(OPENS_ADMIN & set(form.cleaned_data["roles"]))
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        form.save_roles(form.instance)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return _kept_in(form) if obj is not None and obj == request.user else form


def _kept_in(form: type[Any]) -> type[Any]:
    """The form of one's own account: the administrator's role and the account stay."""

    class OwnForm(form):
        def clean(self) -> Any:
            cleaned = super().clean()
            if not self.cleaned_data.get("is_active"):
                self.add_error("is_active", "You cannot switch off yourself.")
            keeps = "administrator" in self.cleaned_data.get("roles", ())
            if not keeps and not self.instance.is_superuser:
                self.add_error("roles", "You cannot take the administrator's role from yourself.")
            return cleaned

    return OwnForm


class ApiKeyForm(forms.ModelForm[ApiKey]):
    """A new key: which system, and what it may do."""

    scopes = PicksField(label="May", choices=ApiKey.Scope.choices)

    class Meta:
        model = ApiKey
        fields = ("name", "scopes")

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        if not name:
            raise ValidationError("Say which system this key is for.")
        return name


@admin.register(ApiKey)
class ApiKeyAdmin(NoRemoval, AdministratorAdmin):
    """Keys of other systems. The key is shown once, when it is made; afterwards only its start."""

    form = ApiKeyForm
    list_display = (
        "name",
        "prefix",
        "may",
        "created_at",
        "created_by",
        "last_used_at",
        "revoked_at",
    )
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("created_by",)
    search_fields = ("name", "prefix")
    actions = ("revoke",)
    fields = ("name", "scopes")
    made = ("name", "prefix", "may", "created_at", "created_by", "last_used_at", "revoked_at")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.made if obj else self.fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A key that was made is only ever revoked."""
        return obj is None and super().has_change_permission(request, obj)

    @admin.display(description="May")
    def may(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        given = form.cleaned_data
        actor = cast(User, request.user)
        made, text = ApiKey.make(given["name"], given["scopes"], actor=actor)
        obj.pk, obj.prefix = made.pk, made.prefix
        obj.text = text  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The one page that ever shows the key; never in a message, which would be stored."""
        context = {
            **self.admin_site.each_context(request),
            "title": f"Key for {obj.name}",
            "opts": self.opts,
            "key": obj.text,  # type: ignore[attr-defined]
        }
        answer = TemplateResponse(request, "admin/key_once.html", context)
        answer["Cache-Control"] = "no-store"
        return answer

    @admin.action(description="Revoke", permissions=["revoke"])
    def revoke(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        """From this moment the keys open nothing; they stay on the list."""
        count = keys.filter(revoked_at=None).update(revoked_at=timezone.now())
        said = "1 key is revoked." if count == 1 else f"{count} keys are revoked."
        self.message_user(request, said, messages.SUCCESS)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return self.may_edit(request.user)
