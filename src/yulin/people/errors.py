"""What people and rights refuse."""

from __future__ import annotations

from datetime import date

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit.errors import NotAllowedHereError


class PeopleError(YulinError):
    """Something about people, roles or organisations was refused."""

    code = "PEOPLE.ERROR"


class NotAllowedError(NotAllowedHereError):
    """The role of the person does not include this action."""

    def __init__(self, *, action: str, role: str) -> None:
        super().__init__(
            Text("角色“%(role)s”没有“%(action)s”的权限。", "The role “%(role)s” may not do “%(action)s”.").with_values(
                role=role, action=action
            ),
            Text(
                "切换到有权限的身份，或由本机构管理员调整角色。",
                "Switch to a role that may, or ask your manager for it.",
            ),
            action=action,
            role=role,
        )


class RoleDoesNotFitError(PeopleError):
    """An organisation of this kind has no such role."""

    code = "PEOPLE.ROLE.DOES_NOT_FIT"

    def __init__(self, *, kind: str, role: str, allowed: list[str]) -> None:
        super().__init__(
            Text(
                "%(kind)s类机构没有角色%(role)s。", "An organisation of kind %(kind)s has no role %(role)s."
            ).with_values(kind=kind, role=role),
            Text("可用角色：%(roles)s。", "Its roles are: %(roles)s.").with_values(roles=", ".join(allowed) or "—"),
            kind=kind,
            role=role,
        )


class OrganisationCodeTakenError(PeopleError):
    """Another organisation has this code."""

    code = "PEOPLE.ORGANISATION.CODE_TAKEN"

    def __init__(self, *, organisation_code: str, holder: str) -> None:
        super().__init__(
            Text(
                "机构代码%(code)s已属于%(holder)s。", "The organisation code %(code)s already belongs to %(holder)s."
            ).with_values(code=organisation_code, holder=holder),
            Text("核对代码，或在原机构下增加人员。", "Check the code, or add people to that organisation."),
            organisation_code=organisation_code,
        )


class UserNameTakenError(PeopleError):
    """Another user has this sign-in name."""

    code = "PEOPLE.USER.NAME_TAKEN"

    def __init__(self, *, username: str) -> None:
        super().__init__(
            Text("登录名%(name)s已被使用。", "The sign-in name %(name)s is taken.").with_values(name=username),
            Text(
                "换一个登录名；同一人加入另一机构时，给原账号加角色。",
                "Choose another; for the same person, add a role.",
            ),
            username=username,
        )


class NoSuchRoleHeldError(PeopleError):
    """The person does not hold the role to switch to, or no longer."""

    code = "PEOPLE.ROLE.NOT_HELD"

    def __init__(self, *, membership_id: int) -> None:
        super().__init__(
            Text("您今天没有这个身份。", "You do not hold this role today."),
            Text("从右上角的身份列表中选择。", "Choose one from the list of your roles at the top right."),
            membership_id=membership_id,
        )


class NotADemoBookError(PeopleError):
    """The demo sign-in exists on demo books only."""

    code = "PEOPLE.DEMO.NOT_A_DEMO_BOOK"

    def __init__(self) -> None:
        super().__init__(
            Text("本账本不是演示账本，没有演示登录。", "This book is not a demo book, so there is no demo sign-in."),
            Text("用登录名和密码登录。", "Sign in with name and password."),
        )


class OrganisationNotFoundError(PeopleError):
    """No organisation has this code."""

    code = "PEOPLE.ORGANISATION.NOT_FOUND"

    def __init__(self, *, organisation_code: str) -> None:
        super().__init__(
            Text("没有代码为%(code)s的机构。", "No organisation has the code %(code)s.").with_values(
                code=organisation_code
            ),
            Text("核对代码，或先建机构。", "Check the code, or add the organisation first."),
            organisation_code=organisation_code,
        )


class ApiClientUnknownError(PeopleError):
    """There is no API client of that id."""

    code = "PEOPLE.CLIENT.UNKNOWN"

    def __init__(self, *, client_id: str) -> None:
        super().__init__(
            Text("没有接口客户端“%(id)s”。", "There is no API client “%(id)s”.").with_values(id=client_id),
            Text("用 yulin people client list 查看编号。", "See the ids by yulin people client list."),
            client_id=client_id,
        )


class ApiClientRefusedError(PeopleError):
    """The program's id and secret do not belong together, or the client is switched off."""

    code = "PEOPLE.CLIENT.REFUSED"

    def __init__(self, *, client_id: str) -> None:
        super().__init__(
            Text("客户端编号或密钥不对，或已停用。", "The client's id or secret is wrong, or it is switched off."),
            Text("核对编号和密钥，或请管理员另建一个。", "Check both, or ask the operator for a new one."),
            client_id=client_id,
        )


class BookKeepsTimeError(PeopleError):
    """Only a demo book stands still on a day that can be moved; a real book's day is today."""

    code = "PEOPLE.BOOK.KEEPS_TIME"

    def __init__(self, *, today: date) -> None:
        super().__init__(
            Text(
                "本账本的业务日期是%(today)s，随日历走，不能设定；只有演示账本的日期可以设定。",
                "This book's business date is %(today)s and follows the calendar; only a demo book's day can be set.",
            ).with_values(today=today.isoformat()),
            Text("在装有演示账本的YULIN_HOME上运行。", "Run it on a YULIN_HOME that holds a demo book."),
            today=today,
        )
