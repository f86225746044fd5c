"""Values of a series over time: promtool's notation, with an end that is open.

`1x4` are five ones, `0+2x4` is 0 2 4 6 8, `_` and `_x3` are scrapes without the series, `stale`
ends it. A last item without `x` goes on to the end of the life: `1x9 0`, `0+60`. `repeat` at the
beginning repeats the items, and `sum` makes a counter of increments: `sum repeat 0x49 1x9`.
"""

import re

NUMBER = r"-?\d+(?:\.\d+)?(?:e-?\d+)?"
ITEM = re.compile(rf"(?P<start>{NUMBER}|_|stale)(?P<step>[+-]\d+(?:\.\d+)?(?:e-?\d+)?)?"
                  r"(?:x(?P<times>\d+))?")
STALE = "stale"


def item(text, left):
    """The values of one item; `left` is the number of values if it is the last one."""
    found = ITEM.fullmatch(text)
    if not found:
        raise ValueError(f"not a value over time: {text}")
    start, step, times = found["start"], found["step"], found["times"]
    if start == "_":
        return [None] * (int(times) if times else left)
    if start == STALE:
        return [STALE] + [None] * (left - 1)
    count = int(times) + 1 if times else left
    return [float(start) + float(step or 0) * number for number in range(count)]


def expand(text, count):
    """A list of `count` values: numbers, None without a sample, "stale" for a marker."""
    words = str(text).split()
    total = words[0] == "sum"
    repeat = "repeat" in words[:2]
    items = [word for word in words if word not in ("sum", "repeat")]
    values = []
    for number, word in enumerate(items, 1):
        last = number == len(items) and not repeat
        values += item(word, max(count - len(values), 1) if last else 1)
    if repeat:
        values *= count // len(values) + 1
    if len(values) < count:
        raise ValueError(f"{text}: {len(values)} values of {count}")
    return sums(values[:count]) if total else values[:count]


def sums(values):
    result, value = [], 0.0
    for one in values:
        value += one
        result.append(value)
    return result


def number_text(value):
    return str(int(value)) if value == int(value) else repr(value)


def run(values, start):
    """The end of the longest item that begins at `start`, and its step."""
    if start + 1 == len(values) or not all(
            isinstance(one, float) for one in values[start:start + 2]):
        return start + 1, 0
    step = values[start + 1] - values[start]
    end = start + 2
    while (end < len(values) and isinstance(values[end], float)
           and values[end] - values[end - 1] == step):
        end += 1
    return end, step


def compress(values):
    """promtool's notation of a list of values."""
    items, start = [], 0
    while start < len(values):
        if values[start] in (None, STALE):
            end = start + 1
            while values[start] is None and end < len(values) and values[end] is None:
                end += 1
            items.append(STALE if values[start] == STALE else f"_x{end - start}")
        else:
            end, step = run(values, start)
            sign = "+" if step >= 0 else "-"
            change = f"{sign}{number_text(abs(step))}" if step else ""
            times = f"x{end - start - 1}" if end - start > 1 else ""
            items.append(f"{number_text(values[start])}{change}{times}")
        start = end
    return " ".join(items)
