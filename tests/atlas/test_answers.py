"""Yes-or-no questions about a firm: exact at the edge, unknown where a fact is missing, and never a value."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.test import Client
from tests.factories.firms import make_firm, person_of
from tests.factories.people import make_client, make_demo_book, make_organisation

from yulin.atlas.adapters.shipped_questions import shipped_questions
from yulin.atlas.core.questions import commitment
from yulin.atlas.models import Firm, Reading, SignedAnswer, Statement
from yulin.atlas.selectors import facts_of
from yulin.atlas.services.consenting import NewConsent, give_consent, revoke_consent
from yulin.atlas.services.objecting import contest_fact
from yulin.kit import clock
from yulin.kit.signing import is_signed
from yulin.people.enums import OrganisationKind, Role

pytestmark = pytest.mark.django_db
TODAY = date(2022, 1, 19)


@pytest.fixture
def firm() -> Firm:
    make_demo_book(TODAY)
    return make_firm()


def say(firm: Firm, **facts: int) -> None:
    for fact, value in facts.items():
        Statement.objects.create(firm=firm, fact=fact, value=value, source="s", valid_from=date(2021, 12, 31))


def ask(client: Client, firm: Firm, question: str = "rd-share-3") -> dict[str, object]:
    answer = client.get(f"/api/v1/atlas/firms/{firm.identifier}/answers/{question}")
    assert answer.status_code == 200
    found: dict[str, object] = answer.json()
    return found


@pytest.mark.parametrize(("rd_fen", "said"), [(3_000_000, "yes"), (2_999_999, "no"), (3_000_001, "yes")])
def test_three_percent_is_three_percent_to_the_fen_and_no_value_is_told(firm: Firm, rd_fen: int, said: str) -> None:
    bank = make_organisation(OrganisationKind.BANK)
    person = person_of(firm)
    asked = NewConsent(bank.pk, frozenset({"answers"}), "loan", date(2022, 6, 1))
    given = give_consent(actor=person, asked=asked)
    say(firm, rd_expense_fen_2021=rd_fen, revenue_fen_2021=100_000_000)
    client = make_client(Role.BANK_CLERK, bank)
    found = ask(client, firm)
    content = found["content"]
    assert isinstance(content, dict)
    assert content["answer"] == said
    assert is_signed(content, str(found["signature"]), str(found["public_key"]))
    text = json.dumps(found)
    assert str(rd_fen) not in text
    assert "100000000" not in text
    portrait = client.get(f"/api/v1/atlas/firms/{firm.identifier}/portrait").json()
    assert portrait["classes"] == []
    [looked] = Reading.objects.filter(channel="predicate")
    assert (looked.classes, looked.facts) == (
        ["answers"],
        ["rd_expense_fen_2020", "rd_expense_fen_2021", "revenue_fen_2021"],
    )
    revoke_consent(actor=person, consent_id=given.pk)
    assert client.get(f"/api/v1/atlas/firms/{firm.identifier}/answers/rd-share-3").status_code == 403


def test_the_kept_nonces_open_the_commitments(firm: Firm) -> None:
    say(firm, rd_expense_fen_2021=5, revenue_fen_2021=100)
    ask(make_client(Role.AUDITOR), firm)
    kept = SignedAnswer.objects.get()
    known = facts_of([firm.pk], on=TODAY, known_at=clock.now())[firm.pk]
    opened = sorted(commitment(one["nonce"], known[one["fact"]]) for one in kept.openings)
    assert opened == kept.content["statements"]
    assert len(opened) == 3


def test_a_missing_fact_is_unknown_and_a_class_that_is_not_open_is_refused(firm: Firm) -> None:
    found = ask(make_client(Role.AUDITOR), firm)["content"]
    assert isinstance(found, dict)
    assert found["answer"] == "unknown"
    bank = make_organisation(OrganisationKind.BANK)
    asked = NewConsent(bank.pk, frozenset({"innovation", "operation"}), "loan", date(2022, 6, 1))
    give_consent(actor=person_of(firm), asked=asked)
    client = make_client(Role.BANK_CLERK, bank)
    assert client.get(f"/api/v1/atlas/firms/{firm.identifier}/answers/rd-share-3").status_code == 403
    unknown = make_client(Role.AUDITOR).get(f"/api/v1/atlas/firms/{firm.identifier}/answers/none-such")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "ATLAS.QUESTION.UNKNOWN")


def test_every_question_is_listed_and_can_be_answered(firm: Firm) -> None:
    auditor = make_client(Role.AUDITOR)
    listed = [one["id"] for one in auditor.get("/api/v1/atlas/questions").json()]
    assert listed == list(shipped_questions())
    say(firm, rd_expense_fen_2021=5, revenue_fen_2021=100, tech_staff_count=6, total_liabilities_fen=70,
        total_assets_fen=100)  # fmt: skip
    said = [ask(auditor, firm, question)["content"]["answer"] for question in listed]  # type: ignore[index] # JSON
    assert said == ["yes", "yes", "yes", "yes", "yes"]


def test_an_answer_names_the_facts_behind_it_that_the_firm_contests(firm: Firm) -> None:
    make_organisation(OrganisationKind.AUTHORITY)
    say(firm, revenue_fen_2021=100_00, rd_expense_fen_2021=4_00)
    auditor = make_client(Role.AUDITOR)
    assert ask(auditor, firm)["content"]["contested"] == []  # type: ignore[index] # JSON
    contest_fact(actor=person_of(firm), fact="rd_expense_fen_2021", reason="x")
    assert ask(auditor, firm)["content"]["contested"] == ["rd_expense_fen_2021"]  # type: ignore[index] # JSON
    assert ask(auditor, firm, "small")["content"]["contested"] == []  # type: ignore[index] # JSON
