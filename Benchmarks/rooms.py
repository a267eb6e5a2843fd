"""Sessions of booking's in rooms with a plan of seats."""

from data import DAY

# Catalog knows nothing of them; seats have ids that follow each other.
FIRST, FIRST_SEAT = 60_000_001, 70_000_001


def planned(database, moment, count, seats=300, row=20, journal=None):
    """In a month, in rooms of so many seats, one room for each thousand; told to the journal where that is given."""
    rooms, starts = -(-count // 1000), moment + 30 * DAY
    database.executemany(
        "INSERT INTO seats (id, room_id, row_label, number, kind, x, y) VALUES (?, ?, ?, ?, 'standard', ?, ?)",
        ((FIRST_SEAT + room * seats + seat, room + 1, str(seat // row + 1), seat % row + 1, seat % row, seat // row)
         for room in range(rooms) for seat in range(seats)))
    for number in range(FIRST, FIRST + count):
        room = number % rooms + 1
        database.execute(
            "INSERT INTO sessions (id, starts_at, allocation, movie_id, movie_title, place_id, place_name, named_at,"
            " room_id) VALUES (?, ?, ?, ?, ?, 1, 'Cinema 1', ?, ?)",
            (number, starts, seats, number, f"Film {number}", moment, room))
        if journal:
            journal.keep(number, f'{{"at":{moment},"is":"met","allocation":{seats},"starts_at":{starts},'
                                 f'"room":"rom_{room}"}}')
