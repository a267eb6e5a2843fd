"""The large data set, and the ones by which cost is seen to grow: made once, and kept for a week in
.build/benchmark-data, as long as neither migrations nor these programs change."""

import contextlib
import hashlib
import random
import sqlite3
import subprocess
import time
from pathlib import Path

import data
import past
from data import DAY
from stack import CHECKOUT, fail, note

KEPT = CHECKOUT / ".build/benchmark-data"
DAYS_KEPT = 7


def kept(stack, service, name, make, source=None):
    """The path of a service's database that `make(path)` fills, on its own migrations; made anew after its source."""
    programs = [Path(__file__), Path(data.__file__), Path(past.__file__)]
    sources = [*programs, *CHECKOUT.glob(f"Services/{service}/Sources/Migrations/*")]
    version = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(sources))).hexdigest()
    path = KEPT / f"{service}-{name}-{version[:12]}.db"
    oldest = max(time.time() - DAYS_KEPT * 86_400, source.stat().st_mtime if source else 0)
    for old in KEPT.glob(f"{service}-{name}-*"):
        if not old.name.startswith(path.name) or old.stat().st_mtime < oldest:
            old.unlink()
    if not path.exists():
        KEPT.mkdir(exist_ok=True)
        begun, started = path.with_suffix(".new"), time.monotonic()
        for left in KEPT.glob(f"{begun.name}*"):
            left.unlink()
        stack.migrate(service, path=begun)
        make(begun)
        # All of it in the one file that is copied.
        with contextlib.closing(sqlite3.connect(begun)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        begun.rename(path)
        for left in KEPT.glob(f"{begun.name}-*"):
            left.unlink()
        note(f"{path.name}: {path.stat().st_size / 1e6:,.0f} MB in {time.monotonic() - started:.0f} s")
    return path


def copy(path, to):
    """A copy to work on."""
    subprocess.run(["cp", "--reflink=auto", path, to], check=True)


def catalog(stack, movies=100_000, sessions=1_000_000):
    def make(path):
        data.programme(path, movies, sessions / movies)
    return kept(stack, "catalog", f"{movies}-{sessions}", make)


def booking(stack, bookings=1_000_000):
    """The past of `catalog(stack)`."""
    programme = catalog(stack)

    def make(path):
        past.history(path, programme, bookings)
        if bookings == 1_000_000:
            audited = stack.command("booking", "audit", path=path)
            if audited.returncode != 0:
                fail(f"what was made of a million bookings is not sound: {audited.stdout}{audited.stderr}")
    return kept(stack, "booking", str(bookings), make, programme)


def holds(stack, count):
    return kept(stack, "booking", f"holds-{count}", lambda path: past.held(path, count))


def accounts(stack, count, password_hash):
    """With one password, which takes long enough to hash once."""
    def make(path):
        moment = data.now()
        data.fill(path, [(
            "INSERT INTO users (id, email, email_folded, password_hash, created_at) VALUES (?, ?, ?, ?, ?)",
            ((number, f"{number}.scale@example.com", f"{number}.scale@example.com", password_hash, moment)
             for number in range(1, count + 1)))])
    return kept(stack, "identity", f"accounts-{count}", make)


def showings(catalog_path, to, most=5000):
    """Writes the sessions of the week to come that have seats, the most wanted first, as `load friday` reads them."""
    moment = data.now()
    with contextlib.closing(sqlite3.connect(f"file:{catalog_path}?mode=ro", uri=True)) as database:
        found = database.execute(
            "SELECT id, movie_id, place_id FROM sessions WHERE starts_at BETWEEN ? AND ? AND has_seats = 1 ORDER BY id",
            (moment + DAY // 4, moment + 7 * DAY)).fetchall()
    random.Random(3).shuffle(found)
    Path(to).write_text("".join(f"{session} {movie} {place}\n" for session, movie, place in found[:most]))
