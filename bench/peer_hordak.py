"""django-hordak as a peer of bench_ledger: one process, one `Account.transfer_to` a commit.

    python bench/peer_hordak.py URL SECONDS

Makes a database `hordak` of its own on the server, says "ready", waits for a word, prints transfers a second.
"""

from __future__ import annotations

import sys
import time

import django
import psycopg
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict

ACCOUNTS = 1_000


def main() -> None:
    """Prepare the database, wait, measure."""
    url, seconds = sys.argv[1], int(sys.argv[2])
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS hordak")
        connection.execute("CREATE DATABASE hordak")
    server = conninfo_to_dict(url)
    database = {"ENGINE": "django.db.backends.postgresql", "NAME": "hordak", "USER": server["user"]}
    settings.configure(
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "mptt", "hordak"],
        DATABASES={"default": {**database, "HOST": server["host"]}},
        DEFAULT_CURRENCY="CNY",
        CURRENCIES=["CNY"],
        USE_TZ=True,
    )
    django.setup()
    from django.core.management import call_command
    from hordak.models import Account, AccountType
    from moneyed import Money

    call_command("migrate", verbosity=0)
    accounts = [
        Account.objects.create(name=f"a{number}", code=str(number), type=AccountType.asset, currencies=["CNY"])
        for number in range(ACCOUNTS)
    ]
    amount = Money("0.01", "CNY")
    print("ready", flush=True)
    sys.stdin.readline()
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        accounts[count * 7 % ACCOUNTS].transfer_to(accounts[(count * 7 + 1) % ACCOUNTS], amount)
        count += 1
    print(count / (time.perf_counter() - start))


if __name__ == "__main__":
    main()
