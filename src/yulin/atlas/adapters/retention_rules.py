"""The rules on how long things are kept: the instance's own file where it has one, else those that ship."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from django.conf import settings
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from yulin.atlas.core.retention import RetentionRule, read_rules
from yulin.atlas.errors.retention import RetentionRuleError
from yulin.base.text import Text

OWN_FILE = "retention.yaml"


def retention_rules() -> tuple[RetentionRule, ...]:
    """Return the rules as they stand now. **Raises**: `ATLAS.RETENTION.RULE`."""
    own = Path(settings.YULIN_HOME) / OWN_FILE
    where = str(own) if own.exists() else OWN_FILE
    text = own.read_text(encoding="utf-8") if own.exists() else _shipped()
    try:
        content = YAML(typ="safe").load(text)
    except YAMLError as error:
        at = str(error).splitlines()[0]
        raise RetentionRuleError(where=where, at=at, needed=Text("正确的YAML", "sound YAML")) from error
    return read_rules(content, where)


def _shipped() -> str:
    return files("yulin.atlas").joinpath(OWN_FILE).read_text(encoding="utf-8")
