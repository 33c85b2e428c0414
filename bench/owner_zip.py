"""What a bot's owner does without a backup program: check the database, copy it, zip it with the code.

usage: owner_zip.py save APP TARGET_FOLDER | load TARGET_FOLDER OUT
"""
import pathlib
import shutil
import sqlite3
import sys
import tempfile
import time
import zipfile


def save(app, target):
    database = app / "finance.db"
    with sqlite3.connect(database) as live:
        verdict = live.execute("PRAGMA integrity_check").fetchone()[0]
    live.close()
    if verdict != "ok":
        sys.exit(verdict)
    archive = target / time.strftime("backup_%Y%m%d_%H%M%S.zip")
    with tempfile.TemporaryDirectory(dir=target) as scratch:
        copy = shutil.copy2(database, scratch)
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
            zipped.write(copy, "finance.db")
            for path in sorted((app / "src").rglob("*")):
                zipped.write(path, path.relative_to(app))


def load(target, out):
    newest = max(target.glob("backup_*.zip"))
    with zipfile.ZipFile(newest) as zipped:
        zipped.extractall(out)


if __name__ == "__main__":
    verb, first, second = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    {"save": save, "load": load}[verb](first, second)
