"""What can be wrong with the Parquet of an instance, and with the day that a file stands for."""

from __future__ import annotations

from datetime import date

from yulin.base.errors import YulinError
from yulin.base.text import Text


class LakePartError(YulinError):
    """A part of the lake is not there, or cannot be read to its end."""

    code = "ATLAS.LAKE.PART"

    def __init__(self, *, part: str, why: Text) -> None:
        super().__init__(
            Text(
                "数据湖的文件%(part)s无法读取：%(why)s。", "The lake's file %(part)s cannot be read: %(why)s."
            ).with_values(part=part, why=why),
            Text(
                "从备份恢复该文件；未恢复前不会给出缺少它的结果。",
                "Restore the file from a backup; until then no result is given that would lack it.",
            ),
            part=part,
        )


class FileOfTomorrowError(YulinError):
    """A file stands for a day that has not come: nothing that it says would count until then."""

    code = "ATLAS.SOURCE.AS_OF"

    def __init__(self, *, file: str, as_of: date, today: date) -> None:
        super().__init__(
            Text(
                "文件%(file)s的内容所属日%(as_of)s晚于今天%(today)s，在那之前其中的值都不会被采用；未入库。",
                "The file %(file)s stands for %(as_of)s, which is after today (%(today)s): nothing that it says would"
                " count before. Nothing of it is taken in.",
            ).with_values(file=file, as_of=as_of.isoformat(), today=today.isoformat()),
            Text("请核对日期（--as-of），改正后再入库。", "Check the day (--as-of) and take it in again."),
            file=file,
            as_of=as_of,
        )


class PullPlanError(YulinError):
    """What says which sources the clock pulls cannot be understood, or a token that it names cannot be read."""

    code = "ATLAS.SOURCE.PULL_PLAN"

    def __init__(self, *, where: str, needed: Text) -> None:
        super().__init__(
            Text(
                "定时拉取的“%(where)s”不成立，需要%(needed)s。", "What the clock pulls: “%(where)s” needs %(needed)s."
            ).with_values(where=where, needed=needed),
            Text(
                "改正YULIN_PULLS所指的文件；十分钟内会再读。",
                "Mend the file that YULIN_PULLS names; it is read again within ten minutes.",
            ),
            where=where,
        )
