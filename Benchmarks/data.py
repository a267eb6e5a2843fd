"""Fills the services' databases, on the schemas that their own migrations made."""

import hashlib
import random
import sqlite3
import time

DAY = 86_400_000
ADJECTIVES = "Last First Silent Hidden Golden Broken Endless Northern Electric Lost Burning Distant".split()
NOUNS = "River Garden Empire Witness Horizon Letter Machine Winter Station Harbour Orchard Signal".split()
WORDS = "a young detective returns home to find the city changed while an old friend hides a secret".split()


def now():
    return int(time.time() * 1000)


def fill(path, statements):
    """Each statement with its rows, in one transaction, at the speed of a file that nobody else reads."""
    database = sqlite3.connect(path)
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA cache_size = -1000000")
    for sql, rows in statements:
        database.executemany(sql, rows)
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def catalog(path, movies, sessions_each=2):
    """Movies with ratings and with sessions in the weeks to come, in 20 places with a room each."""
    chance = random.Random(7)
    start = now()

    def films():
        for movie in range(1, movies + 1):
            votes = chance.randint(0, 5000)
            title = f"The {chance.choice(ADJECTIVES)} {chance.choice(NOUNS)} {movie}"
            synopsis = " ".join(chance.choice(WORDS) for _ in range(12)).capitalize() + "."
            yield (movie, title, synopsis, f"https://img.example.com/{movie}.jpg", chance.randint(75, 190),
                   sum(chance.randint(0, 5) for _ in range(8)) * votes * 125_000, votes)

    def sessions():
        for number in range(movies * sessions_each):
            place = number % 20 + 1
            yield number + 1, number % movies + 1, place, place, start + chance.randint(1, 60) * DAY

    fill(path, [
        ("INSERT INTO movies (id, title, description, poster, duration, rating_sum, rating_count)"
         " VALUES (?, ?, ?, ?, ?, ?, ?)", films()),
        ("INSERT INTO places (id, name, address, city, time_zone) VALUES (?, ?, ?, 'Lyon', 'Europe/Paris')",
         ((place, f"Cinema {place}", f"{place} rue de la Paix") for place in range(1, 21))),
        ("INSERT INTO rooms (id, place_id, name, capacity) VALUES (?, ?, 'Room 1', 300)",
         ((place, place) for place in range(1, 21))),
        ("INSERT INTO sessions (id, movie_id, room_id, place_id, starts_at, allocation) VALUES (?, ?, ?, ?, ?, 300)",
         sessions()),
    ])


def programme(path, movies=100_000, sessions_each=10, places=200):
    """A large catalogue for searching: places in 40 cities, with a room of 300 planned seats each; each movie shown for
    a fortnight in the three years around now, five people in each. One title in a thousand has `zeppelin`, one in two
    `the`; the words are as the service reads them. A tenth of the sessions is sold out, a quarter of the movies is
    never shown, a tenth never rated."""
    chance = random.Random(11)
    start = now()
    first_names = "Maria Jean Louise Pierre Ana Michel Jeanne Paul Claire Luc Nina Marc Odile Hugo Irène Émile".split()
    last_names = [f"{a}{b}" for a in "Bar Cor Del Fau Gar Mar Ros Val".split() for b in "et ier on in aux ault".split()]
    people = [(n, f"{chance.choice(first_names)} {chance.choice(last_names)} {n}") for n in range(1, movies // 4 + 1)]
    films, words, credits, sessions = [], [], [], []
    for movie in range(1, movies + 1):
        votes = chance.randint(1, 5000) if movie % 10 else 0
        title = f"{chance.choice(('The', 'Un'))} {chance.choice(ADJECTIVES)} {chance.choice(NOUNS)} {movie}"
        title += " Zeppelin" if movie % 1000 == 500 else ""
        synopsis = " ".join(chance.choice(WORDS) for _ in range(12)).capitalize() + "."
        films.append((movie, title, synopsis, chance.randint(75, 150),
                      sum(chance.randint(0, 5) for _ in range(8)) * votes * 125_000, votes))
        cast = chance.sample(people, 5)
        credits += [(movie, "star", place, person) for place, (person, _) in enumerate(cast)]
        text = " ".join([title, synopsis[:-1], *(name for _, name in cast)]).lower()
        words += [(movie, word) for word in set(text.replace("é", "e").replace("è", "e").split())]
        if movie % 4:
            begin = chance.randint(-550, 545)
            for _ in range(max(1, round(sessions_each * 4 / 3))):
                place = chance.randint(1, places)
                sessions.append((len(sessions) + 1, movie, place, place,
                                 start + int((begin + chance.random() * 14) * DAY), 0 if chance.random() < 0.1 else 50))
    # What triggers and indexes would do a million times is done once, for all.
    database = sqlite3.connect(path)
    later = database.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
        " AND tbl_name IN ('sessions', 'credits', 'movies', 'movie_words')").fetchall()
    database.close()
    made = {kind: [(sql, [()]) for other, _, sql in later if other == kind] for kind in ("index", "trigger")}
    fill(path, [(f"DROP {kind} {name}", [()]) for kind, name, _ in later] + [
        ("INSERT INTO movies (id, title, description, duration, rating_sum, rating_count) VALUES (?, ?, ?, ?, ?, ?)",
         films),
        ("INSERT INTO people (id, name) VALUES (?, ?)", people),
        ("INSERT INTO people_names (people_names) VALUES (?)", [("rebuild",)]),
        ("INSERT INTO credits (movie_id, role, position, person_id) VALUES (?, ?, ?, ?)", credits),
        ("INSERT INTO movie_words (movie_id, word) VALUES (?, ?)", words),
        ("INSERT INTO places (id, name, address, city, time_zone) VALUES (?, ?, ?, ?, 'Europe/Paris')",
         ((place, f"Cinema {place}", f"{place} rue de la Paix", f"City {place % 40}")
          for place in range(1, places + 1))),
        ("INSERT INTO rooms (id, place_id, name, capacity, seated, in_use) VALUES (?, ?, 'Room 1', 300, 1, 1)",
         ((place, place) for place in range(1, places + 1))),
        ("INSERT INTO seats (id, room_id, row_label, number, x, y) VALUES (?, ?, ?, ?, ?, ?)",
         ((place * 300 + seat - 299, place, "ABCDEFGHIJKLMNO"[seat // 20], seat % 20 + 1, seat % 20, seat // 20)
          for place in range(1, places + 1) for seat in range(300))),
        ("INSERT INTO sessions (id, movie_id, room_id, place_id, starts_at, allocation, free, free_as_of, free_sequence)"
         " VALUES (?, ?, ?, ?, ?, 300, ?, 1, 1)", sessions),
        *made["index"],
        ("INSERT INTO showings (movie_id, place_id, last_starts_at)"
         " SELECT movie_id, place_id, max(starts_at) FROM sessions GROUP BY 1, 2", [()]),
        ("UPDATE movies SET (airs_from, airs_to, bookable_until) = (SELECT min(starts_at), max(starts_at),"
         " max(iif(has_seats, starts_at, NULL)) FROM sessions WHERE movie_id = movies.id)", [()]),
    ] + made["trigger"])


def booking(path, sessions=1000, bookings=0):
    """Sessions that nothing sells out, and bookings of the user 1, each confirmed with two seats."""
    moment = now()
    seats = 1_000_000_000
    # Of so many bookings the service would begin its journal for longer than a start may take; it has begun already.
    entry = f'{{"at":{moment},"is":"restored"}}'
    begun = [(entry, hashlib.sha256(bytes(32) + f"0 {entry}".encode()).digest())] if bookings else []
    fill(path, [
        ("INSERT INTO journal (entry, hash) VALUES (?, ?)", begun),
        ("INSERT INTO sessions (id, starts_at, allocation, movie_id, movie_title, place_id, place_name, named_at)"
         " VALUES (?, ?, ?, ?, ?, 1, 'Cinema 1', ?)",
         ((number, moment + 30 * DAY, seats, number, f"Film {number}", moment) for number in range(1, sessions + 1))),
        ("INSERT INTO bookings (id, user_id, session_id, created_at, closes_at, confirmed_at)"
         " VALUES (?, 1, ?, ?, ?, ?)",
         ((number, number % sessions + 1, moment, moment + 60_000, moment + 1) for number in range(1, bookings + 1))),
        ("INSERT INTO reservations (id, booking_id, session_id, seats, state, held_until, reserved_at)"
         " VALUES (?, ?, ?, 2, 'sold', ?, ?)",
         ((number, number, number % sessions + 1, moment + 60_000, moment) for number in range(1, bookings + 1))),
    ])


def signing_seed(path):
    """The secret that identity signs with at this moment, in hexadecimal digits."""
    database = sqlite3.connect(path)
    seed, = database.execute(
        "SELECT seed FROM signing_keys WHERE active_from <= ? ORDER BY active_from DESC", (now(),)).fetchone()
    database.close()
    return seed.hex()
