"""A loan that defaults early brings its whole origination file; the same loan a day later does not (AU-03)."""

from __future__ import annotations

from datetime import date

import pytest
from tests.factories.claims import RULES, complete, make_claim, make_claim_law, make_people
from tests.factories.people import make_demo_book

from yulin.pool.errors import ChecklistError, DocumentKindError
from yulin.pool.services.claims.papers import PaperFile, add_paper, submit_claim

pytestmark = pytest.mark.django_db
TODAY = date(2022, 1, 19)
ORIGINATION = {
    "appraisal": {
        "checks": ["name", "before_lending"], "only": "early_default", "clause": "规程四", "text": ["调查", "Survey"],
    },
}  # fmt: skip


@pytest.fixture
def law():
    make_demo_book(TODAY)
    return make_claim_law(documents={**RULES["documents"], **ORIGINATION})


def appraisal(claim, dated_on):
    return PaperFile("appraisal", "调查报告.pdf", b"appraisal", name=claim.firm_name, dated_on=dated_on)


def test_early_default_waits_with_the_bank_for_the_origination_file(law):
    clerk = make_people().clerk
    claim = make_claim(clerk, law, disbursed_on=date(2021, 9, 20))  # three months before the default, to the day
    complete(clerk, claim)
    with pytest.raises(ChecklistError) as refused:
        submit_claim(actor=clerk, claim_id=claim.pk, version=None)
    assert refused.value.facts["defects"] == ["Survey: missing (asked for on early default)"]
    add_paper(actor=clerk, claim_id=claim.pk, paper=appraisal(claim, date(2021, 9, 21)), limit_bytes=1_000)
    with pytest.raises(ChecklistError):
        submit_claim(actor=clerk, claim_id=claim.pk, version=None)
    add_paper(actor=clerk, claim_id=claim.pk, paper=appraisal(claim, date(2021, 9, 20)), limit_bytes=1_000)
    claim = submit_claim(actor=clerk, claim_id=claim.pk, version=None)
    assert (claim.state, claim.is_early_default, claim.route) == ("submitted", True, "deep")


def test_default_a_day_after_the_term_needs_no_origination_file(law):
    clerk = make_people().clerk
    claim = make_claim(clerk, law, disbursed_on=date(2021, 9, 19))
    complete(clerk, claim)
    with pytest.raises(DocumentKindError):
        add_paper(actor=clerk, claim_id=claim.pk, paper=appraisal(claim, date(2021, 9, 19)), limit_bytes=1_000)
    assert (submit_claim(actor=clerk, claim_id=claim.pk, version=None).state, claim.is_early_default) == (
        "submitted", False,
    )  # fmt: skip
