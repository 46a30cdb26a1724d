"""The WSGI application that the web server loads: `yulin.settings.wsgi:application`."""

from __future__ import annotations

import os
from threading import Thread

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yulin.settings.base")

application = get_wsgi_application()

from yulin.rules.selectors import read_all_law  # noqa: E402 - after Django is set up

Thread(target=read_all_law, name="read-all-law", daemon=True).start()
