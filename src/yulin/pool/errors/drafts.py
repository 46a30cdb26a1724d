"""What the pool refuses about drafted texts of schemes."""

from __future__ import annotations

from yulin.base.text import Text
from yulin.pool.errors.root import PoolError


class DraftTextError(PoolError):
    """A file holds no drafted text of the scheme that is simulated, or of a layer on top of it."""

    code = "POOL.DRAFT.TEXT"

    def __init__(self, *, found: Text) -> None:
        super().__init__(
            Text(
                "这份文件不能作为草案：%(found)s；需要所选方案的规则包文本（pack.yaml），或叠加于它的一层。",
                "This file is no draft here: %(found)s. Needed: the text (pack.yaml) of the chosen scheme, or of a "
                "layer on top of it.",
            ).with_values(found=found),
            Text(
                "从方案页取原文，改好数字后再上传。", "Take the text from the scheme's page, change it, and try again."
            ),
            found=found.zh,
        )
