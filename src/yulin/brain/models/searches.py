"""Searches of the library that a person keeps, and the versions of policies that each of them has found.

Invariant (the database's too): a search stands once a person in an organisation, and finds each version of a policy
once.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from yulin.brain.models.policies import PolicyVersion

NAME = 60
QUESTION = 500


class SavedSearch(models.Model):
    """What one person asks the library again and again.

    It was last looked at on `looked_on`, when the library stood at `edition`: what came since is new to it.
    """

    user = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    name = models.CharField("名称", max_length=NAME)
    question = models.CharField("问题", max_length=QUESTION, blank=True)
    area = models.CharField("地区", max_length=120, blank=True)
    audience = models.CharField("对象", max_length=20, blank=True)
    state = models.CharField("状态", max_length=20, blank=True)
    edition = models.PositiveIntegerField("已看到的版次", default=0)
    looked_on = models.DateField("最近查看日")
    is_paused = models.BooleanField("已暂停", default=False)
    made_at = models.DateTimeField("建立时间", db_default=Now())

    class Meta:
        verbose_name = "订阅的搜索"
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "organisation", "question", "area", "audience", "state"],
                name="saved_search_once_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(question="", area="", audience="", state=""), name="saved_search_asks_something"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FoundPolicy(models.Model):
    """That a search found a version of a policy, on which day, and whether the policy was new then or changed."""

    search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="found")
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    on = models.DateField("找到日")

    class Meta:
        verbose_name = "搜索找到的政策"
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["search", "version"], name="found_policy_once_a_search"),
        ]

    def __str__(self) -> str:
        return f"{self.search_id} → {self.version_id}"
