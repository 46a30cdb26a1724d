"""Background work of the brain: how firms stand, what a change of law does, texts read for search; anew when needed."""

from __future__ import annotations

from typing import Any

from yulin.atlas.selectors import firms
from yulin.brain.selectors.saved_searches import library_edition, searches_behind
from yulin.brain.selectors.texts import collections, texts_wait
from yulin.brain.services import (
    ask_for_area,
    ask_for_radar,
    draft_criteria,
    embed_passages,
    index_words,
    look_for_policies,
    remind_of_deadlines,
    remind_of_drafts,
    remind_of_milestones,
)
from yulin.brain.services import compute_area as compute
from yulin.brain.services import compute_effect as compute_moves
from yulin.brain.services import compute_radar as decide_all
from yulin.brain.services import read_scan as read_scanned_file
from yulin.brain.services._askers import asker
from yulin.brain.services.deciding_again import decide_again as decide
from yulin.brain.services.listing_awards import make_list
from yulin.brain.services.suggesting import suggest_criteria as suggest
from yulin.kit.clock import business_date
from yulin.kit.tasks import app, defer
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.pool.services.redeciding import Correction

PASSAGES_A_TASK = 1_000  # some minutes of one core: other work gets its turn between


@app.task(name="brain.compute_area", queue="work", lock="brain.compute_area")
def compute_area() -> None:
    """Assess all firms under every title, unless the last run still says what would be found."""
    compute(actor=SYSTEM_ACTOR, on=business_date())


@app.periodic(cron="*/5 * * * *", periodic_id="brain.keep_area")
@app.task(name="brain.keep_area", queue="clock", queueing_lock="brain.keep_area")
def keep_area(timestamp: int = 0) -> None:  # noqa: ARG001 - the clock hands it over
    """Ask for a new run where the last one is old."""
    ask_for_area(on=business_date())


@app.task(name="brain.compute_effect", queue="work", lock="brain.compute_effect")
def compute_effect(run_id: int) -> None:
    """Assess all firms under two versions of a law, unless the last result still says what would be found."""
    compute_moves(actor=SYSTEM_ACTOR, run_id=run_id, on=business_date())


@app.task(name="brain.compute_radar", queue="work", lock="brain.compute_radar")
def compute_radar() -> None:
    """Propose criteria where a policy has none, then decide all firms against all live policies where that is due."""
    draft_criteria(actor=SYSTEM_ACTOR)
    decide_all(actor=SYSTEM_ACTOR, on=business_date())
    remind_of_deadlines(actor=SYSTEM_ACTOR, on=business_date())


@app.periodic(cron="*/10 * * * *", periodic_id="brain.keep_radar")
@app.task(name="brain.keep_radar", queue="clock", queueing_lock="brain.keep_radar")
def keep_radar(timestamp: int = 0) -> None:  # noqa: ARG001 - the clock hands it over
    """Ask for a new run of the radar where the last one is old: another day, newer facts, other policies."""
    ask_for_radar(on=business_date())


@app.periodic(cron="17 * * * *", periodic_id="brain.remind_of_drafts")
@app.task(name="brain.remind_of_drafts", queue="clock", queueing_lock="brain.remind_of_drafts")
def remind_drafts(timestamp: int = 0) -> None:  # noqa: ARG001 - the clock hands it over
    """Tell whose application is not handed in, or milestone not reported, while its last day is near; once a day."""
    remind_of_drafts(actor=SYSTEM_ACTOR, on=business_date())
    remind_of_milestones(actor=SYSTEM_ACTOR, on=business_date())


@app.periodic(cron="* * * * *", periodic_id="brain.keep_search")
@app.task(name="brain.keep_search", queue="clock", queueing_lock="brain.keep_search")
def keep_search(timestamp: int = 0) -> None:  # noqa: ARG001 - the clock hands it over
    """Ask for reading where texts wait for it, or saved searches for a look: after each publication, and each day."""
    if texts_wait() or searches_behind(library_edition(), business_date()).exists():
        defer("brain.read_texts", once_as="brain.read_texts")


@app.task(name="brain.read_texts", queue="work", lock="brain.read_texts")
def read_texts() -> None:
    """Index words, make vectors for a while, then look for saved searches; the clock asks for the rest."""
    for collection in collections():
        index_words(collection=collection)
    look_for_policies(actor=SYSTEM_ACTOR, on=business_date())
    if embed_passages(most=PASSAGES_A_TASK):
        look_for_policies(actor=SYSTEM_ACTOR, on=business_date())


@app.task(name="brain.read_scan", queue="work")
def read_scan(file_id: int) -> None:
    """Read a scanned document that a person asked for."""
    read_scanned_file(actor=SYSTEM_ACTOR, file_id=file_id)


@app.task(name="brain.suggest_criteria", queue="work")
def suggest_criteria(policy_id: int, asked_by: dict[str, Any]) -> None:
    """Ask the model outside for a policy's criteria, for the person who wanted them."""
    suggest(actor=asker(asked_by), policy_id=policy_id)


@app.task(name="brain.list_awards", queue="work")
def list_awards(listing_id: int) -> None:
    """Make the list of firms that a person asked for, in that person's name."""
    make_list(listing_id=listing_id)


@app.task(name="brain.decide_again", queue="work")
def decide_again(firm_id: int, fact: str, was: Any, why: str, cause: str) -> None:
    """Decide again what rested on a fact that was corrected."""
    correction = Correction(firms([firm_id])[firm_id], fact, was, why, cause)
    decide(actor=SYSTEM_ACTOR, correction=correction, on=business_date())
