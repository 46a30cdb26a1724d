"""Where people meet Django: requests, guards, sign-in, template context."""
