"""Every read of the library: the list with its filters, search by clause, one policy, its versions, the editors' desk.

A local variant hides the general policy at a place only while it is live itself; who is not an editor sees published
versions only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Substr

from yulin.base.text import Text
from yulin.brain.core.asked_for import AskedFor, asked_for, states
from yulin.brain.core.evidence import content_asked, content_grams, evidence, is_evident
from yulin.brain.core.passages import best_sentence, folded, grams
from yulin.brain.core.policies import (
    AUDIENCES,
    PART_NAMES,
    STATE_NAMES,
    PolicyState,
    Variant,
    leading_variant,
    places_over,
    state_of,
    why_state,
)
from yulin.brain.core.policy_clauses import title_in
from yulin.brain.core.postings import Groups
from yulin.brain.core.version_facts import FACTS, FactChanged, facts_changed
from yulin.brain.enums import CorrectionState, VersionState
from yulin.brain.errors import PolicyNotFoundError
from yulin.brain.models import (
    Collection,
    Policy,
    PolicyClause,
    PolicyCorrection,
    PolicyFile,
    PolicyVersion,
)
from yulin.brain.models.policies import state_on
from yulin.brain.selectors.texts import (
    LIBRARY,
    MOST_CHARACTERS,
    Within,
    groups_of,
    search,
    texts_of,
    waiting_passages,
    word_index,
)
from yulin.kit.kept import kept

AUDIENCE = "current__audience"
HITS = 40
_CLAUSES_A_POLICY = 3
_NEAREST = 8  # clauses that only come near are shown beside "not known", a few of them
_FEW = 200  # of so few policies each clause is compared in meaning
_UNREAD = ("version__text", "version__parts", "version__sketch", "version__sure", "version__quotes")
_HEAVY = ("current__text", "current__parts", "current__sketch", "current__sure", "current__quotes")


def library(today: date, place: str = "") -> QuerySet[Policy]:
    """Return the policies of the library with their state on a day; at a place, of each family the one that speaks."""
    policies = Policy.objects.filter(current__state=VersionState.PUBLISHED.value).select_related("current")
    policies = policies.defer(*_HEAVY)
    policies = policies.annotate(now=state_on(today, "current__"))
    if not place:
        return policies
    return policies.filter(current__area__in=places_over(place)).exclude(pk__in=_silent_at(place, today))


def _silent_at(place: str, today: date) -> list[int]:
    """Return the policies that another variant speaks for at a place."""
    pairs = Policy.objects.filter(general__isnull=False).values_list("pk", "general_id").order_by()
    in_family = {number for pair in pairs for number in pair}
    rows = Policy.objects.filter(pk__in=in_family, current__area__in=places_over(place)).select_related("current")
    families: dict[int, list[Variant]] = {}
    for one in rows.defer(*_HEAVY):
        if one.current is not None:
            variant = Variant(one.pk, one.current.area, one.current.terms)
            families.setdefault(one.general_id or one.pk, []).append(variant)
    silent = []
    for family in families.values():
        leads = leading_variant(family, place, today)
        silent += [one.number for one in family if one != leads]
    return silent


def narrowed(today: date, *, area: str = "", audience: str = "", state: str = "") -> QuerySet[Policy]:
    """Return the policies of the library that the filters of its list leave: `audience` a key of `AUDIENCES`."""
    rows = library(today, area)
    if audience:
        rows = rows.filter(**{f"{AUDIENCE}__regex": AUDIENCES[audience][1]})
    asked = {"now": state} if state else {}
    return rows.filter(**asked)


def areas() -> list[str]:
    """Return the areas of the library's policies, with those above them, in order."""
    collection = Collection.objects.filter(name=LIBRARY).first()
    return list(_areas(collection.key, collection.edition)) if collection else []


@lru_cache(maxsize=8)
def _areas(key: UUID, edition: int) -> tuple[str, ...]:  # noqa: ARG001 - told apart by them
    """Return the areas of one edition of the library."""
    said = Policy.objects.filter(current__isnull=False).values_list("current__area", flat=True).distinct()
    return tuple(sorted({step for area in said for step in places_over(area) if step}))


@dataclass(frozen=True)
class ClauseHit:
    """A clause that answers, or comes near: its place in the policy, and its words with those asked for marked.

    `states` tells whether it states an answer of the kind that is asked for, if any is.
    """

    clause: PolicyClause
    names: tuple[Text, ...]
    pieces: tuple[tuple[str, bool], ...]
    states: bool
    evidence: float
    cosine: float | None

    @property
    def policy_id(self) -> int:
        """Whose clause it is."""
        return self.clause.version.policy_id

    @property
    def is_marked(self) -> bool:
        """Whether it repeats words of the question."""
        return any(is_asked for _, is_asked in self.pieces)


@dataclass(frozen=True)
class PolicyHits:
    """One policy found, with its best clauses."""

    policy: Policy
    version: PolicyVersion
    state: PolicyState
    clauses: tuple[ClauseHit, ...]


@dataclass(frozen=True)
class LibraryFound:
    """What the library says to a question; `is_known` only where a clause reaches the bar of evidence."""

    hits: tuple[PolicyHits, ...]
    is_known: bool
    by_meaning: bool
    waiting: int
    has_more: bool = False


def answering(question: str, policies: Sequence[int], today: date) -> frozenset[int]:
    """Return those of some policies that answer a question: each of their clauses is judged."""
    answer: set[int] = set()
    for start in range(0, len(policies), _FEW):
        some = Policy.objects.filter(pk__in=policies[start : start + _FEW])
        clauses = PolicyClause.objects.filter(version__shown_for__in=some, searched__isnull=False).count()
        found = search_library(question, some, today, most=max(clauses, 1))
        if found.is_known:
            answer |= {hit.policy.pk for hit in found.hits}
    return frozenset(answer)


def search_library(
    question: str, policies: QuerySet[Policy] | None, today: date, *, most: int = HITS, first: int = 0
) -> LibraryFound:
    """Return the clauses of some policies (None: of all) that answer a question, best first, by policy.

    With `first` it stops once so many policies are found and tells whether there may be more.

    Nothing is made up: without a clause that is evidence the answer is "not known", with those that come near. Of all
    clauses the `most` nearest are judged, once while library, index and vectors stand as they are.
    """
    collection = Collection.objects.filter(name=LIBRARY).first()
    read = question[:MOST_CHARACTERS]
    if collection is None or not grams(read):
        return LibraryFound((), is_known=False, by_meaning=False, waiting=0)
    waiting = waiting_passages(collection)
    stands = collection.key, collection.edition, word_index(collection).written, waiting
    asked_of = None if policies is None else _plain(policies)
    rows, by_meaning = kept(
        "judged", (stands, read, asked_of, most), lambda: _judged(collection, read, asked_of, (most, waiting))
    )
    clauses = [_Clause(*row) for row in rows]
    asked, kind = content_grams(read), asked_for(read)
    reaching = [one for one in clauses if is_evident(one.evidence, one.cosine)]
    evident: list[ClauseHit] = []
    waits = list(dict.fromkeys(one.policy_id for one in reaching))
    while waits and (not first or len({one.policy_id for one in evident}) < first):
        some = set(waits[: first or None])
        waits = waits[len(some) :]
        shown = _shown([one for one in reaching if one.policy_id in some], asked, kind)
        evident += [one for one in shown if one.is_marked or (kind is not None and one.states)]
    found = _by_policy(evident or _shown(clauses[:_NEAREST], asked, kind), today)
    return LibraryFound(tuple(found), bool(evident), by_meaning, waiting, bool(evident and waits))


class _Clause(NamedTuple):
    """A clause that was found, by its text of search: how much of the question it holds, how near it is in meaning."""

    document_id: int
    policy_id: int
    evidence: float
    cosine: float | None


def _judged(
    collection: Collection, question: str, policies: tuple[str, tuple[Any, ...]] | None, bounds: tuple[int, int]
) -> tuple[list[tuple[int, int, float, float | None]], bool]:
    """Return the clauses of the policies that a statement reads (None: of all) for a question, best first.

    `bounds`: how many are judged, how many passages wait. With them: whether meaning had a say.
    """
    within = None if policies is None else _within(collection, policies)
    found = search(collection, question, limit=bounds[0], within=within, waiting=bounds[1])
    numbers = [hit.document_id for hit in found.hits]
    texts = {**found.texts, **texts_of(number for number in numbers if number not in found.texts)}
    held_by = word_index(collection).rarity(content_grams(question))
    asked = content_asked(question, held_by, found.asked.texts)
    policy_of = groups_of(numbers)
    rows = [
        (hit.document_id, policy_of[hit.document_id], evidence(asked, text, title_in(text)), hit.cosine)
        for hit in found.hits
        if hit.document_id in policy_of and hit.document_id in texts
        for text in (texts[hit.document_id],)
    ]
    return rows, found.by_meaning


def _shown(clauses: Sequence[_Clause], asked: Sequence[str], kind: AskedFor | None) -> list[ClauseHit]:
    """Return clauses as they are shown; one whose policy has another version by now is left out."""
    if not clauses:
        return []
    rows = PolicyClause.objects.filter(
        searched__in=[one.document_id for one in clauses], version=F("version__policy__current")
    ).annotate(said=Substr("version__text", F("start") + 1, F("end") - F("start")))
    known = {one.searched_id: one for one in rows.select_related("version__policy").defer(*_UNREAD)}
    return [_hit(row, asked, kind, one) for one in clauses if (row := known.get(one.document_id)) is not None]


def _within(collection: Collection, policies: tuple[str, tuple[Any, ...]]) -> Within:
    """Return the filter of search: these policies, and their clauses where they are few."""
    allowed = _numbers(collection.key, collection.edition, *policies)
    if len(allowed) > _FEW:
        return Within(allowed)
    clauses = PolicyClause.objects.filter(version__shown_for__in=allowed.numbers.tolist(), searched__isnull=False)
    return Within(allowed, texts=tuple(clauses.values_list("searched_id", flat=True).order_by()))


def _plain(policies: QuerySet[Policy]) -> tuple[str, tuple[Any, ...]]:
    """Return the statement that reads the numbers of policies, and its values."""
    sql, values = policies.order_by().values("pk").query.sql_with_params()
    return sql, tuple(values)


@lru_cache(maxsize=64)
def _numbers(key: UUID, edition: int, sql: str, values: tuple[Any, ...]) -> Groups:  # noqa: ARG001 - told apart by them
    """Return the policies that a filter leaves; they are the same while the library stays at its edition."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return Groups(np.array([number for (number,) in cursor.fetchall()], dtype=np.int64))


def _hit(clause: PolicyClause, asked: Sequence[str], kind: AskedFor | None, found: _Clause) -> ClauseHit:
    said: str = clause.said  # type: ignore[attr-defined]  # annotated
    whole = said.strip()
    start, end = best_sentence(whole, asked)
    first = max(start - 60, 0) if len(whole) > 220 else 0
    shown = whole[first : max(end + 60, first + 220)]
    lead, tail = ("…" if first else ""), ("…" if first + len(shown) < len(whole) else "")
    pieces = _marked(f"{lead}{shown}{tail}", asked)
    return ClauseHit(clause, clause_names(clause), pieces, states(kind, said), found.evidence, found.cosine)


def _marked(text: str, asked: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    """Return a text in pieces, those marked that repeat two characters or more of what was asked."""
    pairs = sorted({gram for gram in asked if len(gram) > 1 and gram.isalnum()})
    held = [False] * len(text)
    lowered = text.lower() if len(text.lower()) == len(text) else text
    for pair in pairs:
        at = lowered.find(pair)
        while at >= 0:
            held[at : at + len(pair)] = [True] * len(pair)
            at = lowered.find(pair, at + 1)
    return tuple(
        ("".join(mark for mark, _ in group), is_marked)
        for is_marked, group in groupby(zip(text, held, strict=True), key=lambda each: each[1])
    )


def clause_names(clause: PolicyClause) -> tuple[Text, ...]:
    """Return where a clause stands: its part, the numbers above it, its own number."""
    part = PART_NAMES.get(clause.part)
    marks = [*clause.path.split(), clause.label]
    return (*([part] if part else []), *(Text(mark, mark) for mark in marks if mark))


def _by_policy(clauses: Iterable[ClauseHit], today: date) -> list[PolicyHits]:
    """Return clauses by policy in the order of their best; within one, those that state what is asked for first."""
    groups: dict[int, list[ClauseHit]] = {}
    for one in clauses:
        groups.setdefault(one.policy_id, []).append(one)
    found = []
    for hits in groups.values():
        hits.sort(key=lambda one: not one.states)
        version = hits[0].clause.version
        state = state_of(version.terms, today)
        found.append(PolicyHits(version.policy, version, state, tuple(hits[:_CLAUSES_A_POLICY])))
    return found


@dataclass(frozen=True)
class ShownClause:
    """A clause as the page shows it: its number in the address, its depth, its own words."""

    row: PolicyClause
    depth: int
    text: str
    is_new: bool = False


@dataclass(frozen=True)
class ShownPart:
    """A part of a policy with its clauses."""

    name: Text
    key: str
    clauses: tuple[ShownClause, ...]


@dataclass(frozen=True)
class PolicyPage:
    """One version of a policy with everything that its page shows."""

    policy: Policy
    version: PolicyVersion
    today: date

    @property
    def is_current(self) -> bool:
        """Whether this is the version that rules."""
        return self.policy.current_id == self.version.pk

    @property
    def state(self) -> tuple[str, Text]:
        """Where the policy stands today, by this version."""
        return STATE_NAMES[state_of(self.version.terms, self.today)]

    @property
    def why(self) -> Text:
        """From what that follows."""
        return why_state(self.version.terms, self.today)

    @cached_property
    def versions(self) -> list[PolicyVersion]:
        """Every version, the newest first."""
        return list(self.policy.versions.defer("text", "parts", "sketch").order_by("-number"))

    @cached_property
    def before(self) -> PolicyVersion | None:
        """The published version before this one."""
        rows = self.policy.versions.filter(number__lt=self.version.number, state=VersionState.PUBLISHED.value)
        return rows.order_by("-number").first()

    @cached_property
    def parts(self) -> list[ShownPart]:
        """The text by parts and clauses; a clause that the version before did not have is new."""
        old = self._old_texts
        shown = []
        for key, group in groupby(self.version.clauses.all(), key=lambda one: one.part):
            clauses = []
            for one in group:
                text = self.version.text[one.start : one.end].strip()
                is_new = old is not None and folded(text) not in old
                clauses.append(ShownClause(one, len(one.path.split()), text, is_new))
            shown.append(ShownPart(PART_NAMES.get(key, Text(key, key)), key, tuple(clauses)))
        return shown

    @cached_property
    def dropped(self) -> list[str]:
        """The clauses of the version before that this one does not have."""
        if self.before is None:
            return []
        now = {folded(one.text) for part in self.parts for one in part.clauses}
        return [text for text in self._clause_texts(self.before) if folded(text) not in now]

    @cached_property
    def changed_facts(self) -> list[FactChanged]:
        """The facts that this version says otherwise than the published one before it."""
        return [] if self.before is None else facts_changed(_facts(self.before), _facts(self.version))

    @cached_property
    def _old_texts(self) -> set[str] | None:
        return None if self.before is None else {folded(text) for text in self._clause_texts(self.before)}

    @staticmethod
    def _clause_texts(version: PolicyVersion) -> list[str]:
        return [version.text[one.start : one.end].strip() for one in version.clauses.all()]

    @cached_property
    def variants(self) -> list[tuple[Policy, tuple[str, Text]]]:
        """The general policy and the other local variants of it, each with its state."""
        head = self.policy.general_id or self.policy.pk
        family = Policy.objects.filter(Q(pk=head) | Q(general=head), current__isnull=False).exclude(pk=self.policy.pk)
        rows = family.select_related("current").order_by("current__area")
        return [(one, STATE_NAMES[state_of(one.current.terms, self.today)]) for one in rows if one.current]

    @cached_property
    def same_document(self) -> list[Policy]:
        """Other policies of the same document number."""
        number = self.version.document_number
        if not number:
            return []
        rows = Policy.objects.filter(current__document_number=number).exclude(pk=self.policy.pk)
        return list(rows.select_related("current").defer(*_HEAVY).order_by("key")[:20])

    @cached_property
    def alike(self) -> list[tuple[int, str]]:
        """The policies that were found to say nearly the same when this one's file was read: number and title."""
        pairs = self.version.file.report.get("nearly_same", []) if self.version.file else []
        own = self.policy.key
        keys = {each for one in pairs for each in (one["one"], one["other"]) if own in {one["one"], one["other"]}}
        return sorted(named_policies(keys - {own}).values())

    @cached_property
    def corrections(self) -> list[PolicyCorrection]:
        """What readers said of any version, the open ones first."""
        rows = PolicyCorrection.objects.filter(version__policy=self.policy).select_related("version")
        return sorted(rows, key=lambda one: one.state != CorrectionState.OPEN.value)


def _facts(version: PolicyVersion) -> dict[str, Any]:
    """Return the facts of a version by their names; the general policy by its key."""
    facts = {name: getattr(version, name) for name in FACTS if name != "general"}
    return facts | {"general": version.general.key if version.general else ""}


def policy_page(policy_id: int, today: date, *, number: int | None = None, is_editor: bool = False) -> PolicyPage:
    """Return a policy's page: its current version, or the one asked for. Raises: BRAIN.POLICY.NOT_FOUND."""
    policy = Policy.objects.select_related("current__file", "general__current").filter(pk=policy_id).first()
    if policy is None or (policy.current is None and not is_editor):
        raise PolicyNotFoundError(policy=policy_id)
    if number is None and policy.current is not None:
        return PolicyPage(policy, policy.current, today)
    versions = policy.versions.select_related("file").order_by("-number")
    version = versions.filter(number=number).first() if number is not None else versions.first()
    if version is None or not (is_editor or version.state == VersionState.PUBLISHED.value):
        raise PolicyNotFoundError(policy=f"{policy_id} v{number or ''}")
    return PolicyPage(policy, version, today)


def version_for(version_id: int) -> PolicyVersion:
    """Return a version. Raises: BRAIN.POLICY.NOT_FOUND."""
    found = PolicyVersion.objects.select_related("policy", "file").filter(pk=version_id).first()
    if found is None:
        raise PolicyNotFoundError(policy=version_id)
    return found


def named_policies(keys: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Return some policies by their keys: the number of each, and its title by its latest version."""
    rows = (
        PolicyVersion.objects.filter(policy__key__in=list(keys)).order_by("policy_id", "-number").distinct("policy_id")
    )
    return {key: (number, title) for key, number, title in rows.values_list("policy__key", "policy_id", "title")}


def policy_file(file_id: int) -> PolicyFile:
    """Return a file taken into the library. Raises: BRAIN.POLICY.NOT_FOUND."""
    found = PolicyFile.objects.filter(pk=file_id).first()
    if found is None:
        raise PolicyNotFoundError(policy=file_id)
    return found


def policy_files() -> QuerySet[PolicyFile]:
    """Return the files taken into the library, the newest first."""
    return PolicyFile.objects.order_by("-pk")


def scanned_version(file_id: int) -> PolicyVersion | None:
    """Return the version of a scanned PDF that waits for its text, if one does."""
    rows = PolicyVersion.objects.filter(file=file_id, file__form="pdf", state=VersionState.PROPOSED.value, text="")
    return rows.filter(defects__contains=["no_text"]).select_related("policy", "file").first()


def proposals(file_id: int | None = None) -> QuerySet[PolicyVersion]:
    """Return the versions that wait for a second person, the oldest first."""
    rows = PolicyVersion.objects.filter(state=VersionState.PROPOSED.value).defer("text", "parts", "sketch")
    return (rows.filter(file=file_id) if file_id else rows).select_related("policy").order_by("pk")


def open_corrections() -> QuerySet[PolicyCorrection]:
    """Return what readers said that nobody answered yet, the oldest first."""
    rows = PolicyCorrection.objects.filter(state=CorrectionState.OPEN.value)
    return rows.select_related("version__policy").order_by("pk")
