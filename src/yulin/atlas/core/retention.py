"""How long what is known of firms is kept: rules as data, each with the text it rests on.

A rule names what it is about, how many full years after which day it goes, and whether it is deleted or masked. What a
claim, objection, recall or audit uses is held; what a decision rested on is kept, so that the decision can be replayed.

Invariant: a rule that is changed in any way has another hash, and is another rule to whoever has approved it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yulin.atlas.core.reading import MappingReader
from yulin.atlas.enums import HoldKind, RetentionOf, RetentionSince, RetentionThen
from yulin.atlas.errors.retention import RetentionRuleError
from yulin.base.dates import add_years
from yulin.base.text import Text

_MOST_YEARS = 100
_VERIFIED = ("yes", "partly", "no")
_WITH_CLASSES = frozenset({RetentionOf.STATEMENT, RetentionOf.PARTICULAR})
_NAMES = frozenset({RetentionOf.READING, RetentionOf.OBJECTOR})  # of persons: masked, and of no source

HOLD_TEXTS: Mapping[HoldKind, Text] = {
    HoldKind.OBJECTION: Text("异议办理中", "an objection is open"),
    HoldKind.RECALL: Text("召回回执未齐", "receipts of a recall are missing"),
    HoldKind.REPAIR: Text("信用修复办理中", "a request for repair is open"),
    HoldKind.CLAIM: Text("补偿申请办理中", "a claim is open"),
    HoldKind.AUDIT: Text("抽样审计或补偿追回未结", "a sample audit or a recall of compensation is open"),
    HoldKind.PLACED: Text("主管部门要求保留", "the authority holds it"),
    HoldKind.JUDGING: Text("同一性待核对", "an identity waits to be judged"),
    HoldKind.DECIDED: Text("异议或修复决定所据，须可重演", "a decision on an objection or repair rests on it"),
    HoldKind.READ: Text("曾对外提供，须可重演", "it was shown, and what was shown can be replayed"),
    HoldKind.ANSWERED: Text("是否问答所据，须可重演", "a signed answer rests on it"),
    HoldKind.ENROLLED: Text("贷款备案时的事实，须可重演", "a loan was enrolled when it counted"),
}  # fmt: skip
FOR_REPLAY = frozenset({HoldKind.DECIDED, HoldKind.READ, HoldKind.ANSWERED, HoldKind.ENROLLED})

_OF_TEXTS: Mapping[RetentionOf, Text] = {
    RetentionOf.STATEMENT: Text("单项事实", "Facts one by one"),
    RetentionOf.PARTICULAR: Text("明细", "Particulars"),
    RetentionOf.QUARANTINE: Text("来源文件的隔离内容", "What files have in quarantine"),
    RetentionOf.READING: Text("查看记录中的姓名", "Names in the log of readings"),
    RetentionOf.OBJECTOR: Text("异议提出人的姓名与联系方式", "Names of objectors and how to reach them"),
}
_SINCE_TEXTS: Mapping[RetentionSince, Text] = {
    RetentionSince.ENDED: Text("自终止之日起", "after its end"),
    RetentionSince.VALID_FROM: Text("自有效之日起", "after it became valid"),
    RetentionSince.KNOWN: Text("自获知之日起", "after it became known"),
}
_THEN_TEXTS: Mapping[RetentionThen, Text] = {
    RetentionThen.DELETE: Text("删除", "deleted"),
    RetentionThen.MASK: Text("脱敏", "masked"),
}


@dataclass(frozen=True)
class RetentionRule:
    """One rule: about what, of which classes and sources (none: all), how long, what then, and on which text."""

    id: str
    title: Text
    of: RetentionOf
    classes: tuple[str, ...]
    sources: tuple[str, ...]
    years: int
    since: RetentionSince
    then: RetentionThen
    document: str
    article: str
    verified: str
    note: Text
    content: Mapping[str, Any]

    @property
    def content_hash(self) -> str:
        """Return what the rule is approved by: any change of it is another rule."""
        return hashlib.sha256(json.dumps(self.content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

    @property
    def says(self) -> Text:
        """Return the rule as a sentence, without its classes and sources."""
        said = Text("%(of)s%(since)s满%(years)s年%(then)s", "%(of)s: %(then)s %(years)s {years:year|years} %(since)s")
        return said.with_values(
            of=_OF_TEXTS[self.of], since=_SINCE_TEXTS[self.since], years=self.years, then=_THEN_TEXTS[self.then]
        )

    def goes_on(self, since: date) -> date:
        """Return the first day on which what began on a day goes.

        A 29 February that the year lacks counts as its last day of February.
        """
        return add_years(since, self.years)


def read_rules(content: Any, where: str) -> tuple[RetentionRule, ...]:
    """Return the rules of a YAML mapping, in its order. **Raises**: `ATLAS.RETENTION.RULE`."""
    reader = MappingReader(content, where, RetentionRuleError)
    rules = reader.part("rules")
    found = tuple(_rule(name, reader.of("rules", name)) for name in rules.content)
    reader.close()
    return found


def _rule(name: str, reader: MappingReader) -> RetentionRule:
    rule = RetentionRule(
        id=name,
        title=reader.words("title"),
        of=RetentionOf(_one_of(reader, "of", tuple(RetentionOf))),
        classes=tuple(reader.texts("classes", [])),
        sources=tuple(reader.texts("sources", [])),
        years=reader.number("years", 1, _MOST_YEARS),
        since=RetentionSince(_one_of(reader, "since", tuple(RetentionSince))),
        then=RetentionThen(_one_of(reader, "then", tuple(RetentionThen))),
        document=reader.text("document"),
        article=reader.text("article"),
        verified=_one_of(reader, "verified", _VERIFIED),
        note=reader.words("note"),
        content=json.loads(json.dumps(reader.content, default=str)),
    )
    reader.close()
    _check(rule, reader)
    return rule


def _one_of(reader: MappingReader, key: str, allowed: tuple[str, ...]) -> str:
    found = reader.text(key)
    if found not in allowed:
        reader.refuse(key, Text(" | ".join(allowed), " | ".join(allowed)))
    return found


def _check(rule: RetentionRule, reader: MappingReader) -> None:
    """Refuse what would do something else than it says."""
    if (rule.of in _WITH_CLASSES) != bool(rule.classes):
        reader.refuse("classes", Text("statement与particular须写明类别，其他不写", "classes, for facts only"))
    if (rule.then is RetentionThen.MASK) != (rule.of in _NAMES):
        reader.refuse("then", Text("reading、objector用mask，其他用delete", "mask for names, delete for all else"))
    if rule.of not in _WITH_CLASSES and rule.since is not RetentionSince.KNOWN:
        reader.refuse("since", Text("known", "known"))
    if rule.of in _NAMES and rule.sources:
        reader.refuse("sources", Text("姓名没有来源", "none: names have no source"))
