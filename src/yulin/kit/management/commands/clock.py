"""The clock of an instance: what runs by the calendar, and the sealers, which follow the writers within a second."""

from __future__ import annotations

from threading import Event, Thread
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from yulin.kit.sealing import keep_sealing


class Command(BaseCommand):
    """Run the queue `clock` in this thread and the sealers in another."""

    help = "Run what goes by the clock: the queue “clock” and the sealers."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what a worker of the queue takes."""
        parser.add_argument("worker_options", nargs="*", help="options of `procrastinate worker`, after --")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run until a signal ends the queue; the sealers end with it."""
        stopping = Event()
        Thread(target=keep_sealing, args=(stopping,), name="sealers", daemon=True).start()
        try:
            call_command("procrastinate", "worker", "--name", "clock", "--queues", "clock", *options["worker_options"])
        finally:
            stopping.set()
