"""What the library of approved projects refuses."""

from __future__ import annotations

from yulin.base.errors import YulinError
from yulin.base.text import Text


class ProjectFileError(YulinError):
    """A list of approved projects cannot be read: no table, or a column that is needed is not there."""

    code = "BRAIN.PROJECT.FILE"

    def __init__(self, *, name: str, why: Text) -> None:
        super().__init__(
            Text("立项清单“%(name)s”无法读取：%(why)s。", "The list “%(name)s” cannot be read: %(why)s.").with_values(
                name=name, why=why
            ),
            Text(
                "可读XLSX、CSV、JSON；至少有项目名称和承担单位两列，列名不同时用“列名=字段”写明。",
                "XLSX, CSV and JSON are read, with at least a title and a unit; name other heads as “head=field”.",
            ),
            name=name,
        )


class ProjectColumnsError(YulinError):
    """A column map names a field that is none, or two columns of a list stand for one field."""

    code = "BRAIN.PROJECT.COLUMNS"

    def __init__(self, *, found: str, needed: str) -> None:
        super().__init__(
            Text("列名对应不成立：%(found)s。", "The map of columns does not hold: %(found)s.").with_values(
                found=found
            ),
            Text(
                "每行写一个“列名=字段”，字段为：%(needed)s。", "One “head=field” a line; fields: %(needed)s."
            ).with_values(needed=needed),
            found=found,
            needed=needed,
        )


class ProjectPersonalIdError(YulinError):
    """A list holds a personal ID number; none is kept, so the list is not taken in."""

    code = "BRAIN.PROJECT.PERSONAL_ID"

    def __init__(self, *, row: int, column: str) -> None:
        super().__init__(
            Text(
                "第%(row)s行“%(column)s”列有公民身份号码，整份清单没有导入。",
                "Row %(row)s holds a personal ID number in column “%(column)s”; nothing of the list was taken in.",
            ).with_values(row=row, column=column),
            Text("删去身份号码后再导入。", "Take the ID numbers out, then take the list in."),
            row=row,
            column=column,
        )


class ProjectNotFoundError(YulinError):
    """No approved project, or list of them, of this number is in the book."""

    code = "BRAIN.PROJECT.NOT_FOUND"

    def __init__(self, *, project: object) -> None:
        super().__init__(
            Text("没有立项项目“%(project)s”。", "There is no approved project “%(project)s”.").with_values(
                project=project
            ),
            Text("从立项查询的清单进入。", "Enter from the list of approved projects."),
            project=str(project),
        )
