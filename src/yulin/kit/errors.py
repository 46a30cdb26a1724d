"""What can go wrong below every area: the database server and its folder."""

from __future__ import annotations

from pathlib import Path

from yulin.base.errors import YulinError
from yulin.base.text import Text


class PostgresNotStartedError(YulinError):
    """The database server that comes with Yulin did not start; the sentence ends with its own last words."""

    code = "KIT.POSTGRES.NOT_STARTED"

    def __init__(self, *, home: Path | None, log: Path | None, said: str) -> None:
        super().__init__(
            Text(
                "%(home)s中的数据库没有启动：%(said)s", "The database in %(home)s did not start: %(said)s"
            ).with_values(home=home or "YULIN_HOME", said=said),
            Text(
                "查看%(log)s；或用DATABASE_URL指定另一个PostgreSQL。",
                "Read %(log)s, or name another PostgreSQL by DATABASE_URL.",
            ).with_values(log=log or "yulin doctor"),
            home=str(home or ""),
            said=said,
        )


class PostgresFolderNotOursError(YulinError):
    """The database folder belongs to another system user, who alone can run its server."""

    code = "KIT.POSTGRES.FOLDER"

    def __init__(self, *, folder: Path, owner: str) -> None:
        super().__init__(
            Text(
                "数据库文件夹%(folder)s属于系统用户%(owner)s。", "The database folder %(folder)s belongs to %(owner)s."
            ).with_values(folder=folder, owner=owner),
            Text("请以该用户运行，或另设YULIN_HOME。", "Run as that user, or set another YULIN_HOME.").with_values(),
            folder=str(folder),
            owner=owner,
        )
