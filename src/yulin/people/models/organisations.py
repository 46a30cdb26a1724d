"""Organisations, their people, and the roles in which people act.

Invariant: a membership's role is one that its organisation's kind has; a person holds a role once, over an interval.
"""

from __future__ import annotations

import functools
import operator
from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now

from yulin.base.text import Text
from yulin.people.core.rights import KIND_NAMES, ROLE_NAMES, ROLES_OF_KIND
from yulin.people.enums import OrganisationKind, Role

KIND_CHOICES = [(str(kind), KIND_NAMES[kind].zh) for kind in OrganisationKind]
ROLE_CHOICES = [(str(role), ROLE_NAMES[role].zh) for role in Role if role not in {Role.SYSTEM, Role.PUBLIC}]


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Organisations in the words of the field."""

    def active(self) -> OrganisationQuerySet:
        """Those that take part today."""
        return self.filter(is_active=True)

    def of_kind(self, kind: OrganisationKind | str) -> OrganisationQuerySet:
        """Those of one kind."""
        return self.filter(kind=str(kind))


class Organisation(models.Model):
    """A bank, the manager, a bureau, a district, a firm … whose people use Yulin."""

    kind = models.CharField("机构类别", max_length=20, choices=KIND_CHOICES)
    code = models.CharField("机构代码", max_length=40, unique=True)
    name_zh = models.CharField("名称", max_length=200)
    name_en = models.CharField("英文名称", max_length=200, blank=True)
    short_name_zh = models.CharField("简称", max_length=40, blank=True)
    identifier = models.CharField("统一社会信用代码", max_length=40, blank=True)
    district_code = models.CharField("区划代码", max_length=12, null=True, blank=True)  # noqa: DJ001 - null is unknown
    is_active = models.BooleanField("在用", default=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "机构"
        ordering: ClassVar[list[str]] = ["code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(code=""), name="organisation_has_code"),
            models.CheckConstraint(condition=Q(kind__in=list(map(str, OrganisationKind))), name="organisation_kind"),
            models.CheckConstraint(
                condition=~Q(kind=OrganisationKind.DISTRICT.value) | Q(district_code__isnull=False),
                name="organisation_district_has_code",
            ),
            # A foreign key of the membership leads here, so that role and kind can be checked in one row.
            models.UniqueConstraint(fields=["id", "kind"], name="organisation_id_kind"),
        ]

    def __str__(self) -> str:
        return self.name_zh

    @property
    def name(self) -> Text:
        """The name in both languages."""
        return Text(self.name_zh, self.name_en or self.name_zh)

    @property
    def short_name(self) -> Text:
        """The short name in both languages."""
        return Text(self.short_name_zh or self.name_zh, self.name_en or self.short_name_zh or self.name_zh)


class UserManager(BaseUserManager["User"]):
    """Makes users; only `people.services.create_user` calls it."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """Make a user with a hashed password, or with none that could ever match."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in. What the person may do stands in the memberships, not here."""

    username = models.CharField("登录名", max_length=60, unique=True)
    name = models.CharField("姓名", max_length=60)
    name_en = models.CharField("英文姓名", max_length=80, blank=True)
    email = models.EmailField("邮箱", blank=True)
    is_active = models.BooleanField("在用", default=True)
    current_membership = models.ForeignKey(
        "people.Membership", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="当前身份"
    )
    created_at = models.DateTimeField(db_default=Now())

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = "人员"
        ordering: ClassVar[list[str]] = ["username"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Lower("username"), name="user_name_whatever_case"),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def name_in_both(self) -> Text:
        """The name in both languages."""
        return Text(self.name, self.name_en or self.name)

    def get_full_name(self) -> str:
        """Return the name, as Django's own pages ask for it."""
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships in the words of the field."""

    def held_on(self, day: date) -> MembershipQuerySet:
        """Those in force on a day, in organisations that take part."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=day), valid_from__lte=day).filter(
            organisation__is_active=True
        )


def _role_fits_kind() -> Q:
    pairs = [
        Q(organisation_kind=kind.value, role__in=[role.value for role in roles])
        for kind, roles in ROLES_OF_KIND.items()
        if roles
    ]
    return functools.reduce(operator.or_, pairs)


class Membership(models.Model):
    """One person in one role of one organisation, over an interval."""

    user = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="memberships")
    organisation_kind = models.CharField(max_length=20)
    role = models.CharField("角色", max_length=30, choices=ROLE_CHOICES)
    unit_zh = models.CharField("部门", max_length=80, blank=True)
    unit_en = models.CharField("英文部门", max_length=80, blank=True)
    valid_from = models.DateField("自")
    valid_until = models.DateField("至（不含）", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "身份"
        ordering: ClassVar[list[str]] = ["organisation_id", "role", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "organisation", "role"], name="membership_once"),
            models.CheckConstraint(condition=_role_fits_kind(), name="membership_role_fits_kind"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")), name="membership_interval"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}@{self.organisation_id}:{self.role}"

    @property
    def role_name(self) -> Text:
        """The role in both languages."""
        return ROLE_NAMES[Role(self.role)]
