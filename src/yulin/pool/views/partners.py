"""Partner banks of each scheme, for the manager and the authority; and the products that a bank keeps itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit.clock import business_date
from yulin.kit.lists import Column, Filter, Plan, read_listing
from yulin.kit.speech import say, say_refusal
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.people.selectors import organisations_of_kind
from yulin.pool.forms.partners import EndForm, PartnershipForm, ProductForm
from yulin.pool.selectors import partners
from yulin.pool.services.partners import end_partnership, keep_product, record_partnership
from yulin.rules.adapters.shipped import shipped_vocabulary

STANDINGS = (
    ("now", Text("合作中", "Partner now")),
    ("ahead", Text("尚未开始", "Not begun")),
    ("ended", Text("已结束", "Ended")),
)
_COLUMNS = (
    Column("bank", Text("银行与专营机构", "Bank and unit"), "bank__code", export=lambda row: row.bank.name),
    Column("scheme", Text("方案", "Scheme"), "scheme_id", export=lambda row: row.scheme_id),
    Column("unit", Text("科技支行或部门", "Unit"), export=lambda row: row.unit_name),
    Column("from", Text("自", "From"), "valid_from", export=lambda row: row.valid_from),
    Column("until", Text("至（不含）", "Until (not included)"), "valid_until", export=lambda row: row.valid_until),
    Column("standing", Text("状态", "State"), export=lambda row: dict(STANDINGS)[row.standing]),
)


@needs(Action.EDIT_PARTNERSHIPS)
def partnerships(request: HttpRequest) -> HttpResponse | FileResponse:
    """Show every partnership, those that hold today first, and record another."""
    titles = partners.scheme_titles()
    banks = [(bank.pk, bank.name) for bank in organisations_of_kind(OrganisationKind.BANK)]
    form = PartnershipForm(
        request.POST or None, schemes=titles, banks=banks, initial={"valid_from": business_date().isoformat()}
    )
    if request.method == "POST" and form.is_valid():
        try:
            return _recorded(request, form.cleaned_data)
        except YulinError as refusal:
            form.add_error(None, say_refusal(refusal))
    listing = read_listing(request, partners.all_partnerships(on=business_date()), _plan(titles, banks))
    if listing.format:
        return listing.export(f"yulin-partners-{business_date()}.csv")
    open_to_all = partners.schemes_without_partners()
    context = {
        "listing": listing,
        "form": form,
        "titles": titles,
        "open_to_all": [title for key, title in titles.items() if key in open_to_all],
        "find": Text("银行或支行", "bank or unit"),
        "nothing": {
            "title": Text("还没有登记合作银行", "No partner bank yet"),
            "text": Text("在旁边登记第一家。", "Record the first beside this list."),
        },
    }
    return render(request, "pool/partnerships.html", context, status=422 if form.errors else 200)


def _plan(titles: dict[str, Text], banks: list[tuple[int, Text]]) -> Plan:
    filters = (
        Filter("standing", Text("状态", "State"), "standing", STANDINGS),
        Filter("scheme", Text("方案", "Scheme"), "scheme_id", list(titles.items())),
        Filter("bank", Text("银行", "Bank"), "bank_id", [(str(pk), name) for pk, name in banks], int),
    )
    return Plan(
        _COLUMNS, "-from", filters, ("bank__name_zh__icontains", "bank__name_en__icontains", "unit_name__icontains")
    )


def _recorded(request: HttpRequest, given: dict[str, Any]) -> HttpResponse:
    made = record_partnership(
        actor=_actor(request),
        scheme_id=given["scheme"],
        bank_id=int(given["bank"]),
        valid_from=given["valid_from"],
        valid_until=given["valid_until"],
        unit_name=given["unit_name"],
    )
    messages.success(request, say(Text("已登记合作关系。", "The partnership is recorded.")))
    return redirect("pool:partnership", made.pk)


@needs(Action.EDIT_PARTNERSHIPS)
def partnership(request: HttpRequest, partnership_id: int) -> HttpResponse:
    """Show one partnership with what stands under it, and end it."""
    page = partners.partnership_page(partnership_id, on=business_date())
    form = EndForm(request.POST or None, initial={"on": (page.partnership.valid_until or business_date()).isoformat()})
    if request.method == "POST" and form.is_valid():
        try:
            end_partnership(actor=_actor(request), partnership_id=partnership_id, on=form.cleaned_data["on"])
        except YulinError as refusal:
            form.add_error("on", say_refusal(refusal))
        else:
            said = Text("合作期已写明结束日。", "The partnership's end is recorded.")
            messages.success(request, say(said))
            return redirect("pool:partnership", partnership_id)
    context = {"page": page, "form": form, "one": page.partnership}
    return render(request, "pool/partnership.html", context, status=422 if form.errors else 200)


@needs(Action.EDIT_PRODUCTS)
def products(request: HttpRequest) -> HttpResponse:
    """Show the bank's own products, open ones first, and take another."""
    actor = _actor(request)
    form = ProductForm(request.POST or None, securities=_securities())
    if request.method == "POST" and form.is_valid() and _kept(request, form):
        return redirect("pool:products")
    bank_id = actor.organisation_id or 0
    context = {
        "products": list(partners.products_of(bank_id)),
        "form": form,
        "is_public": partners.is_listed_publicly(bank_id, on=business_date()),
        "bank_id": bank_id,
    }
    return render(request, "pool/products.html", context, status=422 if form.errors else 200)


@needs(Action.EDIT_PRODUCTS)
def product(request: HttpRequest, product_id: int) -> HttpResponse:
    """Change one product of the bank."""
    one = partners.product_for(_actor(request), product_id)
    form = ProductForm(request.POST or None, securities=_securities(), initial=ProductForm.start_of(one))
    if request.method == "POST" and form.is_valid() and _kept(request, form, product_id):
        return redirect("pool:products")
    return render(request, "pool/product.html", {"one": one, "form": form}, status=422 if form.errors else 200)


@require_POST
@needs(Action.EDIT_PRODUCTS)
def product_offer(request: HttpRequest, product_id: int) -> HttpResponse:
    """Close a product, or offer it again."""
    actor = _actor(request)
    one = partners.product_for(actor, product_id)
    is_open = request.POST.get("is_open") == "yes"
    keep_product(actor=actor, bank_id=one.bank_id, product_id=one.pk, fields={"is_open": is_open})
    said = (
        Text("“%(name)s”重新在办。", "“%(name)s” is offered again.")
        if is_open
        else Text("“%(name)s”已停办，不再公布。", "“%(name)s” is closed and no longer published.")
    )
    messages.success(request, say(said.with_values(name=one.name)))
    return redirect("pool:products")


def _kept(request: HttpRequest, form: ProductForm, product_id: int | None = None) -> bool:
    actor = _actor(request)
    try:
        keep_product(actor=actor, bank_id=actor.organisation_id or 0, fields=form.values(), product_id=product_id)
    except YulinError as refusal:
        form.add_error("name_zh", say_refusal(refusal))
        return False
    messages.success(request, say(Text("已保存，公开页面同步更新。", "Saved; the public page follows.")))
    return True


def _securities() -> dict[str, Text]:
    return dict(shipped_vocabulary().lists["security"].members)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    return actor
