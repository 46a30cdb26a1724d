"""Scheme packs that ship with Yulin, with the layer packs that may join them and the values that a case tries out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.pool.core.cliffs import remarks
from yulin.pool.core.codes import REMARKS
from yulin.pool.core.loss import LossCase
from yulin.pool.core.pack_cases import case_differences
from yulin.pool.core.settlement import Settlement, settle
from yulin.pool.core.settlement_json import read_case, settlement_json
from yulin.rules.adapters.shipped import shipped_pack, shipped_pack_ids, shipped_texts, shipped_vocabulary
from yulin.rules.core.cases import CaseResult, Difference, assessment_cases
from yulin.rules.core.linter import Remark as LinterRemark
from yulin.rules.core.load import load_pack
from yulin.rules.core.pack import Case, Pack
from yulin.rules.core.rates import with_rates
from yulin.rules.core.reading import RemarkRow
from yulin.rules.errors import UnknownPackError


def scheme_ids() -> tuple[str, ...]:
    """Return the ids of all shipped scheme packs."""
    return tuple(pack_id for pack_id in shipped_pack_ids() if shipped_pack(pack_id).kind == "scheme")


def scheme_pack(pack_id: str, values: Mapping[str, Any] | None = None) -> Pack:
    """Return a shipped scheme pack, with open numbers filled by `values` (path of the row → what would be filled in).

    Raises: RULES.PACK.UNKNOWN, RULES.PACK.FORM.
    """
    pack = shipped_pack(pack_id)
    if pack.kind != "scheme":
        raise UnknownPackError(pack_id, scheme_ids())
    if values:
        return with_rates(load_pack(shipped_texts(pack_id), shipped_vocabulary(), values), shipped_rates)
    return _rated(pack_id)


@lru_cache(maxsize=128)
def _rated(pack_id: str) -> Pack:
    """Return a shipped scheme with the rates that its limits point at; the same object for as long as it is used."""
    return with_rates(shipped_pack(pack_id), shipped_rates)


def shipped_rates(pack_id: str) -> Pack:
    """Return a shipped rate pack. Raises: RULES.PACK.UNKNOWN."""
    known = [one for one in shipped_pack_ids() if shipped_pack(one).kind == "rate"]
    if pack_id not in known:
        raise UnknownPackError(pack_id, known)
    return shipped_pack(pack_id)


def layers_of(pack: Pack) -> tuple[Pack, ...]:
    """Return the shipped layer packs that may join a scheme."""
    return tuple(shipped_pack(name) for layer in pack.scheme.layers.values() for name in layer.packs)


def topped_up(pack: Pack, on: date) -> Pack | None:
    """Return the scheme that a layer pack tops up on the day, or None where the pack stands alone."""
    rule = pack.scheme.on_top_of
    bases = [shipped_pack(name) for name in rule.packs] if rule else []
    return next((base for base in bases if base.is_in_force(on)), None)


def settle_source(source: Mapping[str, Any]) -> Settlement:
    """Settle one case in its JSON form."""
    pack = scheme_pack(str(source.get("scheme")), source.get("values"))
    return settle_with_layers(pack, read_case(source, pack.vocabulary))


def settle_with_layers(pack: Pack, case: LossCase) -> Settlement:
    """Settle a case with the layers of the scheme; a layer pack is settled on the scheme that it tops up."""
    base = topped_up(pack, case.on)
    if base is None:
        return settle(pack, case, layers_of(pack))
    district = {**case.facts, "district": pack.scheme.on_top_of.area}
    return settle(base, replace(case, facts=district), (pack,))


def settle_answer(source: dict[str, Any]) -> dict[str, Any]:
    """Return the answer of `yulin pool settle` to one input."""
    return settlement_json(settle_source(source))


def trade_cases(pack: Pack, values: Mapping[str, Any] | None = None) -> tuple[CaseResult, ...]:
    """Return how each case of a loss, a limit, a fee … beside a scheme pack comes out, that of a draft too.

    `values` are the numbers that the manager fills; what a case tries out itself goes before them. Cases of
    eligibility are assessments, which `rules` runs.
    """
    assessed = assessment_cases(pack)
    return tuple(_trade_case(pack, case, values or {}) for case in pack.cases if case not in assessed)


def _trade_case(pack: Pack, case: Case, values: Mapping[str, Any]) -> CaseResult:
    settler = settle if case.more.get("alone") else settle_with_layers
    tried = case.more.get("values") or {}
    if not isinstance(tried, Mapping):
        return CaseResult(case, (Difference("values", "{row: value}", str(tried)),))
    try:
        under = load_pack(pack.texts, shipped_vocabulary(), {**values, **tried}) if tried else pack
        under = with_rates(under, shipped_rates)
    except YulinError as error:
        return CaseResult(case, (Difference("values", "–", error.message),))
    return CaseResult(case, case_differences(under, case, settler))


def failing_cases(pack_id: str) -> tuple[str, ...]:
    """Return one line for every case beside a shipped scheme pack that does not come out as it expects."""
    results = trade_cases(scheme_pack(pack_id))
    return tuple(f"{one.case.name}: {'; '.join(map(str, one.differences))}" for one in results if not one.holds)


def trade_remarks(pack: Pack) -> tuple[RemarkRow, ...]:
    """Return what is odd in a scheme's numbers, as the linter says it: place, name and words of the row."""
    return tuple(
        RemarkRow(LinterRemark(one.code, one.row.where, one.says), REMARKS[one.code], one.row.text or Text("", ""))
        for one in remarks(pack)
    )


def check_scheme(pack_id: str) -> dict[str, Any]:
    """Return what a shipped scheme pack's cases and numbers say: failing cases, and remarks such as cliffs."""
    pack = scheme_pack(pack_id)
    return {
        "pack": pack_id,
        "cases": len(pack.cases) - len(assessment_cases(pack)),
        "failing": list(failing_cases(pack_id)),
        "remarks": [
            {"code": one.code, "row": one.row.id, "says": one.says.zh, "says_en": one.says.en} for one in remarks(pack)
        ],
    }
