"""A bot in Python for the tests of hosts: `host.py ACTION [WORD]`, the app in PULIH_DIR. host.ts is the same in TypeScript."""
import asyncio
import glob
import json
import os
import sqlite3
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../package/python"))

from auto_backup import AutoBackupIntegration, BackupGateClosed, create_backup_decorator  # noqa: E402

APP = os.environ["PULIH_DIR"]


def say(value):
    print(json.dumps(value), flush=True)


@create_backup_decorator("critical_operation")
def risky(asked):
    stored = [os.path.basename(path)[:-4] for path in glob.glob(os.path.join(APP, "backups", "*.zip"))]
    return {"asked": asked, "stored": stored}


def now():
    return int(time.time() * 1000)


def gate():
    started = time.monotonic()
    try:
        answer = {"ran": risky(now()), "code": None, "text": ""}
    except BackupGateClosed as error:
        answer = {"ran": None, "code": error.code, "text": "%s %s" % (error, error.hint)}
    say(dict(answer, ms=int((time.monotonic() - started) * 1000)))


def many(count):
    calls = []
    threads = [threading.Thread(target=lambda: calls.append(risky(now()))) for _ in range(int(count))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    say(calls)


def hold(name):
    bot = sqlite3.connect(os.path.join(APP, name), isolation_level=None)
    bot.execute("CREATE TABLE IF NOT EXISTS held (n)")
    bot.execute("BEGIN IMMEDIATE")
    bot.execute("INSERT INTO held VALUES (1)")
    risky(now())
    say("behind the gate")
    sys.stdin.readline()
    bot.execute("COMMIT")
    bot.execute("INSERT INTO held VALUES (2)")
    say("committed")
    sys.stdin.readline()


def every_kind():
    @create_backup_decorator("critical_operation")
    async def later():
        return 1

    auto = AutoBackupIntegration()
    names = [auto.backup_before_asset_operation("sell", 7), auto.backup_before_bot_restart(), auto.scheduled_backup()]
    loop = asyncio.new_event_loop()
    say({"names": names, "later": loop.run_until_complete(later()), "ran": risky(0)["asked"]})
    loop.close()


{"gate": gate, "many": many, "hold": hold, "every-kind": every_kind}[sys.argv[1]](*sys.argv[2:])
