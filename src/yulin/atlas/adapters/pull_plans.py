"""Which sources the clock pulls, and where they answer: a file of whoever runs the instance, never a contract.

social-security: {url: "https://…/insured", token_file: /run/secrets/insured}
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from yulin.atlas.adapters.rest_pull import Endpoint
from yulin.atlas.errors.lake import PullPlanError
from yulin.base.text import Text

_FIELDS = frozenset({"url", "token_file"})


@dataclass(frozen=True)
class PullPlan:
    """A source that the clock pulls, by id or by the path of its contract; where it answers, where its token lies."""

    source: str
    url: str
    token_file: str = ""

    def endpoint(self) -> Endpoint:
        """Return where it answers, with its token. **Raises**: `ATLAS.SOURCE.PULL_PLAN` where that cannot be read."""
        if not self.token_file:
            return Endpoint(self.url)
        try:
            return Endpoint(self.url, Path(self.token_file).read_text(encoding="utf-8").strip())
        except (OSError, UnicodeDecodeError) as error:
            needed = Text("可读的token_file", "a token_file that can be read")
            raise PullPlanError(where=self.source, needed=needed) from error


def pull_plans() -> list[PullPlan]:
    """Return what the clock pulls, by source; nothing where there is no such file.

    **Raises**: `ATLAS.SOURCE.PULL_PLAN`.
    """
    path = Path(settings.YULIN_PULLS)
    if not path.is_file():
        return []
    try:
        content = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError) as error:
        raise PullPlanError(where=path.name, needed=Text("YAML", "YAML")) from error
    if not isinstance(content or {}, dict):
        raise PullPlanError(where=path.name, needed=Text("来源: {url: …}", "source: {url: …}"))
    return [_plan(str(source), one) for source, one in sorted((content or {}).items())]


def _plan(source: str, one: object) -> PullPlan:
    if not isinstance(one, dict) or not isinstance(one.get("url"), str) or set(one) - _FIELDS:
        needed = Text("{url: …, token_file: …}", "{url: …, token_file: …}")
        raise PullPlanError(where=source, needed=needed)
    return PullPlan(source, one["url"], str(one.get("token_file", "")))
