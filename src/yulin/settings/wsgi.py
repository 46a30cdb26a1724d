"""The WSGI application that the web server loads: `yulin.settings.wsgi:application`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yulin.settings.base")

application = get_wsgi_application()
