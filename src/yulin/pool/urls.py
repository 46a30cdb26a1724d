"""Addresses of the pool, below the language."""

from __future__ import annotations

from django.urls import path

from yulin.pool.views import answers, claims, enrolments, letters, moves, partners, public, returns, schemes, uploads

app_name = "pool"

urlpatterns = [
    path("banks/", public.banks, name="banks"),
    path("lists/", public.lists, name="public-lists"),
    path("lists/<str:month>/", public.monthly_list, name="public-list"),
    path("verify/", public.verify, name="verify"),
    path("verify/<str:code>/", public.verified, name="verified"),
    path("objections/", public.objection, name="objection"),
    path("enrolments/", enrolments.enrolments, name="enrolments"),
    path("enrolments/<int:enrolment_id>/", enrolments.enrolment, name="enrolment"),
    path("review/", enrolments.review, name="review"),
    path("claims/", claims.claims, name="claims"),
    path("claims/<int:claim_id>/", claims.claim, name="claim"),
    path("claims/<int:claim_id>/papers/<int:document_id>/", claims.claim_paper, name="claim-paper"),
    path("enrolments/<int:enrolment_id>/claim/", claims.claim_open, name="claim-open"),
    path("returns/", returns.returns, name="returns"),
    path("returns/<str:month>/", returns.month_return, name="return"),
    path("enrolments/<int:enrolment_id>/letter.pdf", letters.letter, name="letter"),
    path("uploads/", uploads.uploads, name="uploads"),
    path("uploads/template/<str:scheme_id>.xlsx", uploads.template, name="upload-template"),
    path("uploads/<int:upload_id>/", uploads.upload, name="upload"),
    path("uploads/<int:upload_id>/progress/", uploads.progress, name="upload-progress"),
    path("uploads/<int:upload_id>/columns/", uploads.columns, name="upload-columns"),
    path("uploads/<int:upload_id>/mode/", uploads.mode, name="upload-mode"),
    path("uploads/<int:upload_id>/enrol/", uploads.enrol, name="upload-enrol"),
    path("uploads/<int:upload_id>/result.xlsx", uploads.result, name="upload-result"),
    path("uploads/<int:upload_id>/letters.pdf", letters.upload_letters, name="upload-letters"),
    path("partnerships/", partners.partnerships, name="partnerships"),
    path("partnerships/<int:partnership_id>/", partners.partnership, name="partnership"),
    path("products/", partners.products, name="products"),
    path("products/<int:product_id>/", partners.product, name="product"),
    path("products/<int:product_id>/offer/", partners.product_offer, name="product-offer"),
    path("answers/", answers.answer, name="answer"),
    path("answers/<str:token>/", answers.kept, name="answer-kept"),
    path("moves/", moves.moves, name="moves"),
    path("moves/preview/", moves.preview, name="move-preview"),
    path("moves/<int:move_id>/", moves.move, name="move"),
    path("moves/<int:move_id>/decide/", moves.decide, name="move-decide"),
    path("schemes/", schemes.schemes, name="schemes"),
    path("schemes/<str:pack_id>/", schemes.scheme, name="scheme"),
    path("schemes/<str:pack_id>/<str:name>", schemes.text, name="scheme-text"),
]
