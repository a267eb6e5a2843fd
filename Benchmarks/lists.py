"""Rows 8, 10: the last page of long lists, and their first."""

import json
import time

import data
import large
from report import Line, compared, each, spread
from stack import Stack, fetch

MOVIES = "/v1/movies"


def last_pages(bench):
    """8: the last page of a long list, and its first; services of their own, on large databases."""
    directory = bench.subdirectory("large")
    stack = Stack(bench.stack.binaries, directory)
    stack.internal["identity"] = bench.stack.internal["identity"]
    large.copy(large.kept(stack, "catalog", "plain-1000000", lambda path: data.catalog(path, 1_000_000, 1)),
               directory / "catalog.db")
    large.copy(large.kept(stack, "booking", "of-one-1000000", lambda path: data.booking(path, bookings=1_000_000)),
               directory / "booking.db")
    for service in ("catalog", "booking"):
        stack.start(service)
    token = bench.tools.token()
    lists = [
        ("movies by rating, 1,000,000", f"http://{stack.public['catalog']}{MOVIES}?sort=rating", None),
        ("movies by newness, 1,000,000", f"http://{stack.public['catalog']}{MOVIES}?sort=new", None),
        ("one's bookings, 1,000,000", f"http://{stack.public['booking']}/v1/bookings?", token)]
    lines = []
    for title, url, bearer in lists:
        last = f"{url}&cursor={cursor_of_last_page(url, bearer)}"
        results = bench.interleaved({
            name: lambda target=target: bench.tools.wrk(target, fresh=True, connections=4, seconds=1, token=bearer)
            for name, target in (("first", url), ("last", last))})
        lines.append(compared("8", f"last page of {title}", each(results["last"], "mean"),
                              each(results["first"], "mean"), "first page", at_most=1.2, unit=" µs"))
    for service in ("catalog", "booking"):
        stack.stop(service)
    return lines


def filtered_pages(bench):
    """10: the last page of each filtered list, and its first; a catalog of its own, 100,000 films, 1,000,000
    sessions."""
    stack = Stack(bench.stack.binaries, bench.subdirectory("programme"))
    stack.internal["identity"] = bench.stack.internal["identity"]
    large.copy(large.catalog(stack), stack.directory / "catalog.db")
    stack.start("catalog")
    base = f"http://{stack.public['catalog']}"
    lines = []
    for title, target in filtered_lists():
        url = f"{base}{target}&limit=100"
        last = cursor_of_last_page(url, None)
        contenders = {"first": lambda url=url: page(bench, url)}
        if last:
            contenders["last"] = lambda url=f"{url}&cursor={last}": page(bench, url)
        results = bench.interleaved(contenders)
        first = each(results["first"], "mean")
        lines.append(compared("10", title, each(results["last"], "mean"), first, "first page", at_most=1.2, unit=" µs")
                     if last else Line("10", f"{title}: not two whole pages", spread(first, " µs"), "", "", ""))
    stack.stop("catalog")
    return lines


def page(bench, url):
    return bench.tools.wrk(url, fresh=True, connections=1, seconds=1)


def cursor_of_last_page(url, token):
    """Of the last that is as long as the first; None where that is the first. Walks there, a hundred at a time, as only
    the service can make a cursor."""
    cursor = before = None
    while True:
        answer = json.loads(fetch(f"{url}&limit=100" + (f"&cursor={cursor}" if cursor else ""), token))
        if not answer["metadata"]["has_more"]:
            found, = (value for value in answer.values() if isinstance(value, list))
            return cursor if len(found) == 100 else before
        before, cursor = cursor, answer["metadata"]["end_cursor"]


def filtered_lists():
    """What row 10 asks for: (title, target)."""
    def day(number):
        return time.strftime("%Y-%m-%d", time.gmtime(time.time() + number * 86_400))

    ids = ",".join(f"mov_{number * 997}" for number in range(1, 101))
    filters = [
        ("no filter", ""), ("`q`, one in 1,000", "q=zeppelin"), ("`q`, one in 2", "q=the"),
        ("`q`, two words", "q=silent+river"), ("`q`, a person", "q=maria+barault"), ("`city`", "city=City+7"),
        ("one day", f"from={day(5)}&to={day(5)}"), ("a month", f"from={day(1)}&to={day(31)}"),
        ("`city`, one day", f"city=City+7&from={day(5)}&to={day(5)}"), ("`airing=now`", "airing=now"),
        ("`airing=upcoming`", "airing=upcoming"), ("`bookable`", "bookable=true"),
        ("`city`, a month, `bookable`", f"city=City+7&from={day(1)}&to={day(31)}&bookable=true"),
        ("`q`, `city`, `bookable`", "q=the&city=City+7&bookable=true"),
    ]
    lists = [(f"movies by {sort}: {title}", f"{MOVIES}?sort={sort}&{query}")
             for title, query in filters for sort in ("rating", "new", "leaving_soon")]
    lists.append(("movies: 100 `ids`", f"{MOVIES}?ids={ids}"))
    programme = [
        ("all", ""), ("of a movie", "movie_id=mov_1"), ("of a place", "place_id=plc_7"), ("`city`", "city=City+7"),
        ("a month", f"from={day(1)}&to={day(31)}"), ("`city`, a month, `bookable`",
                                                   f"city=City+7&from={day(1)}&to={day(31)}&bookable=true"),
    ]
    lists += [(f"sessions: {title}", f"/v1/sessions?{query}") for title, query in programme]
    lists += [(f"people: {title}", f"/v1/people?{query}")
              for title, query in (("all", ""), ("`q`, one in 16", "q=maria"), ("`q`, two words", "q=jean+mar"))]
    return lists
