"""Addresses of the brain, below the language."""

from __future__ import annotations

from django.urls import path

from yulin.brain.views import applications, calls, check_up, library, policy_desk, reviews, stacking

app_name = "brain"

urlpatterns = [
    path("check-up/", check_up.check_ups, name="check-ups"),
    path("check-up/<int:firm_id>/", check_up.check_up, name="check-up"),
    path("check-up/<int:firm_id>/report.pdf", check_up.report, name="check-up-report"),
    path("check-up/<int:firm_id>/stacking/", stacking.stacking, name="stacking"),
    path("stacking/", stacking.law, name="stacking-law"),
    path("stacking/versions/<int:version_id>/decide/", stacking.decide, name="stacking-decide"),
    path("stacking/versions/<int:version_id>/withdraw/", stacking.withdraw, name="stacking-withdraw"),
    path("law-effect/", check_up.law_effect, name="law-effect"),
    path("calls/", calls.calls, name="calls"),
    path("calls/<int:call_id>/", calls.call, name="call"),
    path("calls/<int:call_id>/edit/", calls.edit, name="call-edit"),
    path("calls/<int:call_id>/decide/", calls.decide, name="call-decide"),
    path("calls/<int:call_id>/extend/", calls.extend, name="call-extend"),
    path("calls/<int:call_id>/apply/", applications.start, name="application-start"),
    path("policies/<int:policy_id>/call/", calls.new, name="call-new"),
    path("applications/", applications.applications, name="applications"),
    path("applications/<int:application_id>/", applications.application, name="application"),
    path("applications/<int:application_id>/fields/<str:field_id>/", applications.save_field, name="application-field"),
    path("applications/<int:application_id>/settle/<int:edit_id>/", applications.settle, name="application-settle"),
    path("applications/<int:application_id>/attach/<str:kind>/", applications.attach, name="application-attach"),
    path("applications/<int:application_id>/papers/<int:paper_id>/", applications.paper, name="application-paper"),
    path(
        "applications/<int:application_id>/papers/<int:paper_id>/detach/",
        applications.detach,
        name="application-detach",
    ),
    path("applications/<int:application_id>/invite/", applications.invite, name="application-invite"),
    path(
        "applications/<int:application_id>/helpers/<int:helper_id>/revoke/",
        applications.revoke,
        name="application-revoke",
    ),
    path("applications/<int:application_id>/submit/", applications.submit, name="application-submit"),
    path("applications/<int:application_id>/withdraw/", applications.withdraw, name="application-withdraw"),
    path("applications/<int:application_id>/screen/", reviews.screen, name="application-screen"),
    path("applications/<int:application_id>/draw/", reviews.draw, name="application-draw"),
    path("applications/<int:application_id>/recuse/", reviews.recuse, name="application-recuse"),
    path("applications/<int:application_id>/score/", reviews.score, name="application-score"),
    path("applications/<int:application_id>/vote/", reviews.vote, name="application-vote"),
    path("applications/<int:application_id>/outcome/", reviews.decide, name="application-decide"),
    path("applications/<int:application_id>/confirm/", reviews.confirm, name="application-confirm"),
    path("applications/<int:application_id>/appeal/", reviews.appeal, name="application-appeal"),
    path("applications/<int:application_id>/appeals/<int:appeal_id>/", reviews.answer, name="application-answer"),
    path("applications/<int:application_id>/letters/<int:turn>.pdf", reviews.letter, name="application-letter"),
    path("experts/", reviews.expert_register, name="experts"),
    path("experts/<str:number>/", reviews.expert, name="expert"),
    path("grants/", reviews.notice, name="grants"),
    path("grants/<int:application_id>/objection/", reviews.objection, name="grant-objection"),
    path("policies/", library.library, name="policies"),
    path("policies/<int:policy_id>/", library.policy, name="policy"),
    path("policies/<int:policy_id>/versions/<int:number>/", library.version, name="policy-version"),
    path("policies/<int:policy_id>/document/", library.document, name="policy-document"),
    path("policies/<int:policy_id>/correction/", library.correct, name="policy-correct"),
    path("policies/<int:policy_id>/edit/", policy_desk.edit, name="policy-edit"),
    path("policies/desk/", policy_desk.desk, name="policy-desk"),
    path("policies/desk/new/", policy_desk.new, name="policy-new"),
    path("policies/desk/files/<int:file_id>/", policy_desk.file, name="policy-file"),
    path("policies/desk/files/<int:file_id>/publish/", policy_desk.publish, name="policy-file-publish"),
    path("policies/desk/versions/<int:version_id>/decide/", policy_desk.decide, name="policy-decide"),
    path("policies/desk/versions/<int:version_id>/withdraw/", policy_desk.withdraw, name="policy-withdraw"),
    path("policies/desk/corrections/<int:correction_id>/", policy_desk.answer, name="policy-answer"),
]
