"""The review of applications: experts, draws, their scores and votes, the decision of two people, appeals.

Invariant (the database's too): an expert judges an application once; a score that is in never changes; who proposes an
outcome does not confirm it; a confirmed decision never changes.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from yulin.brain.core.review import Vote
from yulin.brain.models.applications import Application


class Expert(models.Model):
    """A person who judges applications: who employs them, by which code registers know them, what they have named."""

    user = models.OneToOneField("people.User", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    number = models.CharField("编号", max_length=20, unique=True)
    name = models.CharField("姓名", max_length=120)
    fields = models.CharField("专业领域", max_length=200, blank=True)
    employer = models.CharField("任职单位代码", max_length=40, blank=True)
    employer_name = models.CharField("任职单位", max_length=200, blank=True)
    person_code = models.CharField("登记系统中的人员代码", max_length=80, blank=True)
    declared = ArrayField(models.CharField(max_length=40), verbose_name="申报回避的企业", default=list)
    told_apart = ArrayField(models.CharField(max_length=40), verbose_name="已核实仅同名的企业", default=list)
    is_active = models.BooleanField("在库", default=True)
    made_by_name = models.CharField("入库经办", max_length=120)
    made_at = models.DateTimeField("入库时间", db_default=Now())

    class Meta:
        verbose_name = "评审专家"
        ordering: ClassVar[list[str]] = ["number"]

    def __str__(self) -> str:
        return self.number


class ExpertDraw(models.Model):
    """One draw: its seed, every expert with ties and place in the order, how many were asked for."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="draws")
    turn = models.PositiveSmallIntegerField("第几次抽取")
    seed = models.CharField("抽取种子", max_length=120)
    count = models.PositiveSmallIntegerField("抽取数")
    standing = models.JSONField("抽取过程")
    round = models.PositiveSmallIntegerField("第几轮评审", default=1)
    drawn_on = models.DateField("抽取日")
    drawn_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    drawn_by_name = models.CharField("抽取人", max_length=120)

    class Meta:
        verbose_name = "专家抽取"
        ordering: ClassVar[list[str]] = ["application_id", "turn"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["application", "turn"], name="expert_draw_turn"),
        ]

    def __str__(self) -> str:
        return self.seed


class ExpertReview(models.Model):
    """One expert on one application: asked, stood aside, or scored; then the vote."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="reviews")
    draw = models.ForeignKey(ExpertDraw, on_delete=models.PROTECT, related_name="reviews")
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="reviews")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    recused_at = models.DateTimeField("回避时间", null=True, blank=True)
    recused_why = models.CharField("回避理由", max_length=300, blank=True)
    points = models.JSONField("评分", null=True, blank=True)
    total = models.PositiveIntegerField("总分", null=True, blank=True)
    words = models.TextField("评审意见", blank=True)
    scored_at = models.DateTimeField("评分时间", null=True, blank=True)
    vote = models.CharField("表决", max_length=8, blank=True)
    voted_at = models.DateTimeField("表决时间", null=True, blank=True)

    class Meta:
        verbose_name = "专家评审"
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["draw", "expert"], name="expert_review_once"),
            models.CheckConstraint(
                condition=Q(scored_at__isnull=True, points__isnull=True, total__isnull=True)
                | Q(scored_at__isnull=False, points__isnull=False, total__isnull=False, recused_at__isnull=True),
                name="expert_review_scored",
            ),
            models.CheckConstraint(
                condition=Q(vote="", voted_at__isnull=True)
                | Q(vote__in=[str(one) for one in Vote], voted_at__isnull=False, scored_at__isnull=False),
                name="expert_review_voted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}:{self.expert_id}"


class ApplicationDecision(models.Model):
    """What one person proposes and another confirms; sent back, a further one is made."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="decisions")
    turn = models.PositiveSmallIntegerField("第几次决定")
    is_granted = models.BooleanField("予以立项")
    amount_fen = models.BigIntegerField("支持金额", null=True, blank=True)
    reasons = ArrayField(models.CharField(max_length=40), verbose_name="常用理由", default=list)
    note = models.CharField("说明", max_length=1000, blank=True)
    panel = models.JSONField("表决结果")
    made_on = models.DateField("拟定日")
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    made_by_name = models.CharField("拟定人", max_length=120)
    confirmed_on = models.DateField("确认日", null=True, blank=True)
    confirmed_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_by_name = models.CharField("确认人", max_length=120, blank=True)
    sent_back = models.CharField("退回理由", max_length=600, blank=True)
    letter = models.CharField("文书编号", max_length=40, blank=True)
    code = models.CharField("核验码", max_length=20, blank=True)

    class Meta:
        verbose_name = "立项决定"
        ordering: ClassVar[list[str]] = ["application_id", "turn"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["application", "turn"], name="application_decision_turn"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("made_by")),
                name="application_decision_two_people",
            ),
            models.CheckConstraint(
                condition=Q(is_granted=True, amount_fen__gt=0) | Q(is_granted=False, amount_fen__isnull=True),
                name="application_decision_amount",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_on__isnull=True, letter="") | (Q(confirmed_on__isnull=False) & ~Q(letter="")),
                name="application_decision_letter",
            ),
            models.UniqueConstraint(fields=["letter"], condition=~Q(letter=""), name="application_letter_once"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}/{self.turn}"


class ApplicationAppeal(models.Model):
    """What the firm, or anybody within the days of the notice, says against a decision; who decided does not answer."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="appeals")
    words = models.CharField("理由", max_length=2000)
    name = models.CharField("提出人", max_length=120)
    contact = models.CharField("联系方式", max_length=200, blank=True)
    is_own = models.BooleanField("申报单位提出")
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_on = models.DateField("提出日")
    due_on = models.DateField("答复期限")
    is_upheld = models.BooleanField("成立", null=True)
    answer = models.CharField("答复", max_length=2000, blank=True)
    answered_on = models.DateField("答复日", null=True, blank=True)
    answered_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_by_name = models.CharField("答复人", max_length=120, blank=True)

    class Meta:
        verbose_name = "异议与申诉"
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(is_upheld__isnull=True, answered_on__isnull=True)
                | (Q(is_upheld__isnull=False, answered_on__isnull=False) & ~Q(answer="")),
                name="application_appeal_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}#{self.pk}"
