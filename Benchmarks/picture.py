"""The results as a picture: what was judged as bars against its target, and how cost grows as small charts."""

from html import escape
from math import log10
from statistics import median

WIDTH, MARGIN = 960, 24
INK, PALE, RULE = "#1f2933", "#6b7785", "#d5dbe1"
GOOD, BAD = "#2b7a78", "#c2553b"
COLOURS = ("#2b7a78", "#b0713a", "#5b5f97", "#a23b72")
# A bar is as long as the ratio to its target is far from it, on a log axis; beyond these it is cut.
LOWEST, HIGHEST = 0.1, 10
LABEL, BARS = 470, 330
ROW = 19
CHART_WIDTH, CHART_HEIGHT, COLUMNS = 288, 150, 3
LEGEND = 14


class Drawing:
    def __init__(self):
        self.parts = []

    def text(self, x, y, words, size=11, colour=INK, anchor="start", weight="normal"):
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}"'
                          f' font-weight="{weight}">{escape(words)}</text>')

    def line(self, x1, y1, x2, y2, colour=RULE, width=1.0, dash=None):
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"'
                          f' stroke-width="{width}"{dashed}/>')

    def box(self, x, y, width, height, colour):
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" height="{height}" fill="{colour}"/>')

    def path(self, points, colour):
        through = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polyline points="{through}" fill="none" stroke="{colour}" stroke-width="1.8"/>')
        for x, y in points:
            self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{colour}"/>')

    def document(self, height):
        head = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:.0f}"'
                f' viewBox="0 0 {WIDTH} {height:.0f}" font-family="Helvetica, Arial, sans-serif">',
                f'<rect width="{WIDTH}" height="{height:.0f}" fill="white"/>']
        return "\n".join([*head, *self.parts, "</svg>"]) + "\n"


def picture(lines, curves, title):
    """An SVG document; None where there is nothing to draw."""
    judged = [line for line in lines if line.value is not None]
    if not judged and not curves:
        return None
    drawing = Drawing()
    drawing.text(MARGIN, 34, title, 17, weight="bold")
    y = 64.0
    if judged:
        y = bars(drawing, judged, y) + 34
    if curves:
        y = charts(drawing, curves, y)
    return drawing.document(y + MARGIN)


def bars(drawing, lines, y):
    drawing.text(MARGIN, y, "Against the targets", 14, weight="bold")
    drawing.text(MARGIN, y + 17, "How many times better than the target: the median of the rounds, and a thin line from"
                 " the worst to the best.", 11, PALE)
    left = MARGIN + LABEL
    top, bottom = y + 44, y + 52 + ROW * len(lines)
    for tick in (0.1, 0.2, 0.5, 1, 2, 5, 10):
        x = left + across(tick)
        drawing.line(x, top, x, bottom, INK if tick == 1 else RULE)
        words = "target" if tick == 1 else f"{tick:g}×"
        drawing.text(x, top - 5, words, 10, PALE, "middle")
    for index, line in enumerate(lines):
        middle = top + 8 + ROW * index + ROW / 2
        drawing.text(left - 12, middle + 4, shortened(f"{line.row}  {line.work}", 76), 11, INK, "end")
        start, end = sorted((left + across(1), left + across(better(line, line.value))))
        colour = GOOD if line.met else BAD
        drawing.box(start, middle - 5, end - start, 10, colour)
        spread = [left + across(better(line, value)) for value in line.rounds]
        drawing.line(min(spread), middle, max(spread), middle, INK)
        drawing.text(left + BARS + 12, middle + 4, f"{figure(line.value)}, to be {line.target}", 10, PALE)
    return bottom


def better(line, value):
    ratio = value / line.goal if line.more_is_better else line.goal / max(value, 1e-9)
    return min(HIGHEST, max(LOWEST, ratio))


def across(ratio):
    return BARS * (log10(ratio) - log10(LOWEST)) / (log10(HIGHEST) - log10(LOWEST))


def charts(drawing, curves, y):
    drawing.text(MARGIN, y, "What a request costs, by how much there is", 14, weight="bold")
    drawing.text(MARGIN, y + 17, "Processor time of the services in microseconds (dashed: the median time until the"
                 " answer); both axes are logarithmic. Flat is good.", 11, PALE)
    y += 36
    grouped = {}
    for curve in curves:
        grouped.setdefault(curve.dimension, []).append(curve)
    most = max(len(group) for group in grouped.values())
    step = CHART_HEIGHT + 58 + LEGEND * most
    for index, (dimension, group) in enumerate(grouped.items()):
        x = MARGIN + index % COLUMNS * (CHART_WIDTH + MARGIN)
        chart(drawing, dimension, group, x, y + index // COLUMNS * step)
    return y + -(-len(grouped) // COLUMNS) * step - 20


def chart(drawing, dimension, curves, x, y):
    drawing.text(x, y + 12, dimension, 12, weight="bold")
    left, top, right, bottom = x + 40, y + 22, x + CHART_WIDTH - 8, y + 22 + CHART_HEIGHT
    sizes = sorted({size for curve in curves for size in curve.processor})
    values = [median(rounds) for curve in curves for by_size in (curve.processor, curve.p50)
              for rounds in by_size.values()]
    low, high = decade(min(values), -1), decade(max(values), +1)

    def at(size, value):
        span = log10(sizes[-1] / sizes[0]) or 1
        return (left + (right - left) * log10(size / sizes[0]) / span,
                bottom - (bottom - top) * (log10(max(value, low)) - log10(low)) / (log10(high) - log10(low)))

    tick = low
    while tick <= high * 1.001:
        height = at(sizes[0], tick)[1]
        drawing.line(left, height, right, height)
        drawing.text(left - 5, height + 3, short(tick), 9, PALE, "end")
        tick *= 10
    for index, size in enumerate(sizes):
        place = at(size, low)[0]
        drawing.line(place, bottom, place, bottom + 3, PALE)
        # Where two sizes are too close, the larger is named.
        if index + 1 == len(sizes) or at(sizes[index + 1], low)[0] - place > 30:
            drawing.text(place, bottom + 14, short(size), 9, PALE, "middle")
    for index, curve in enumerate(curves):
        colour = COLOURS[index % len(COLOURS)]
        drawing.path([at(size, median(curve.processor[size])) for size in sorted(curve.processor)], colour)
        points = [at(size, median(curve.p50[size])) for size in sorted(curve.p50)]
        for (x1, y1), (x2, y2) in zip(points, points[1:]):
            drawing.line(x1, y1, x2, y2, colour, 1, "3 3")
        below = bottom + 32 + LEGEND * index
        drawing.box(left, below - 7, 8, 8, colour)
        drawing.text(left + 13, below, shortened(f"{curve.work}: {median(curve.growth()):.1f}×", 46), 10)


def decade(value, direction):
    """The power of ten at or beyond a value."""
    power = log10(max(value, 1e-3))
    return 10.0 ** (int(power // 1) if direction < 0 else -int(-power // 1))


def short(number):
    for unit, name in ((1e6, "M"), (1e3, "k")):
        if number >= unit:
            return f"{number / unit:g}{name}"
    return f"{number:g}"


def figure(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def shortened(words, most):
    words = words.replace("`", "")
    return words if len(words) <= most else words[:most - 1].rstrip() + "…"
