"""What the rules area refuses: packs that do not hold, facts that cannot be, versions that may not be published."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yulin.base.errors import YulinError
from yulin.base.text import Text


@dataclass(frozen=True)
class Where:
    """A place in a pack: file, line and the path of keys that leads there.

    >>> str(Where("demo/pack.yaml", 12, "conditions.scale"))
    'demo/pack.yaml:12, conditions.scale'
    """

    file: str = "expression"
    line: int = 0
    path: str = ""

    def __str__(self) -> str:
        """Return file, line and path as one phrase."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}, {self.path}" if self.path else place

    def under(self, key: str, line: int = 0) -> Where:
        """Return the place of `key` below this one."""
        return Where(self.file, line or self.line, f"{self.path}.{key}" if self.path else key)


def nearest(word: str, known: Iterable[str]) -> Text:
    """Return a hint that names the known word nearest to `word`, or the first few known words."""
    names = sorted(set(known))
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return Text(f"是否想写“{close[0]}”？", f"Did you mean “{close[0]}”?")
    few = "、".join(names[:12]) + ("…" if len(names) > 12 else "")
    return Text(f"可用：{few}", f"Known: {few}")


class RulesError(YulinError):
    """Something that a rule pack, its facts or its publication does not allow."""

    code = "RULES.ERROR"


class PlacedError(RulesError):
    """A defect of a pack's text, with the place where it stands."""

    code = "RULES.PACK.DEFECT"

    def __init__(self, where: Where, said: Text, hint: Text | str = "", **facts: Any) -> None:
        super().__init__(Text(f"{where}：{said.zh}", f"{where}: {said.en}"), hint, file=where.file, line=where.line,
                         path=where.path, **facts)  # fmt: skip
        self.where, self.said = where, said


class ExpressionSyntaxError(PlacedError):
    """An expression is not of the language: only the listed operators, literals and functions exist."""

    code = "RULES.EXPRESSION.SYNTAX"


class ExpressionNameError(PlacedError):
    """An expression uses a name that neither the vocabulary nor the pack knows."""

    code = "RULES.EXPRESSION.UNKNOWN_NAME"


class ExpressionTypeError(PlacedError):
    """An expression mixes types or units, such as money with a count."""

    code = "RULES.EXPRESSION.TYPE"


class ExpressionSizeError(PlacedError):
    """An expression is longer or deeper than a reader could check."""

    code = "RULES.EXPRESSION.TOO_LARGE"


class PackFormError(PlacedError):
    """A pack's entry has not the form that its place asks for."""

    code = "RULES.PACK.FORM"


class PackKeyError(PlacedError):
    """A pack holds a key that the format does not know, or lacks one that it needs."""

    code = "RULES.PACK.KEY"


class PackCaseError(PlacedError):
    """A case beside a pack does not come out as it expects."""

    code = "RULES.PACK.CASE"


class UnknownPackError(RulesError):
    """No pack of that id is shipped or published."""

    code = "RULES.PACK.UNKNOWN"

    def __init__(self, pack_id: str, known: Iterable[str]) -> None:
        super().__init__(
            Text(f"没有规则包“{pack_id}”。", f"There is no pack “{pack_id}”."), nearest(pack_id, known), pack=pack_id
        )


class PackNotInForceError(RulesError):
    """The pack is not in force on the day asked for."""

    code = "RULES.PACK.NOT_IN_FORCE"


class NotApplicableError(RulesError):
    """The pack does not rule this kind of decision (new application, review, title held)."""

    code = "RULES.PACK.NOT_APPLICABLE"


class UnknownFactError(RulesError):
    """A fact is given under a name that the vocabulary does not know."""

    code = "RULES.FACT.UNKNOWN_NAME"

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(
            Text(f"词汇表中没有事实“{name}”。", f"The vocabulary has no fact “{name}”."),
            nearest(name, known),
            fact=name,
        )


class FactValueError(RulesError):
    """A fact's value has the wrong type or lies outside what the vocabulary allows."""

    code = "RULES.FACT.VALUE"

    def __init__(self, name: str, found: object, needed: Text) -> None:
        super().__init__(
            Text(
                f"事实“{name}”的值为 {found!r}，应为{needed.zh}。", f"Fact “{name}” is {found!r}; needed: {needed.en}."
            ),
            Text("请更正数值，或留空表示未知。", "Correct the value, or leave it empty to say that it is not known."),
            fact=name,
        )


class PackNotColumnarError(RulesError):
    """A pack uses a construct that only the evaluator for one firm knows, so that no whole table can be assessed."""

    code = "RULES.PACK.NOT_COLUMNAR"

    def __init__(self, pack_id: str) -> None:
        super().__init__(
            Text(
                f"“{pack_id}”含有不能整表计算的写法。",
                f"“{pack_id}” uses a construct that has no form for whole tables.",
            ),
            Text("用yulin rules assess逐户评定。", "Assess firm by firm, by yulin rules assess."),
            pack=pack_id,
        )


class EngineMissingError(RulesError):
    """Rules were to run on an engine that this machine cannot start."""

    code = "RULES.ENGINE.MISSING"

    def __init__(self, engine: str, lacks: str) -> None:
        super().__init__(
            Text(
                "这台机器不能启动%(engine)s：缺少%(lacks)s。",
                "This machine cannot start %(engine)s: it lacks %(lacks)s.",
            ).with_values(engine=engine, lacks=lacks),
            Text(
                "运行make spark安装；或用--engine polars，结果相同。",
                "Run make spark, or say --engine polars: the answers are the same.",
            ),
            engine=engine,
            lacks=lacks,
        )


class DuplicateFirmError(RulesError):
    """A table of firms holds the same firm_id twice, or none in a row, so that answers could not be told apart."""

    code = "RULES.TABLE.DUPLICATE"

    def __init__(self, *, firm_id: object, rows: int) -> None:
        super().__init__(
            Text(
                "firm_id “%(firm)s”在表中有%(rows)s行，应每户一行且不为空。",
                "firm_id “%(firm)s” stands in %(rows)s {rows:row|rows}; needed: one row a firm, and none empty.",
            ).with_values(firm=firm_id, rows=rows),
            Text("合并或删除重复的行。", "Join the rows, or drop what is double."),
            firm_id=firm_id,
        )


class ColumnsMissingError(RulesError):
    """A table of firms lacks columns that the packs ask for, and nobody said that they are unknown."""

    code = "RULES.TABLE.COLUMNS"

    def __init__(self, missing: Mapping[str, Sequence[str]]) -> None:
        said = "; ".join(f"{pack}: {', '.join(names)}" for pack, names in missing.items())
        super().__init__(
            Text(
                "表中没有规则要用的列：%(said)s。", "The table lacks columns that the packs ask for: %(said)s."
            ).with_values(said=said),
            Text("补上这些列；或加--missing-unknown，按未知处理。", "Add them, or say --missing-unknown."),
            missing={pack: list(names) for pack, names in missing.items()},
        )


class ColumnUnitError(RulesError):
    """A table of firms holds a fact under its name, but in a unit that files do not use."""

    code = "RULES.TABLE.UNIT"

    def __init__(self, column: str, needed: str) -> None:
        super().__init__(
            Text(
                "列“%(column)s”的单位不是文件所用的单位：应为“%(needed)s”。",
                "The column “%(column)s” is not in the unit that files use: it should be “%(needed)s”.",
            ).with_values(column=column, needed=needed),
            Text(
                "金额按分（_fen）、比率按万分之一（_bp）换算成整数，再用这个列名；与此无关的列请改名。",
                "Convert money to fen (_fen) and ratios to basis points (_bp), whole numbers, and use that name; "
                "rename the column if it is something else.",
            ),
            column=column,
            needed=needed,
        )


class SameHandsError(RulesError):
    """The person who drafted a version may not publish it: law needs four eyes."""

    code = "RULES.PACK.SAME_HANDS"

    def __init__(self, pack_id: str, person: str) -> None:
        super().__init__(
            Text(
                f"“{pack_id}”由{person}起草，须由另一人复核发布。",
                f"“{pack_id}” was drafted by {person}; a second person has to publish it.",
            ),
            Text("请由有发布权限的其他人员复核。", "Ask somebody else who may publish."),
            pack=pack_id,
        )


class NotADraftError(RulesError):
    """Only a draft can be published or withdrawn; a published version never changes."""

    code = "RULES.PACK.NOT_A_DRAFT"

    def __init__(self, pack_id: str, state: str) -> None:
        super().__init__(
            Text(f"“{pack_id}”的状态是{state}，不是草案。", f"“{pack_id}” is {state}, not a draft."),
            Text("如需修改，请起草新版本。", "To change it, draft a new version."),
            pack=pack_id,
            state=state,
        )


class PackOverlapError(RulesError):
    """Two published versions of a pack may not be in force on the same day."""

    code = "RULES.PACK.OVERLAP"

    def __init__(self, pack_id: str, *, found: str, other: str) -> None:
        super().__init__(
            Text(
                f"“{pack_id}”的有效期{found}与已发布版本{other}重叠。",
                f"“{pack_id}” would be in force {found}, which overlaps the published version {other}.",
            ),
            Text("调整生效日，使其晚于已发布版本的生效日。", "Let it begin after the published version began."),
            pack=pack_id,
        )


class PackCurrencyError(RulesError):
    """A version in another currency than the published law it goes on from, or tops up: accounts hold one currency."""

    code = "RULES.PACK.CURRENCY"

    def __init__(self, pack_id: str, *, found: str, needed: str, other: str) -> None:
        super().__init__(
            Text(
                f"“{pack_id}”的币种是{found}，已发布的“{other}”是{needed}；两者的金额记在同一账户。",
                f"“{pack_id}” is in {found}, the published “{other}” in {needed}; both book to the same accounts.",
            ),
            Text("币种不变，或以新的编号另立方案。", "Keep the currency, or draft a scheme of its own with a new id."),
            pack=pack_id,
            found=found,
            needed=needed,
        )


class PackCasesFailError(RulesError):
    """A version whose cases do not come out as they expect is not published."""

    code = "RULES.PACK.CASES_FAIL"

    def __init__(self, pack_id: str, failures: Sequence[Text]) -> None:
        first = failures[:3]
        super().__init__(
            Text(
                f"“{pack_id}”有{len(failures)}个案例不符：{'；'.join(each.zh for each in first)}。",
                f"{len(failures)} cases of “{pack_id}” do not come out: {'; '.join(each.en for each in first)}.",
            ),
            Text("先更正规则或案例。", "Correct the rule or the case first."),
            pack=pack_id,
        )


class UnknownDraftError(RulesError):
    """No draft of the law has that number."""

    code = "RULES.DRAFT.UNKNOWN"

    def __init__(self, draft: int) -> None:
        super().__init__(
            Text("没有%(draft)s号草案。", "There is no draft %(draft)s.").with_values(draft=draft),
            Text("从草案清单打开。", "Open it from the list of drafts."),
            draft=draft,
        )


class DraftStaleError(RulesError):
    """A draft was saved by somebody, or in another window, since the text that is now sent was read."""

    code = "RULES.DRAFT.STALE"

    def __init__(self, *, draft: int, found: int, needed: int) -> None:
        super().__init__(
            Text(
                "%(draft)s号草案已保存过%(needed)s次，您的文本依据第%(found)s次：此后已有新的保存，未覆盖。",
                "Draft %(draft)s has been saved %(needed)s {needed:time|times}, and your text is based on save "
                "%(found)s: there is a newer one, which was not overwritten.",
            ).with_values(draft=draft, found=found, needed=needed),
            Text(
                "您的文本仍在下方；对照较新的文本后再保存。",
                "Your text stands below; compare it with the newer one, then save.",
            ),
            draft=draft, found=found, needed=needed,
        )  # fmt: skip


class DraftNotOpenError(RulesError):
    """A step was asked of a draft that stands elsewhere: only an open one is written, only a submitted one decided."""

    code = "RULES.DRAFT.STATE"

    def __init__(self, *, draft: int, found: str, needed: str) -> None:
        super().__init__(
            Text(
                "%(draft)s号草案的状态是%(found)s，此步需要%(needed)s。",
                "Draft %(draft)s is %(found)s; this step needs one that is %(needed)s.",
            ).with_values(draft=draft, found=found, needed=needed),
            Text("重新打开该草案，查看现状。", "Open the draft again to see where it stands."),
            draft=draft, found=found, needed=needed,
        )  # fmt: skip


class DraftDefectsError(RulesError):
    """A draft with defects may be kept, but not submitted."""

    code = "RULES.DRAFT.DEFECTS"

    def __init__(self, *, draft: int, count: int, first: str) -> None:
        super().__init__(
            Text(
                "%(draft)s号草案有%(count)s处缺陷，须为0；第一处在%(first)s。",
                "Draft %(draft)s has %(count)s {count:defect|defects}; needed: none. The first stands at %(first)s.",
            ).with_values(draft=draft, count=count, first=first),
            Text("按清单逐处更正后提交。", "Mend what the list names, then submit."),
            draft=draft, count=count, first=first,
        )  # fmt: skip


class DraftUnchangedError(RulesError):
    """A draft says word for word what is law already, or what waits for its check."""

    code = "RULES.DRAFT.UNCHANGED"

    def __init__(self, *, draft: int, pack_id: str) -> None:
        super().__init__(
            Text(
                "%(draft)s号草案与“%(pack)s”已有的版本规定相同。",
                "Draft %(draft)s says what a version of “%(pack)s” says already.",
            ).with_values(draft=draft, pack=pack_id),
            Text("更改规定或生效日后提交，或撤回草案。", "Change the law or its first day, or withdraw the draft."),
            draft=draft, pack=pack_id,
        )  # fmt: skip


class DraftReasonError(RulesError):
    """A draft was returned without a reason, which its maker needs."""

    code = "RULES.DRAFT.REASON"

    def __init__(self, *, draft: int) -> None:
        super().__init__(
            Text("退回%(draft)s号草案须写明理由。", "Draft %(draft)s is returned only with a reason.").with_values(
                draft=draft
            ),
            Text("写明要改哪一条、为什么。", "Say which row has to change, and why."),
            draft=draft,
        )


class DraftDatesError(RulesError):
    """The days that the checker states, from the approval, are not those of the text."""

    code = "RULES.DRAFT.DATES"

    def __init__(self, *, draft: int, found: str, needed: str) -> None:
        super().__init__(
            Text(
                "%(draft)s号草案的文本写明生效期间%(needed)s，发布填写的是%(found)s。",
                "The text of draft %(draft)s is in force %(needed)s; the publication states %(found)s.",
            ).with_values(draft=draft, found=found, needed=needed),
            Text("核对批复；文本有误则退回起草人更正。", "Look at the approval; if the text is wrong, return it."),
            draft=draft, found=found, needed=needed,
        )  # fmt: skip
