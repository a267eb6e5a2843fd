"""What booking has of the past, and holds, with a journal that accounts for every row."""

import contextlib
import hashlib
import random
import sqlite3

import data
from data import DAY

# Sessions that nothing sells out, for flows beside a large past; catalog knows nothing of them.
ON_SALE, ON_SALE_FIRST = 1000, 50_000_001


class Journal:
    """Entries as booking keeps them, each tied to those before it."""

    def __init__(self):
        self.rows, self.hash = [], bytes(32)

    def keep(self, session, entry):
        self.hash = hashlib.sha256(self.hash + f"{session} {entry}".encode()).digest()
        self.rows.append((session, entry, self.hash))

    def taken(self):
        rows, self.rows = self.rows, []
        return rows


class Past:
    """Rows of sessions that are over and of their bookings, and what the journal has of them."""

    def __init__(self, users, seats, bookings):
        self.users, self.seats, self.left = users, seats, bookings
        self.chance, self.journal, self.booking, self.ticket = random.Random(23), Journal(), 0, 0
        self.taken()

    def taken(self):
        rows = getattr(self, "rows", None)
        self.rows = {name: [] for name in ("sessions", "bookings", "reservations", "seat_holders", "tickets")}
        return rows

    def show(self, session, bookings):
        number, starts, allocation, movie, title, place, place_name, room, zone = session
        opened, sold = starts - 7 * DAY, 0
        self.journal.keep(number, f'{{"at":{opened},"is":"met","allocation":{allocation},"starts_at":{starts},'
                                  f'"room":"rom_{room}"}}')
        for _ in range(min(bookings, self.left)):
            opened += self.chance.randint(1000, 11_000_000)
            sold += self.book(number, movie, place, room, opened, self.seats[room][sold:])
        self.rows["sessions"].append(
            (number, starts, allocation, sold, movie, title, place, place_name, starts, room, zone))

    def book(self, session, movie, place, room, opened, free):
        """Returns how many seats it keeps."""
        self.booking, self.left = self.booking + 1, self.left - 1
        booking, user = self.booking, self.chance.randint(1, self.users)
        reserved, ended, closes = opened + 9000, opened + 30_000, opened + 60_000
        fate, wanted = self.chance.randint(1, 100), free[:self.chance.randint(1, 4)]
        about = f'"booking":"bkg_{booking}"'
        self.journal.keep(session, f'{{"at":{opened},"is":"opened",{about},"user":"usr_{user}","closes_at":{closes}}}')
        names = ",".join([f'"sea_{seat}"' for seat in wanted])
        count = len(wanted)
        self.journal.keep(session, f'{{"at":{reserved},"is":"reserved",{about},"count":{count},"seats":[{names}]}}')
        confirmed = cancelled = expired = None
        if fate <= 80:
            confirmed = ended
            tickets = [(self.ticket + index, booking, session, seat) for index, seat in enumerate(wanted, 1)]
            self.ticket += len(tickets)
            names = ",".join([f'{{"id":"tkt_{ticket}","seat":"sea_{seat}"}}' for ticket, _, _, seat in tickets])
            self.journal.keep(session, f'{{"at":{ended},"is":"confirmed",{about},"tickets":[{names}]}}')
            self.rows["tickets"] += tickets
            self.rows["seat_holders"] += [(session, seat, booking, room) for seat in wanted]
        elif fate <= 92:
            expired = closes
            self.journal.keep(session, f'{{"at":{closes},"is":"expired",{about}}}')
        else:
            cancelled = ended
            self.journal.keep(session, f'{{"at":{ended},"is":"cancelled",{about}}}')
        self.rows["bookings"].append(
            (booking, user, session, opened, closes, confirmed, cancelled, expired, movie, place))
        self.rows["reservations"].append(
            (booking, booking, session, count, "sold" if confirmed else "released", closes, reserved))
        return count if confirmed else 0


def history(path, programme, bookings, users=100_000, each=50):
    """So many bookings of sessions that are over, fifty of each: of a hundred, eighty are confirmed, with their seats,
    tickets and all, twelve ran out, eight were cancelled. The journal tells of every one, so that `booking audit` can
    recompute the tables from it."""
    moment = data.now()
    with contextlib.closing(sqlite3.connect(f"file:{programme}?mode=ro", uri=True)) as source:
        sessions = source.execute(
            "SELECT s.id, s.starts_at, s.allocation, s.movie_id, m.title, s.place_id, p.name, s.room_id, p.time_zone"
            " FROM sessions s JOIN movies m ON m.id = s.movie_id JOIN places p ON p.id = s.place_id"
            " WHERE s.starts_at < ? ORDER BY s.starts_at DESC LIMIT ?",
            (moment - DAY, -(-bookings // each))).fetchall()[::-1]
        seats = source.execute("SELECT id, room_id, row_label, number, kind, x, y FROM seats").fetchall()
    database = sqlite3.connect(path)
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA cache_size = -1000000")
    # What triggers and indexes would do with each row is done once, for all.
    later = database.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'index') AND sql IS NOT NULL"
        " AND tbl_name IN ('sessions', 'bookings', 'reservations', 'seat_holders', 'tickets', 'seats')").fetchall()
    for kind, name, _ in later:
        database.execute(f"DROP {kind} {name}")
    database.executemany(
        "INSERT INTO seats (id, room_id, row_label, number, kind, x, y) VALUES (?, ?, ?, ?, ?, ?, ?)", seats)
    past = Past(users, {}, bookings)
    for seat in seats:
        past.seats.setdefault(seat[1], []).append(seat[0])
    for batch in range(0, len(sessions), 1000):
        for session in sessions[batch:batch + 1000]:
            past.show(session, each)
        insert(database, past.taken(), past.journal)
    on_sale(database, past.journal, moment)
    insert(database, {}, past.journal)
    for _, _, sql in later:
        database.execute(sql)
    finish(database)


COLUMNS = {
    "sessions": "id, starts_at, allocation, sold, movie_id, movie_title, place_id, place_name, named_at, room_id,"
                " time_zone",
    "bookings": "id, user_id, session_id, created_at, closes_at, confirmed_at, cancelled_at, expired_at, movie_id,"
                " place_id",
    "reservations": "id, booking_id, session_id, seats, state, held_until, reserved_at",
    "seat_holders": "session_id, seat_id, reservation_id, room_id",
    "tickets": "id, booking_id, session_id, seat_id",
    "journal": "session_id, entry, hash",
}


def insert(database, rows, journal):
    for table, values in {**rows, "journal": journal.taken()}.items():
        places = ", ".join("?" for _ in COLUMNS[table].split(","))
        # Seats of a session in the order of its key.
        database.executemany(f"INSERT INTO {table} ({COLUMNS[table]}) VALUES ({places})",
                             sorted(values) if table == "seat_holders" else values)


def on_sale(database, journal, moment, count=ON_SALE, first=ON_SALE_FIRST, seats=1_000_000_000):
    """Sessions without a plan of seats, in a month."""
    starts = moment + 30 * DAY
    for number in range(first, first + count):
        database.execute(
            "INSERT INTO sessions (id, starts_at, allocation, movie_id, movie_title, place_id, place_name, named_at)"
            " VALUES (?, ?, ?, ?, ?, 1, 'Cinema 1', ?)", (number, starts, seats, number, f"Film {number}", moment))
        journal.keep(number, f'{{"at":{moment},"is":"met","allocation":{seats},"starts_at":{starts}}}')


def held(path, count):
    """So many holds, all of one session, that last for a month."""
    moment = data.now()
    until = moment + 30 * DAY
    journal = Journal()
    database = sqlite3.connect(path)
    database.execute("PRAGMA synchronous = OFF")
    on_sale(database, journal, moment)
    rows = {"bookings": [], "reservations": []}
    for number in range(1, count + 1):
        rows["bookings"].append((number, number, ON_SALE_FIRST, moment, until, None, None, None, ON_SALE_FIRST, 1))
        rows["reservations"].append((number, number, ON_SALE_FIRST, 2, "held", until, moment))
        journal.keep(ON_SALE_FIRST, f'{{"at":{moment},"is":"opened","booking":"bkg_{number}","user":"usr_{number}",'
                                    f'"closes_at":{until}}}')
        journal.keep(ON_SALE_FIRST, f'{{"at":{moment},"is":"reserved","booking":"bkg_{number}","count":2}}')
    insert(database, rows, journal)
    finish(database)


def finish(database):
    # Followers have heard of all this, and it is deleted.
    database.execute("INSERT INTO trimmed_events (id, until) VALUES (1, ?)", (data.now(),))
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
