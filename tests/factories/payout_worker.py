"""A payout that never rests, in a process of its own, so that it can be killed.

`python -m tests.factories.payout_worker prepare N` makes N claims whose public notice is over; `pay` approves, batches,
releases and takes the bank's answers until nothing is left, looking again at the book after each fault, as people
would; `state` prints what stands.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

import django

PAID_ON = date(2022, 1, 27)
SCHEME = "gz-credit-2021"
HEAD = "批次号,业务参考号,收款账号,金额(元),处理结果,失败原因\n"
AT_ONCE = 3  # claims approved for one batch
FAILS_EACH = 5  # of the orders, one in so many fails at the first try


def say(line: str) -> None:
    """Tell whoever watches."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def prepare(count: int) -> None:
    """Make an instance with its people where there is none, and `count` claims on public notice."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from tests.factories.claims import TODAY, People, decided, make_claim_law, make_people
    from tests.factories.people import make_demo_book
    from tests.factories.pool import FIRM_CODES, WAN

    from yulin.pool.adapters.packs import laws_of
    from yulin.pool.models import Claim
    from yulin.pool.services.claims.budgets import set_layer_budget
    from yulin.pool.services.claims.deciding import publish_claim
    from yulin.pool.services.payouts.batches import keep_account

    make_demo_book(TODAY)
    if not laws_of(SCHEME):
        make_claim_law()
        people = make_people()
        for place, one in enumerate((people.reviewer, people.clerk)):
            keep_account(
                actor=people.reviewer, organisation_id=one.organisation_id or 0, name="示例户名",
                account=f"6222{place}", bank_code="102581000013",
            )  # fmt: skip
        from yulin.pool.core.postings import Place

        set_layer_budget(actor=people.authority, place=Place(SCHEME, "city"), year=2022, budget_fen=10_000 * WAN)
    hands = actors()
    people = People(**hands)
    law = laws_of(SCHEME)[-1]
    start = Claim.objects.count()
    for number in range(start, start + count):
        loan = {"loan_amount_fen": 9 * WAN, "line_fen": 9 * WAN, "outstanding_fen": 3 * WAN + number}
        claim = decided(
            people, law, firm_code=FIRM_CODES[number % len(FIRM_CODES)], loan_number=f"KP{number:06d}",
            contract_number=f"KC{number:06d}", **loan,
        )  # fmt: skip
        publish_claim(actor=people.reviewer, claim_id=claim.pk, version=None)
    say("prepared")


def actors() -> dict[str, Any]:
    """Return the people of the instance by what they do."""
    from yulin.people.models import Membership
    from yulin.people.selectors import actor_in

    held = Membership.objects.filter(user__username__startswith="user").select_related("user", "organisation")
    made = {one.role: actor_in(one, one.user) for one in held.order_by("-id")}
    return {
        "clerk": made["bank_clerk"], "reviewer": made["manager_clerk"], "checker": made["manager_checker"],
        "authority": made["authority_checker"], "other_authority": made["authority_officer"],
    }  # fmt: skip


def pay() -> None:
    """Work until nothing is left to pay; every fault of the connection is followed by a look at the book."""
    from django.db import InterfaceError, OperationalError, connection

    from yulin.kit import clock

    again: Callable[[], str] | None = None
    while True:
        try:
            with clock.standing_on(PAID_ON):
                work = again or next_work(actors())
                if work is None:
                    say("done")
                    return
                again = work  # the same call once more, if nobody says that it was done
                say(work())
                again = None
        except (InterfaceError, OperationalError):
            connection.close()
            time.sleep(0.02)


def next_work(hands: dict[str, Any]) -> Callable[[], str] | None:
    """Return what an operator would do next, seen in the book: release, answer, batch, approve; None: all is paid."""
    from yulin.pool.models import Claim, PayoutBatch
    from yulin.pool.selectors.payouts import vouchers_to_pay
    from yulin.pool.services.claims.deciding import approve_claim
    from yulin.pool.services.payouts.batches import make_batch, release_batch

    draft = PayoutBatch.objects.filter(state="draft").order_by("id").first()
    if draft is not None:
        who = "checker" if draft.first_release_by_id else "reviewer"
        return told("release", lambda: release_batch(actor=hands[who], batch_id=draft.pk))
    sent = PayoutBatch.objects.filter(state="sent").order_by("id").first()
    if sent is not None:
        return lambda: answer(hands, sent)
    if vouchers_to_pay(SCHEME).exists():
        return told("batch", lambda: make_batch(actor=hands["reviewer"], scheme_id=SCHEME, execute_on=PAID_ON))
    noticed = Claim.objects.filter(state="noticed").order_by("id").values_list("id", flat=True)[:AT_ONCE]
    if not noticed:
        return None

    def approve() -> None:
        for claim_id in noticed:
            approve_claim(actor=hands["reviewer"], claim_id=claim_id, version=None)

    return told("approve", approve)


def told(name: str, work: Callable[[], Any]) -> Callable[[], str]:
    """Return work that says its name; what the pool refuses the second time was done the first."""
    from yulin.base.errors import YulinError

    def run() -> str:
        try:
            work()
        except YulinError as refused:
            return f"{name}: {refused.code}"
        return name

    return run


def answer(hands: dict[str, Any], batch: Any) -> str:
    """Give the bank's answer to a batch, twice each time: a file that is sent again changes nothing."""
    from yulin.pool.models import PayoutOrder
    from yulin.pool.services.payouts.answers import take_answer

    lines = [HEAD]
    for order in batch.orders.order_by("id"):
        earlier = PayoutOrder.objects.filter(voucher_id=order.voucher_id, pk__lt=order.pk).exists()
        word = "失败" if order.voucher_id % FAILS_EACH == 0 and not earlier else "成功"
        lines.append(f"{batch.number},{order.reference},{order.account},{order.amount_fen / 100:.2f},{word},\n")
    content = "".join(lines).encode("gb18030")
    for _ in range(2):
        take_answer(actor=hands["reviewer"], batch_id=batch.pk, file_name="回盘.csv", content=content)
    return "answer"


def state() -> dict[str, Any]:
    """Return what stands: claims, vouchers, orders, and the ledger's side of each."""
    from yulin.ledger.models import Transfer
    from yulin.ledger.selectors import balances, standing_holds
    from yulin.pool.core.postings import clearing_account, partner_account
    from yulin.pool.models import Claim, PayoutOrder, Voucher

    vouchers = list(Voucher.objects.prefetch_related("orders"))
    paid = [one for one in vouchers if one.state == "paid"]
    payees = {one.bank_id for one in vouchers}
    accounts = [partner_account(SCHEME, one) for one in payees]
    known = balances([*accounts, clearing_account(SCHEME)])
    per_hold = Counter(
        Transfer.objects.filter(kind="post", refers_to__key__in=[one.hold_key for one in paid]).values_list(
            "refers_to__key", flat=True
        )
    )
    open_keys = [one.hold_key for one in vouchers if one.state in {"held", "sent", "failed"} and one.hold_key]
    return {
        "claims": dict(Counter(Claim.objects.values_list("state", flat=True))),
        "vouchers": dict(Counter(one.state for one in vouchers)),
        "paid_fen": sum(one.amount_fen for one in paid),
        "decided_fen": sum(Claim.objects.values_list("public_fen", flat=True)),
        "payees_fen": sum(known[code].posted_fen for code in accounts if code in known),
        "clearing_fen": known[clearing_account(SCHEME)].posted_fen if clearing_account(SCHEME) in known else 0,
        "paid_orders": sorted({sum(o.outcome == "paid" for o in one.orders.all()) for one in paid}),
        "paid_orders_of_unpaid": PayoutOrder.objects.filter(outcome="paid").exclude(voucher__state="paid").count(),
        "posts_per_paid_voucher": sorted({per_hold.get(one.hold_key, 0) for one in paid}),
        "holds_missing": len(set(open_keys) - set(standing_holds(open_keys))),
        "holds_left_of_paid": len(standing_holds([one.hold_key for one in paid])),
        "paid_claims_with_open_vouchers": Claim.objects.filter(state="paid").exclude(vouchers__state="paid").count(),
    }  # fmt: skip


def main(words: list[str]) -> None:
    """Do what the command line says."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yulin.settings.base")
    django.setup()
    if words[0] == "prepare":
        prepare(int(words[1]))
    elif words[0] == "pay":
        pay()
    else:
        say(json.dumps(state()))


if __name__ == "__main__":
    main(sys.argv[1:])
