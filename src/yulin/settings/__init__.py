"""Django settings; every one a YULIN_* variable, listed in docs/settings.md."""
