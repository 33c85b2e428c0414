"""pulih for Python bots: no risky function runs without a fresh, proven backup.

    from scripts.auto_backup import create_backup_decorator, AutoBackupIntegration

    @create_backup_decorator("critical_operation")
    def bulk_delete_assets(user_id):
        ...

One file, standard library only, Python 3.8 or newer. It never opens the bot's databases: it asks the pulih daemon of
this app over its socket, or runs the `pulih` command when there is no daemon. When the backup fails it raises
BackupGateClosed and the function does not run. PULIH_OVERRIDE=<reason> goes on anyway; that is recorded and alerted.

Satu berkas, tanpa paket tambahan. Fungsi berisiko hanya berjalan setelah ada backup baru yang terbukti; jika backup
gagal, BackupGateClosed muncul dan fungsinya tidak dijalankan.
"""
import asyncio
import functools
import inspect
import json
import os
import shlex
import shutil
import socket
import subprocess
import threading
import time
import uuid

__all__ = ["create_backup_decorator", "AutoBackupIntegration", "BackupGateClosed", "backup_before"]

VERSION = 1
SILENT_SECONDS = 10
WAIT_SECONDS = 120
BEYOND_SECONDS = 120


class BackupGateClosed(RuntimeError):
    """The operation must not start. `code` never changes between languages; `hint` says what to do."""

    def __init__(self, name, code, message, hint=""):
        super().__init__("%s: %s%s" % (name, message, " (%s)" % hint if hint else ""))
        self.name = name
        self.code = code
        self.hint = hint


def backup_before(name, reason=None, override=None, until=None, wait_seconds=WAIT_SECONDS, app_dir=None):
    """Returns once the backup behind `name` is there: {"backup", "state", "outcome", ...}. Raises BackupGateClosed."""
    app = app_dir or _app_dir()
    override = override or os.environ.get("PULIH_OVERRIDE") or None
    wish = {"reason": reason, "override": override, "until": until}
    place = _daemon_place(app)
    started = time.monotonic()
    answer = _ask_daemon(app, place, name, wish, wait_seconds) if place else None
    if answer is None:
        # Both ways together wait no longer than one.
        return _by_command(app, name, wish, max(1, int(wait_seconds - (time.monotonic() - started))))
    if answer.get("answer") == "silent":
        if override:
            return _by_command(app, name, wish, 1)
        raise _closed(app, name, "gate.silent", pid=place.get("pid"), seconds=SILENT_SECONDS)
    if answer.get("answer") == "open":
        return answer
    error = answer.get("error") or {}
    raise BackupGateClosed(name, error.get("code", "unknown"), error.get("message", ""), error.get("hint", ""))


def create_backup_decorator(type="auto", override=None, until=None, app_dir=None):
    """A backup before every call of the decorated function, sync or async. Name, docstring, result and errors stay."""
    if callable(type):  # used without parentheses
        return create_backup_decorator()(type)

    def decorate(function):
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def guarded_async(*args, **kwargs):
                loop = asyncio.get_running_loop()
                ask = functools.partial(backup_before, type, override=override, until=until, app_dir=app_dir)
                opened = await loop.run_in_executor(None, ask)
                with _Done(type, opened, app_dir):
                    return await function(*args, **kwargs)

            return guarded_async

        @functools.wraps(function)
        def guarded(*args, **kwargs):
            opened = backup_before(type, override=override, until=until, app_dir=app_dir)
            with _Done(type, opened, app_dir):
                return function(*args, **kwargs)

        return guarded

    return decorate


class AutoBackupIntegration:
    """The predecessor's names. Each returns the backup's name, or raises BackupGateClosed."""

    def __init__(self, app_dir=None, *_args, **_kwargs):
        self.app_dir = app_dir if isinstance(app_dir, str) else None

    def backup_before_asset_operation(self, operation, user_id=None):
        return self._backup("before_asset_operations", "%s, user %s" % (operation, user_id))

    def backup_before_bot_restart(self):
        return self._backup("before_restart", "bot restart")

    def scheduled_backup(self):
        return self._backup("daily_scheduled", "scheduled by the bot")

    def _backup(self, name, reason):
        return backup_before(name, reason=reason, app_dir=self.app_dir)["backup"]


class _Done:
    """Tells pulih that the guarded function ended, so that its history can say what changed. Never disturbs the bot."""

    def __init__(self, name, opened, app_dir):
        self.name, self.opened, self.app_dir = name, opened, app_dir

    def __enter__(self):
        return self

    def __exit__(self, kind, _error, _traceback):
        # A thread of its own: an event loop must not wait for it, and a bot that ends may leave it behind.
        threading.Thread(target=self._tell, args=(kind is None,), daemon=True).start()
        return False

    def _tell(self, ok):
        backup = self.opened.get("backup")
        if not backup:
            return
        app = self.app_dir or _app_dir()
        try:
            place = _daemon_place(app)
            if place is None:
                words = _command(app, self.name) + ["trigger", self.name, "--done", backup, "--quiet", "--dir", app]
                subprocess.run(words + ([] if ok else ["--failed"]), timeout=BEYOND_SECONDS, **_MUTE)
                return
            with _connect(place["socket"]) as line:
                line.sendall(_encode({"ask": "done", "name": self.name, "backup": backup, "ok": ok}))
                line.recv(65536)
        except (OSError, subprocess.SubprocessError, BackupGateClosed):
            pass  # The operation is over and its backup is there; only the note about it is missing.


def _app_dir():
    """PULIH_DIR; else the nearest folder upward from this file with config/backup_config.json; else the bot's folder."""
    named = os.environ.get("PULIH_DIR")
    if named:
        return os.path.abspath(named)
    here = os.path.dirname(os.path.abspath(__file__))
    folder = here
    while True:
        if os.path.isfile(os.path.join(folder, "config", "backup_config.json")):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            break
        folder = above
    return os.path.dirname(here) if os.path.basename(here) == "scripts" else os.getcwd()


def _state_dir(app):
    paths = _config(app).get("backup_paths")
    folder = paths.get("backup_directory") if isinstance(paths, dict) else None
    return os.path.join(app, folder if isinstance(folder, str) and folder else "backups", ".pulih")


def _config(app):
    """Empty when there is none, or one that pulih itself will complain about in its own words."""
    try:
        with open(os.path.join(app, "config", "backup_config.json"), encoding="utf-8") as file:
            config = json.load(file)
    except (OSError, ValueError):
        return {}
    return config if isinstance(config, dict) else {}


def _daemon_place(app):
    try:
        with open(os.path.join(_state_dir(app), "daemon.json"), encoding="utf-8") as file:
            place = json.load(file)
    except (OSError, ValueError):
        return None
    return place if isinstance(place, dict) and place.get("version") == VERSION and place.get("socket") else None


def _connect(path):
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(SILENT_SECONDS)
    try:
        line.connect(path)
    except BaseException:
        line.close()
        raise
    return line


def _encode(ask):
    return (json.dumps(dict(ask, version=VERSION, id=uuid.uuid4().hex)) + "\n").encode("utf-8")


def _ask_daemon(app, place, name, wish, wait_seconds):
    """The final answer, {"answer": "silent"} for a hung daemon, None when there is none (any more)."""
    try:
        line = _connect(place["socket"])
    except (socket.timeout, BlockingIOError):  # Somebody listens, and takes no one in (any more).
        return {"answer": "silent"}
    except OSError:
        return None
    ask = {key: value for key, value in wish.items() if value is not None}
    with line:
        try:
            line.sendall(_encode(dict(ask, ask="trigger", name=name, waitMs=int(wait_seconds * 1000))))
            answer = _hear(line, time.monotonic() + wait_seconds + BEYOND_SECONDS)
        except socket.timeout:
            return {"answer": "silent"}
        except OSError:
            return None
    if answer == "late":
        raise _closed(app, name, "gate.timeout", seconds=wait_seconds + BEYOND_SECONDS)
    return answer


def _hear(line, deadline):
    """The final answer; None when the line ended before it, "late" when it did not come in time."""
    with line.makefile("r", encoding="utf-8", errors="replace") as answers:
        while time.monotonic() < deadline:
            text = answers.readline()
            if not text:
                return None
            try:
                answer = json.loads(text)
            except ValueError:
                continue  # Not of this protocol: whatever says such things has not opened the gate.
            if isinstance(answer, dict) and answer.get("answer") in ("open", "closed"):
                return answer
    return "late"


def _by_command(app, name, wish, wait_seconds):
    words = _command(app, name) + ["trigger", name, "--json", "--quiet", "--dir", app, "--wait", "%ds" % wait_seconds]
    words += ["--%s=%s" % (key, value) for key, value in wish.items() if value is not None]
    limit = wait_seconds + BEYOND_SECONDS
    try:
        done = subprocess.run(words, timeout=limit, **dict(_MUTE, stdout=subprocess.PIPE))
    except subprocess.TimeoutExpired:
        raise _closed(app, name, "gate.timeout", seconds=limit) from None
    except OSError as error:
        raise _closed(app, name, "gate.no-pulih", detail=error) from error
    return _read_answer(app, name, done)


_MUTE = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def _read_answer(app, name, done):
    try:
        answer = json.loads(done.stdout.decode("utf-8"))
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        answer = {}
    if done.returncode in (0, 3) and "outcome" in answer:
        return answer
    error = answer.get("error")
    if not error:
        raise _closed(app, name, "gate.no-answer", detail="exit %s" % done.returncode)
    raise BackupGateClosed(name, error.get("code", "unknown"), error.get("message", ""), error.get("hint", ""))


_WORDS = {
    "gate.silent": {
        "en": (
            "the pulih daemon (process {pid}) has said nothing for {seconds} s",
            "look at it, or end it so that a new one can start: kill {pid}; then: pulih status",
        ),
        "id": (
            "daemon pulih (proses {pid}) diam selama {seconds} detik",
            "periksa, atau hentikan agar yang baru bisa jalan: kill {pid}; lalu: pulih status",
        ),
    },
    "gate.timeout": {
        "en": ("no answer about its backup within {seconds} s", "see what is running: pulih history"),
        "id": (
            "tidak ada jawaban tentang backup-nya dalam {seconds} detik",
            "lihat apa yang sedang berjalan: pulih history",
        ),
    },
    "gate.no-answer": {
        "en": ("pulih gave no answer ({detail})", "try by hand: pulih trigger {name}"),
        "id": ("pulih tidak memberi jawaban ({detail})", "coba sendiri: pulih trigger {name}"),
    },
    "gate.no-pulih": {
        "en": (
            "pulih cannot be run ({detail})",
            "install it (npm install -g pulih), or name it: PULIH_COMMAND=/path/to/pulih",
        ),
        "id": (
            "pulih tidak bisa dijalankan ({detail})",
            "pasang (npm install -g pulih), atau sebutkan: PULIH_COMMAND=/path/ke/pulih",
        ),
    },
}


def _closed(app, name, code, **facts):
    message, hint = (text.format(name=name, **facts) for text in _WORDS[code][_language(app)])
    return BackupGateClosed(name, code, message, hint)


def _language(app):
    found = _config(app).get("language") or os.environ.get("LANG") or os.environ.get("LC_ALL") or ""
    return "id" if str(found).lower().startswith("id") else "en"


def _command(app, name):
    """PULIH_COMMAND; `pulih` on PATH; node_modules/.bin/pulih upward from the app; what `pulih init --python` noted."""
    named = os.environ.get("PULIH_COMMAND")
    if named:
        return shlex.split(named)
    found = shutil.which("pulih")
    folder = app
    while not found:
        candidate = os.path.join(folder, "node_modules", ".bin", "pulih")
        if os.access(candidate, os.X_OK):
            found = candidate
        above = os.path.dirname(folder)
        if above == folder:
            break
        folder = above
    if found:
        return [found]
    try:
        with open(os.path.join(_state_dir(app), "command.json"), encoding="utf-8") as file:
            words = json.load(file)["command"]
        if isinstance(words, list) and words and all(isinstance(word, str) for word in words):
            return words
    except (OSError, ValueError, KeyError, TypeError):
        pass  # Never noted: said below.
    raise _closed(app, name, "gate.no-pulih", detail="PATH, node_modules/.bin")
