"""Addresses of the shell: the public board, home, finding."""

from __future__ import annotations

from django.urls import path

from yulin.web.views import board, home

app_name = "web"
urlpatterns = [
    path("", board.headline_board, name="board"),
    path("board/data/", board.open_data, name="board-data"),
    path("board/<slug:figure>/", board.figure_list, name="board-list"),
    path("home/", home.home, name="home"),
    path("find/", home.find, name="find"),
    path("accessibility/", home.accessibility, name="accessibility"),
]
