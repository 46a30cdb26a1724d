"""What can be wrong with the Parquet of an instance."""

from __future__ import annotations

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
