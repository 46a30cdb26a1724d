"""The public headline board and the lists behind its figures. One row of a snapshot is read; nothing is counted here.

Firm by firm and loan by loan are for those who may see rows (manager, authority, auditor); the public sees sums.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from yulin.base.text import Text
from yulin.kit.lists import Listing, csv_answer
from yulin.kit.speech import is_english, say, speak_in
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.selectors import organisation_names
from yulin.pool.core import board
from yulin.pool.core.names import DISTRICTS, SECTORS
from yulin.pool.selectors.board import BoardFigures, latest_snapshot
from yulin.pool.services.board import BOARD_GROUP
from yulin.web import charts
from yulin.web.amounts import BILLION_FEN, YI_FEN, Amount, rate_text, scaled
from yulin.web.board import breakdown, printed_figures, shown_figures, split_of
from yulin.web.facts import industry_names
from yulin.web.rows import FIND, row_list

BREAKDOWNS = ("districts", "banks", "industries", "sectors")


def headline_board(request: HttpRequest) -> HttpResponse:
    """Show the figures, their charts and their definitions."""
    snapshot = latest_snapshot(BOARD_GROUP)
    if snapshot is None or not snapshot.figures["loans"]:
        return render(request, "web/board_empty.html")
    figures = BoardFigures.from_json(snapshot.figures)
    speak_in(figures.currency)
    names = _names(figures)
    shown = shown_figures(figures)
    tables = {name: breakdown(getattr(figures, name), names[name], figures.lent_fen) for name in BREAKDOWNS}
    return render(
        request,
        "web/board.html",
        {
            "snapshot": snapshot,
            "figures": figures,
            "shown": shown,
            "lead": shown["lent"],
            "leverages": [each for key, each in shown.items() if key.startswith("leverage")],
            "tiles": [each for key, each in shown.items() if key not in {"lent", "leverage", "leverage-paid"}],
            "milestones": _milestones(figures),
            "years": _years(figures),
            "tables": tables,
            "findings": _findings(figures, tables),
            "charts": _charts(figures, tables),
            "printed": [{"shown": shown[each.key], **vars(each)} for each in printed_figures(figures)],
            "chart_labels": _chart_labels(figures, tables),
            "table_names": TABLE_NAMES,
            "head_names": HEAD_NAMES,
        },
    )


def open_data(request: HttpRequest) -> HttpResponse | FileResponse:
    """Give the snapshot to a machine: figures in whole numbers, breakdowns, definitions. `?format=csv` for a sheet."""
    snapshot = latest_snapshot(BOARD_GROUP)
    if snapshot is None:
        raise Http404
    figures = BoardFigures.from_json(snapshot.figures)
    if request.GET.get("format") == "json":
        definitions = {each.key: {"zh": each.definition.zh, "en": each.definition.en} for each in board.FIGURES}
        body = {"figures": snapshot.figures, "computed_at": snapshot.computed_at, "definitions": definitions}
        return JsonResponse(body, json_dumps_params={"ensure_ascii": False, "indent": 1})
    return csv_answer(
        f"yulin-board-{figures.as_of}.csv",
        ("part", "key", "name", "firms", "loans", "lent", "currency"),
        _lines(figures),
    )


def figure_list(request: HttpRequest, figure: str) -> HttpResponse | FileResponse:
    """Show what stands behind one figure: its definition, sums for everybody, rows for those who may see them."""
    snapshot, meant = latest_snapshot(BOARD_GROUP), board.figure(figure)
    if snapshot is None or meant is None:
        raise Http404
    figures = BoardFigures.from_json(snapshot.figures)
    speak_in(figures.currency)
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    rows: Listing | None = row_list(request, meant, figures) if _has_rows(actor, meant) else None
    if rows is not None and rows.format:
        return rows.export(f"yulin-{figure}-{figures.as_of}.csv")
    names, shown = _names(figures), shown_figures(figures)
    if figure not in shown:
        raise Http404
    context = {
        "figure": shown[figure],
        "figures": figures,
        "rows": rows,
        "split": split_of(meant, figures),
        "years": _years(figures),
        "tables": {
            name: breakdown(getattr(figures, name), names[name], figures.lent_fen, at_most=99) for name in BREAKDOWNS
        },
        "table_names": TABLE_NAMES,
        "head_names": HEAD_NAMES,
        "lead": shown["lent"],
        "others": [each.figure for key, each in shown.items() if key != figure],
        "find": FIND.get(meant.list_kind),
        "rows_template": f"web/_rows_{meant.list_kind}.html",
        "nothing": {
            "title": Text("名单为空", "The list is empty"),
            "text": Text("确认入库后，这里列出。", "Enrolled loans appear here."),
        },
        "may_open": actor.may(Action.SEE_ENROLMENTS),
    }
    return render(request, "web/board_list.html", context)


HEAD_NAMES = {
    "districts": Text("区", "District"),
    "banks": Text("银行", "Bank"),
    "industries": Text("行业", "Industry"),
    "sectors": Text("产业方向", "Sector"),
}
TABLE_NAMES = {
    "districts": Text("按区", "By district"),
    "banks": Text("按银行", "By bank"),
    "industries": Text("按行业", "By industry"),
    "sectors": Text("按产业方向", "By sector"),
}


def _has_rows(actor: Actor, figure: board.Figure) -> bool:
    return figure.list_kind == "units" or (figure.list_kind != "years" and actor.may(Action.SEE_BOARD_ROWS))


def _names(figures: BoardFigures) -> dict[str, dict[str, Text]]:
    banks = organisation_names(int(group.key) for group in figures.banks)
    return {
        "banks": {str(pk): bank.name for pk, bank in banks.items()},
        "districts": dict(DISTRICTS),
        "industries": industry_names(),
        "sectors": dict(SECTORS),
    }


def _milestones(figures: BoardFigures) -> list[dict[str, Any]]:
    return [
        {"zh": f"{mark.amount_fen // YI_FEN}", "en": f"{mark.amount_fen // BILLION_FEN}", "on": mark.reached_on}
        for mark in figures.milestones
    ]


def _years(figures: BoardFigures) -> list[dict[str, Any]]:
    return [
        {
            "year": year.year,
            "loans": year.loans,
            "firms": year.firms,
            "lent": Amount(year.lent_fen),
            "cumulative": Amount(year.cumulative_fen),
            "rates": f"{rate_text(year.rate_low_ppm)}–{rate_text(year.rate_high_ppm)}",
        }
        for year in figures.years
    ]


def _findings(figures: BoardFigures, tables: dict[str, list[dict[str, Any]]]) -> dict[str, Text]:
    """Return the titles of the charts: what each shows, said only where the numbers say it."""
    highs = [year.rate_high_ppm or 0 for year in figures.years]
    lows = [year.rate_low_ppm or 0 for year in figures.years]
    is_falling = len(highs) > 1 and all(b < a for v in (highs, lows) for a, b in pairwise(v))
    first = {name: rows[0] if rows else None for name, rows in tables.items()}
    return {
        "rates": Text("贷款利率逐年下降", "Loan rates fall every year")
        if is_falling
        else Text("各年贷款利率", "Loan rates by year"),
        "districts": _largest(first["districts"], Text("各区放款", "Lending by district")),
        "banks": _largest(first["banks"], Text("各银行放款", "Lending by bank")),
        "industries": _largest(first["industries"], Text("各行业放款", "Lending by industry")),
    }


def _largest(row: dict[str, Any] | None, otherwise: Text) -> Text:
    if row is None:
        return otherwise
    return Text("%(title)s：%(name)s占%(share)s，居首", "%(title)s: %(name)s leads with %(share)s").with_values(
        title=otherwise, name=row["name"], share=row["share"]
    )


def _charts(figures: BoardFigures, tables: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    lent = say(Text("累计放款", "Lent"))
    listed = reverse("web:board-list", args=["lent"])
    bands = [((year.rate_low_ppm or 0) / 10_000, (year.rate_high_ppm or 0) / 10_000) for year in figures.years]
    made = {
        "years": charts.standing_bars(
            [
                charts.Bar(
                    str(y.year), _height(y.cumulative_fen), _height_text(y.cumulative_fen), f"{listed}?year={y.year}"
                )
                for y in figures.years
            ],
            series=lent,
        ),
        "rates": charts.band_bars(
            [str(year.year) for year in figures.years],
            bands,
            [f"{rate_text(y.rate_low_ppm)}–{rate_text(y.rate_high_ppm)}%" for y in figures.years],
            series=say(Text("利率区间", "Rate band")),
        ),
    }
    for name, query in (("districts", "district"), ("banks", "bank"), ("industries", "industry")):
        bars = [
            charts.Bar(
                say(row["name"]),
                _height(row["lent"].fen),
                f"{_height_text(row['lent'].fen)}  {row['share']}",
                f"{listed}?{query}={row['key']}" if row["key"] else "",
            )
            for row in tables[name]
        ]
        made[name] = charts.lying_bars(bars, series=lent)
    return made


def _chart_labels(figures: BoardFigures, tables: dict[str, list[dict[str, Any]]]) -> dict[str, str]:
    """Return what each chart says to those who do not see it."""
    rates = "；" if not is_english() else "; "
    return {
        "years": rates.join(f"{year.year} {_height_text(year.cumulative_fen)}" for year in figures.years),
        "rates": rates.join(
            f"{y.year} {rate_text(y.rate_low_ppm)}–{rate_text(y.rate_high_ppm)}%" for y in figures.years
        ),
        **{
            name: rates.join(f"{say(row['name'])} {_height_text(row['lent'].fen)}" for row in rows[:5])
            for name, rows in tables.items()
        },
    }


def _height(fen: int) -> float:
    return fen / (BILLION_FEN if is_english() else YI_FEN)


def _height_text(fen: int) -> str:
    return say(Text(scaled(fen, YI_FEN), scaled(fen, BILLION_FEN)))


def _lines(figures: BoardFigures) -> Iterable[tuple[Any, ...]]:
    names = _names(figures)
    for key in (
        "loans",
        "firms",
        "lines",
        "units",
        "iab_nem_firms",
        "hnte_firms",
        "hnte_unknown_firms",
        "pure_credit_firms",
    ):
        yield ("total", key, "", "", getattr(figures, key), "", "")
    own = figures.currency
    yield ("total", "lent", "", figures.firms, figures.loans, _yuan(figures.lent_fen), own)
    yield ("total", "credit_lines", "", "", figures.lines, _yuan(figures.lines_fen), own)
    for other in figures.others:
        yield ("other_currency", other.currency, "", other.firms, other.loans, _yuan(other.lent_fen), other.currency)
    for year in figures.years:
        yield ("year", year.year, "", year.firms, year.loans, _yuan(year.lent_fen), own)
    for name in BREAKDOWNS:
        for group in getattr(figures, name):
            said = names[name].get(group.key)
            yield (name, group.key, say(said) if said else "", group.firms, group.loans, _yuan(group.lent_fen), own)


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
