"""The form that a new call starts from, labels of screening, usual reasons: data that ships with the area."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ruamel.yaml import YAML

from yulin.base.text import Text
from yulin.brain.core.call_forms import CallForm, read_form


@dataclass(frozen=True)
class ApplicationTerms:
    """What ships: the form, labels by id, reasons by the step that they are for."""

    form: CallForm
    labels: Mapping[str, Text]
    reasons: Mapping[str, Mapping[str, Text]]

    @property
    def every_reason(self) -> Mapping[str, Text]:
        """Every reason by its id."""
        return {key: text for group in self.reasons.values() for key, text in group.items()}


@cache
def application_terms() -> ApplicationTerms:
    """Return what ships with the area."""
    said = YAML(typ="safe").load(files("yulin.brain").joinpath("application_terms.yaml").read_text(encoding="utf-8"))
    labels = {one["id"]: Text(one["zh"], one["en"]) for one in said["labels"]}
    reasons = {
        step: {one["id"]: Text(one["zh"], one["en"]) for one in group} for step, group in said["reasons"].items()
    }
    return ApplicationTerms(read_form(said["form"]), labels, reasons)
