"""Who holds a firm, who controls it in the end, which firms are one group with it; each line with its statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from yulin.atlas.core.control import FAULT_NEXT, Holding, Ownership, controllers, groups, shares_behind, sort_holdings
from yulin.atlas.core.drawings import Drawing, drawing
from yulin.atlas.core.panels import NOTHING, Alarm, Figure, Panel, Row, Table, figure
from yulin.atlas.core.portrait import FactShown, value_text
from yulin.atlas.core.statements import Said
from yulin.base.text import Text

_WHOLE_PPM = 1_000_000


@dataclass(frozen=True)
class HeldFirm:
    """A firm by its code and name, with the holdings that count in it, and what it owes the pool's banks if known."""

    code: str
    name: str
    holdings: Sequence[Said]
    owed_fen: int | None = None


def ownership_of(firms: Sequence[HeldFirm]) -> Ownership:
    """Return the holdings of firms around one, faulty ones set aside."""
    return sort_holdings(
        Holding(holder_of(one, firm.code), firm.code, Fraction(one.value["share_ppm"], _WHOLE_PPM))
        for firm in firms
        for one in firm.holdings
        if one.value.get("share_ppm") is not None
    )


def holder_of(said: Said, firm_code: str) -> str:
    """Return a holder's code; one without is known by its name within this firm only: a name is never an identity."""
    return str(said.value.get("holder") or f"{said.value.get('holder_name')}@{firm_code}")


def names_of(firms: Sequence[HeldFirm]) -> dict[str, str]:
    """Return what each code is called: a firm by its own name, a holder as the holdings call it."""
    named = {
        holder_of(one, firm.code): str(one.value.get("holder_name") or one.value["holder"])
        for firm in firms
        for one in firm.holdings
    }
    return named | {firm.code: firm.name for firm in firms}


def control(firm_code: str, firms: Sequence[HeldFirm]) -> Panel | None:
    """Return the panel of holdings and control of a firm, None where nobody says who holds it or whom it holds."""
    if not any(firm.holdings for firm in firms):
        return None
    ownership, names = ownership_of(firms), names_of(firms)
    every = tuple(one for firm in firms for one in firm.holdings)
    direct = {holder_of(one, firm_code): one for firm in firms if firm.code == firm_code for one in firm.holdings}
    end = controllers(ownership).get(firm_code)
    group = next((codes for codes in groups(ownership).values() if firm_code in codes), (firm_code,))
    ends = Figure(
        "ultimate_controller",
        Text("最终控制人", "Ultimate controller"),
        end,
        Text(*[names.get(end, end)] * 2)
        if end
        else Text("无（无人超过半数表决权）", "None (nobody has more than half)"),
        every,
    )
    figures = [
        ends,
        figure(
            "group_firms", Text("同一控制下企业数", "Firms under one control"), _firms_in(group, firms), "count", every
        ),
    ]
    owed = [one.owed_fen for one in firms if one.code in group]
    if any(fen is not None for fen in owed):
        label = Text("集团在池贷款余额", "The group's outstanding in the pool")
        figures.append(figure("group_owed_fen", label, sum(fen or 0 for fen in owed), "money", every))
    tables = [_behind(firm_code, ownership, names, direct), _group(group, firms, names)]
    alarms = [
        Alarm(
            "holdings",
            Text(
                "%(firm)s的股权未计算：%(why)s。%(next)s", "The holdings of %(firm)s are not counted: %(why)s. %(next)s"
            ).with_values(firm=names.get(one.firm, one.firm), why=one.why, next=FAULT_NEXT),
            tuple(said for held in firms if held.code == one.firm for said in held.holdings),
        )
        for one in ownership.set_aside
    ]
    note = Text(
        "直接与逐层合计的持股；过半数表决权即为控制。",
        "Direct parts and those through every chain; more than half of the votes is control.",
    )
    return Panel(
        "control",
        "basics",
        Text("股权与控制", "Holdings and control"),
        note,
        tuple(figures),
        tuple(one for one in tables if one),
        tuple(alarms),
        _drawn(firm_code, firms, ownership, end),
    )


def _drawn(firm_code: str, firms: Sequence[HeldFirm], ownership: Ownership, end: str | None) -> Drawing | None:
    parts = {
        (holder, held): share for held, holders in ownership.holders_of.items() for holder, share in holders.items()
    }
    contested = {(holder_of(one, firm.code), firm.code) for firm in firms for one in firm.holdings if one.is_contested}
    return drawing(firm_code, parts, names_of(firms), end=end, contested=contested)


def _firms_in(group: Sequence[str], firms: Sequence[HeldFirm]) -> int:
    return sum(one.code in group for one in firms)


def _behind(firm_code: str, ownership: Ownership, names: Mapping[str, str], direct: Mapping[str, Said]) -> Table | None:
    parts = shares_behind(ownership, firm_code)
    if not parts:
        return None
    held = ownership.holders_of.get(firm_code, {})
    rows = tuple(
        Row(
            (
                Text(*[names.get(holder, holder)] * 2),
                _percent(held[holder]) if holder in held else NOTHING,
                _percent(share),
            ),
            (direct[holder],) if holder in direct else (),
        )
        for holder, share in parts.items()
    )
    heads = (Text("股东", "Holder"), Text("直接持股", "Direct"), Text("合计持股", "In all"))
    return Table("holders", Text("股东", "Holders"), heads, rows)


def _group(group: Sequence[str], firms: Sequence[HeldFirm], names: Mapping[str, str]) -> Table | None:
    members = [one for one in firms if one.code in group]
    if len(members) < 2:
        return None
    rows = tuple(
        Row((Text(*[one.name] * 2), Text(*[one.code] * 2), _holders(one, names), _owed(one)), tuple(one.holdings))
        for one in members
    )
    heads = (
        Text("企业", "Firm"),
        Text("统一社会信用代码", "USCC"),
        Text("直接股东", "Direct holders"),
        Text("在池贷款余额", "Outstanding in the pool"),
    )
    return Table("group", Text("同一控制下的企业", "Firms under one control"), heads, rows)


def _holders(firm: HeldFirm, names: Mapping[str, str]) -> Text:
    said = [
        (names[holder_of(one, firm.code)], Fraction(one.value["share_ppm"], _WHOLE_PPM))
        for one in firm.holdings
        if one.value.get("share_ppm") is not None
    ]
    joined = "、".join(
        f"{name} {_percent(share).zh}" for name, share in sorted(said, key=lambda one: (-one[1], one[0]))
    )
    return Text(joined, joined) if joined else NOTHING


def _owed(firm: HeldFirm) -> Text:
    return NOTHING if firm.owed_fen is None else value_text(firm.owed_fen, FactShown(Text("", ""), "money", {}))


def _percent(share: Fraction) -> Text:
    text = f"{float(share):.2%}"
    return Text(text, text)
