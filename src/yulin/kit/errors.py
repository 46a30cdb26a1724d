"""What can go wrong below every area: the database server and its folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit.limits import BYTES_PER_MB

_NOT_ALLOWED = Text("当前身份不能打开这个页面", "Your present role may not open this page")
_SWITCH_ROLE = Text("在右上角切换身份，或联系本机构管理员。", "Switch your role at the top right, or ask your manager.")


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


class AlreadyRunningError(YulinError):
    """Yulin already runs on this folder; two instances cannot share one."""

    code = "KIT.INSTANCE.ALREADY_RUNNING"

    def __init__(self, *, folder: Path, pid: int | None, url: str | None) -> None:
        super().__init__(
            Text(
                "雨林已在%(folder)s上运行（进程%(pid)s）。", "Yulin already runs on %(folder)s (process %(pid)s)."
            ).with_values(folder=folder, pid=pid or "?"),
            Text(
                "打开%(url)s；或用YULIN_HOME另选文件夹。", "Open %(url)s, or choose another folder by YULIN_HOME."
            ).with_values(url=url or "http://127.0.0.1:8000/"),
            folder=str(folder),
            pid=pid,
            url=url,
        )


class PortTakenError(YulinError):
    """Another program listens on the address that Yulin's web server was to use."""

    code = "KIT.INSTANCE.PORT_TAKEN"

    def __init__(self, *, host: str, port: int, found: str) -> None:
        super().__init__(
            Text(
                "地址%(host)s:%(port)s不能使用：%(found)s。", "The address %(host)s:%(port)s cannot be used: %(found)s."
            ).with_values(host=host, port=port, found=found),
            Text("用--port另选一个端口。", "Choose another port by --port."),
            host=host,
            port=port,
        )


class PreparationFailedError(YulinError):
    """The database or the static files could not be brought to this version; the lines above say why."""

    code = "KIT.INSTANCE.NOT_PREPARED"

    def __init__(self, *, command: str, status: int) -> None:
        super().__init__(
            Text("“%(command)s”以状态%(status)s结束。", "“%(command)s” ended with status %(status)s.").with_values(
                command=command, status=status
            ),
            Text("上面几行说明原因；改正后再运行。", "The lines above say why; run it again when that is mended."),
            command=command,
            status=status,
        )


class DatabaseBehindError(YulinError):
    """The database was made by an earlier version, or nothing was made in it yet; `yulin prepare` brings it here."""

    code = "KIT.DATABASE.BEHIND"

    def __init__(self, *, waiting: int) -> None:
        super().__init__(
            Text(
                "数据库落后本版本%(waiting)s步，本命令不能在其上运行。",
                "The database is %(waiting)s {waiting:step|steps} behind this version; this command cannot run on it.",
            ).with_values(waiting=waiting),
            Text("先运行yulin prepare，再运行本命令。", "Run yulin prepare, then this command again."),
            waiting=waiting,
        )


class ServiceKeepsDyingError(YulinError):
    """A service of the instance ended again and again before it ever ran."""

    code = "KIT.INSTANCE.SERVICE_KEEPS_DYING"

    def __init__(self, *, name: Text, times: int, how: str) -> None:
        super().__init__(
            Text(
                "%(name)s启动后%(times)s次都立即结束（%(how)s）。", "%(name)s ended at once %(times)s times (%(how)s)."
            ).with_values(name=name, times=times, how=how),
            Text("原因见YULIN_HOME/logs；也可运行yulin doctor。", "YULIN_HOME/logs says why; or run yulin doctor."),
            times=times,
            how=how,
        )


class BadRequestError(YulinError):
    """A request to the API cannot be read: a field is missing, of another type, or out of its range."""

    code = "KIT.BAD_REQUEST"

    def __init__(self, *, places: list[dict[str, str]]) -> None:
        named = ", ".join(f"{one['place']}: {one['found']}" for one in places)
        super().__init__(
            Text("请求中的字段无法识别：%(named)s", "Fields of the request cannot be read: %(named)s").with_values(
                named=named
            ),
            Text("按接口文档改正这些字段后重试。", "Correct these fields as the API's description says, then retry."),
            places=places,
        )


class NotSignedInError(YulinError):
    """Nobody is signed in, and this is not public."""

    code = "PEOPLE.NOT_SIGNED_IN"

    def __init__(self) -> None:
        super().__init__(
            Text("没有登录。", "Nobody is signed in."), Text("先登录，再重试。", "Sign in first, then retry.")
        )


class NotAllowedHereError(YulinError):
    """The role does not include this page, this call or this action."""

    code = "PEOPLE.NOT_ALLOWED"

    def __init__(self, message: Text = _NOT_ALLOWED, hint: Text = _SWITCH_ROLE, **facts: Any) -> None:
        super().__init__(message, hint, **facts)


class NotFoundError(YulinError):
    """There is no such page or record, or it is not yours to see."""

    code = "KIT.NOT_FOUND"

    def __init__(self) -> None:
        super().__init__(
            Text("没有这个页面或记录", "There is no such page or record"),
            Text(
                "地址可能已变更，或该记录不属于本机构。从首页或列表进入。",
                "The address may have changed, or the record is not yours. Start from the home page or a list.",
            ),
        )


class UnreadableRequestError(YulinError):
    """A request from a browser cannot be understood."""

    code = "KIT.BAD_REQUEST.UNREADABLE"

    def __init__(self) -> None:
        super().__init__(
            Text("请求无法识别", "The request could not be understood"),
            Text("返回上一页，重新打开后再试。", "Go back, open the page again and retry."),
        )


class FormExpiredError(YulinError):
    """A form is too old, or was not sent from our own page."""

    code = "KIT.FORM.EXPIRED"

    def __init__(self) -> None:
        super().__init__(
            Text("表单已过期，没有提交", "The form has expired and was not sent"),
            Text(
                "返回上一页，刷新后重新提交；已填的内容浏览器会保留。",
                "Go back, reload and send it again; the browser keeps what you typed.",
            ),
        )


class FaultError(YulinError):
    """Yulin itself failed; nothing was half-written, the log holds the cause."""

    code = "KIT.FAULT"

    def __init__(self) -> None:
        super().__init__(
            Text("系统出错，本次操作没有写入", "Yulin failed; nothing was written"),
            Text(
                "稍后再试；如再次出现，把时间和页面地址告诉运维人员。",
                "Try again later; if it happens again, tell the operator the time and the address.",
            ),
        )


class IdempotencyConflictError(YulinError):
    """The same idempotency key was used before with another content."""

    code = "KIT.IDEMPOTENCY.CONFLICT"

    def __init__(self, *, key: str) -> None:
        super().__init__(
            Text(
                "幂等键%(key)s已用于另一份内容。", "The idempotency key %(key)s was used before with another content."
            ).with_values(key=key),
            Text(
                "重试时内容须与首次相同；新的请求换一个新键。",
                "Retry with the same content, or use a new key for a new request.",
            ),
            key=key,
        )


class DocumentNotFoundError(YulinError):
    """No document is kept under this SHA-256."""

    code = "KIT.DOCUMENT.NOT_FOUND"

    def __init__(self, *, sha256: str) -> None:
        super().__init__(
            Text("没有存过文档%(sha256)s。", "No document %(sha256)s is kept.").with_values(sha256=sha256),
            Text("核对编号；文档一经存入不会删除。", "Check the number; a document once kept is never deleted."),
            sha256=sha256,
        )


class DocumentDamagedError(YulinError):
    """A kept document no longer has the content that its name stands for."""

    code = "KIT.DOCUMENT.DAMAGED"

    def __init__(self, *, sha256: str, found: str) -> None:
        super().__init__(
            Text(
                "文档%(sha256)s的内容已变（现为%(found)s）。",
                "The document %(sha256)s has changed: it now hashes to %(found)s.",
            ).with_values(sha256=sha256, found=found),
            Text("从备份恢复该文件。", "Restore the file from a backup."),
            sha256=sha256,
            found=found,
        )


class UploadTooLargeError(YulinError):
    """A file is larger than this instance takes."""

    code = "KIT.UPLOAD.TOO_LARGE"

    def __init__(self, *, name: str, found_bytes: int, limit_bytes: int) -> None:
        found, limit = (f"{size / BYTES_PER_MB:,.1f} MB" for size in (found_bytes, limit_bytes))
        super().__init__(
            Text(
                "文件%(name)s有%(found)s，上限%(limit)s（YULIN_UPLOAD_LIMIT_MB）。",
                "The file %(name)s has %(found)s; the limit is %(limit)s (YULIN_UPLOAD_LIMIT_MB).",
            ).with_values(name=name, found=found, limit=limit),
            Text("分成几份上传，或删去无关的工作表和图片。", "Split it, or remove other sheets and pictures."),
            name=name,
            found_bytes=found_bytes,
            limit_bytes=limit_bytes,
        )


class LetterNotMadeError(YulinError):
    """A letter's template could not be set as PDF."""

    code = "KIT.LETTER.NOT_MADE"

    def __init__(self, *, template: str, said: str) -> None:
        super().__init__(
            Text(
                "函件模板%(template)s无法排版：%(said)s", "The letter %(template)s could not be set: %(said)s"
            ).with_values(template=template, said=said),
            Text("改正模板后重试；数据没有变动。", "Correct the template and retry; no data has changed."),
            template=template,
            said=said,
        )
