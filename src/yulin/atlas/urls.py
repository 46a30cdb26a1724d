"""Addresses of firms, below the language."""

from __future__ import annotations

from django.urls import path

from yulin.atlas import views

app_name = "atlas"

urlpatterns = [
    path("firms/", views.find, name="firms"),
    path("firms/<int:firm_id>/", views.portrait, name="portrait"),
    path("firms/<int:firm_id>/portrait.pdf", views.portrait_pdf, name="portrait-pdf"),
    path("firms/<int:firm_id>/holdings.json", views.portrait_bods, name="portrait-bods"),
    path("firms/<int:firm_id>/particulars/<str:kind>/", views.particulars, name="particulars"),
    path("firms/<int:firm_id>/state/", views.state_by_hand, name="state-by-hand"),
    path("hand-edits/", views.hand_edits, name="hand-edits"),
    path("hand-edits/<int:edit_id>/decide/", views.decide_hand_edit, name="decide-hand-edit"),
    path("hand-edits/<int:edit_id>/end/", views.end_hand_edit, name="end-hand-edit"),
    path("hand-edits/<int:edit_id>/document/", views.hand_edit_document, name="hand-edit-document"),
    path("identity/", views.identity, name="identity"),
    path("identity/<int:candidate_id>/judge/", views.judge, name="judge-identity"),
    path("entities/", views.entities, name="entities"),
    path("entities/judge/", views.judge_records, name="judge-records"),
    path("entities/<int:number>/", views.entity, name="entity"),
    path("sources/", views.sources, name="sources"),
    path("sources/<slug:code>/", views.source, name="source"),
    path("sources/files/<int:receipt_id>/", views.quarantine, name="quarantine"),
    path("portraits/", views.open_portraits, name="open-portraits"),
    path("consents/", views.consents, name="consents"),
    path("consents/<int:consent_id>/revoke/", views.revoke, name="revoke-consent"),
    path("data-objections/", views.objections, name="objections"),
    path("data-objections/contest/<path:fact>/", views.contest, name="contest"),
    path("data-objections/<int:objection_id>/", views.objection, name="objection"),
    path("data-objections/<int:objection_id>/decide/", views.decide, name="decide-objection"),
    path("data-objections/<int:objection_id>/note/", views.annotate, name="annotate-fact"),
    path("outlets/", views.outlets, name="outlets"),
    path("outlets/<int:outlet_id>/", views.outlet, name="outlet"),
    path("outlets/<int:outlet_id>/decide/", views.decide_outlet, name="decide-outlet"),
    path("outlets/<int:outlet_id>/end/", views.end_outlet, name="end-outlet"),
    path("outlets/<int:outlet_id>/messages/<uuid:message_id>/", views.replay, name="replay-news"),
    path("exports/", views.exports, name="exports"),
    path("exports/<int:request_id>/", views.export, name="export"),
    path("exports/<int:request_id>/decide/", views.decide_export, name="decide-export"),
    path("exports/<int:request_id>/take/", views.take_export, name="take-export"),
    path("shown/sandbox/<str:token>/", views.sandbox_shown, name="sandbox-shown"),
    path("shown/<str:token>/", views.shown, name="shown"),
    path("records/", views.records, name="records"),
    path("records/<int:record_id>/", views.record, name="record"),
    path("records/<int:record_id>/repair/", views.ask, name="ask-for-repair"),
    path("records/<int:record_id>/decide/", views.decide_repair, name="decide-repair"),
    path("retention/", views.retention, name="retention"),
    path("retention/rules/<str:rule_id>/propose/", views.propose_retention, name="propose-retention"),
    path("retention/orders/<int:order_id>/decide/", views.decide_retention, name="decide-retention"),
    path("retention/orders/<int:order_id>/end/", views.end_retention, name="end-retention"),
    path("retention/holds/", views.place_hold, name="place-hold"),
    path("retention/holds/<int:hold_id>/lift/", views.lift_hold, name="lift-hold"),
    path("recalls/", views.recalls, name="recalls"),
    path("recalls/<int:notice_id>/receipt/", views.receipt, name="recall-receipt"),
]
