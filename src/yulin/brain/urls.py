"""Addresses of the brain, below the language."""

from __future__ import annotations

from django.urls import path

from yulin.brain.views import check_up, library, policy_desk

app_name = "brain"

urlpatterns = [
    path("check-up/", check_up.check_ups, name="check-ups"),
    path("check-up/<int:firm_id>/", check_up.check_up, name="check-up"),
    path("check-up/<int:firm_id>/report.pdf", check_up.report, name="check-up-report"),
    path("law-effect/", check_up.law_effect, name="law-effect"),
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
