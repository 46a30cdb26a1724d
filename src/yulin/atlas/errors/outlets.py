"""What is refused where a partner shows portraits in a system of its own."""

from __future__ import annotations

from collections.abc import Sequence

from yulin.base.errors import YulinError
from yulin.base.text import Text


class OutletNotFoundError(YulinError):
    """There are no terms of this number for a system of a partner's own that the reader may see."""

    code = "ATLAS.OUTLET.NOT_FOUND"

    def __init__(self, *, outlet: int) -> None:
        super().__init__(
            Text("没有编号%(outlet)s的场景接入。", "There is no outlet %(outlet)s.").with_values(outlet=outlet),
            Text("从“场景接入”页选择。", "Choose it on the page of outlets."),
            outlet=outlet,
        )


class OutletMissingError(YulinError):
    """The organisation has no approved terms for showing portraits in a system of its own."""

    code = "ATLAS.OUTLET.MISSING"

    def __init__(self, *, organisation: str) -> None:
        super().__init__(
            Text("%(who)s没有在用的场景接入。", "%(who)s has no outlet in force.").with_values(who=organisation),
            Text(
                "请主管部门提议可展示的事实与可嵌入的来源，由另一人批准。",
                "Ask the authority to propose the facts and origins; another person there approves them.",
            ),
            organisation=organisation,
        )


class OutletUnclearError(YulinError):
    """Terms are proposed without a partner, facts, a usable origin, a rate or a reason."""

    code = "ATLAS.OUTLET.UNCLEAR"

    def __init__(self, *, found: str, needed: Text) -> None:
        super().__init__(
            Text("场景接入不完整：“%(found)s”，需要%(needed)s。", "The outlet says “%(found)s”; it needs %(needed)s.")
            .with_values(found=found, needed=needed),
            Text("补全后再提议。", "Complete it and propose it again."),
            found=found,
        )  # fmt: skip


class OutletDecidedError(YulinError):
    """Terms that are decided or over are decided once more."""

    code = "ATLAS.OUTLET.DECIDED"

    def __init__(self, *, outlet: int) -> None:
        super().__init__(
            Text("场景接入%(outlet)s已决定或已终止。", "Outlet %(outlet)s is decided or over.").with_values(
                outlet=outlet
            ),
            Text(
                "打开它看已有的决定；要改，另提新的。",
                "Open it to see what was decided; to change it propose a new one.",
            ),
            outlet=outlet,
        )


class OutletSameHandsError(YulinError):
    """Who proposed a partner's terms approves them too."""

    code = "ATLAS.OUTLET.SAME_HANDS"

    def __init__(self, *, outlet: int) -> None:
        super().__init__(
            Text("提议人不能批准自己提的场景接入%(outlet)s。", "Who proposed outlet %(outlet)s cannot approve it.")
            .with_values(outlet=outlet),
            Text("请另一位审批人员办理。", "Ask another checker."),
            outlet=outlet,
        )  # fmt: skip


class OriginNotListedError(YulinError):
    """A widget is asked for in pages of an origin that the partner's terms do not list."""

    code = "ATLAS.OUTLET.ORIGIN"

    def __init__(self, *, origin: str, listed: Sequence[str]) -> None:
        super().__init__(
            Text("来源“%(origin)s”未登记。", "The origin “%(origin)s” is not registered.").with_values(origin=origin),
            Text("已登记：%(listed)s。", "Registered: %(listed)s.").with_values(listed=", ".join(listed) or "–"),
            origin=origin,
            listed=list(listed),
        )


class TooManyRequestsError(YulinError):
    """A partner asks more often in a minute than its terms allow."""

    code = "ATLAS.OUTLET.TOO_MANY"

    def __init__(self, *, per_minute: int, retry_after: int) -> None:
        super().__init__(
            Text("本分钟已满%(n)s次，是场景接入的上限。", "This minute's %(n)s requests are used up.").with_values(
                n=per_minute
            ),
            Text("%(s)s秒后再试。", "Try again in %(s)s {s:second|seconds}.").with_values(s=retry_after),
            per_minute=per_minute,
            retry_after=retry_after,
        )


class LinkNotFoundError(YulinError):
    """A link to a portrait that was not made here, or was tampered with."""

    code = "ATLAS.LINK.NOT_FOUND"

    def __init__(self) -> None:
        super().__init__(
            Text("这个画像链接不是本平台所签。", "This link to a portrait was not signed here."),
            Text("从机构系统重新打开。", "Open it anew from your own system."),
        )


class LinkOverError(YulinError):
    """A link to a portrait has run out, was taken back, or its partner's terms are over."""

    code = "ATLAS.LINK.OVER"

    def __init__(self) -> None:
        super().__init__(
            Text("这个画像链接已失效或已撤回。", "This link to a portrait has run out or was taken back."),
            Text("从机构系统重新打开。", "Open it anew from your own system."),
        )


class LinkAudienceError(YulinError):
    """A link to a portrait is opened by somebody or somewhere it was not made for."""

    code = "ATLAS.LINK.AUDIENCE"

    def __init__(self, *, audience: str) -> None:
        super().__init__(
            Text("这个画像链接只供%(audience)s使用。", "This link to a portrait is for %(audience)s only.").with_values(
                audience=audience
            ),
            Text(
                "在该机构的系统内打开，或以其人员身份登录。", "Open it inside that system, or sign in as one of theirs."
            ),
            audience=audience,
        )


class LinkTimeError(YulinError):
    """A link to a portrait is asked for longer or shorter than a link may live."""

    code = "ATLAS.LINK.MINUTES"

    def __init__(self, *, minutes: int, least: int, most: int) -> None:
        super().__init__(
            Text(
                "链接有效%(n)s分钟：须在%(least)s至%(most)s之间。",
                "A link for %(n)s minutes: %(least)s to %(most)s are allowed.",
            ).with_values(n=minutes, least=least, most=most),
            Text("改短或改长后再生成。", "Make it shorter or longer."),
            minutes=minutes,
        )  # fmt: skip
