"""A strict reader of the Prometheus text format 0.0.4."""

import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
COMMENT = re.compile(rf"# (HELP|TYPE) ({NAME}) (.*)")
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? (\S+)")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)')
HELP_TEXT = re.compile(r"(?:[^\\]|\\[\\n])*")
VALUE = re.compile(r"NaN|[+-]Inf|-?\d+(\.\d+)?(e[+-]?\d+)?")
TYPES = ("counter", "gauge", "histogram", "summary", "untyped")
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("", "_sum", "_count")}


class Family:
    def __init__(self, name, help_text):
        self.name = name
        self.help = help_text
        self.type = None
        self.samples = {}  # (sample name, frozenset of label pairs): value

    def sample_names(self):
        return [self.name + suffix for suffix in SUFFIXES.get(self.type, ("",))]


def labels_key(labels):
    return frozenset(labels.items())


class Page:
    """The families of a page by name; ValueError if the page is invalid."""

    def __init__(self, text):
        self.families = {}
        self._family = None
        if text and not text.endswith("\n"):
            raise ValueError("the last line does not end")
        for number, line in enumerate(text.split("\n")[:-1], 1):
            try:
                self._read(line)
            except ValueError as error:
                raise ValueError(f"line {number}: {error}: {line[:200]}") from None
        self._end_family()

    def value(self, sample, **labels):
        """The value of one series, or None if it is absent."""
        return self.series(sample).get(labels_key(labels))

    def series(self, sample):
        """All series of one sample name: {labels as a frozenset of pairs: value}."""
        return {labels: value for family in self.families.values()
                for (name, labels), value in family.samples.items() if name == sample}

    def names(self, *prefixes):
        """The names of the families that begin with one of the prefixes."""
        return {name for name in self.families if name.startswith(prefixes)}

    def samples(self):
        """Every series of the page: {(sample name, labels): value}."""
        return {key: value for family in self.families.values()
                for key, value in family.samples.items()}

    def _read(self, line):
        if line.startswith("#"):
            self._read_comment(line)
        else:
            self._read_sample(line)

    def _read_comment(self, line):
        match = COMMENT.fullmatch(line)
        if not match:
            raise ValueError("neither HELP nor TYPE")
        keyword, name, rest = match.groups()
        if keyword == "HELP":
            self._begin_family(name, rest)
        elif not self._family or self._family.name != name or self._family.type:
            raise ValueError("TYPE does not follow HELP")
        elif rest not in TYPES:
            raise ValueError("unknown type")
        else:
            self._family.type = rest

    def _begin_family(self, name, help_text):
        self._end_family()
        if name in self.families:
            raise ValueError("the family was there before")
        if not HELP_TEXT.fullmatch(help_text):
            raise ValueError("bad escape in HELP")
        self._family = self.families[name] = Family(name, help_text)

    def _read_sample(self, line):
        match = SAMPLE.fullmatch(line)
        if not match:
            raise ValueError("not a sample")
        name, labels, value = match.groups()
        if not self._family or name not in self._family.sample_names():
            raise ValueError("a sample outside its family")
        if not self._family.type:
            raise ValueError("a sample without TYPE")
        if not VALUE.fullmatch(value):
            raise ValueError("not a value")
        key = name, labels_key(read_labels(labels or ""))
        if key in self._family.samples:
            raise ValueError("the series was there before")
        self._family.samples[key] = float(value)

    def _end_family(self):
        if self._family and not self._family.samples:
            raise ValueError(f"{self._family.name} has no sample")
        if self._family and self._family.type == "histogram":
            check_histogram(self._family)


def read_labels(text):
    labels = {}
    at = 0
    while at < len(text):
        match = LABEL.match(text, at)
        if not match or match[1] in labels or (match[3] and match.end() == len(text)):
            raise ValueError("bad labels")
        labels[match[1]] = re.sub(
            r"\\(.)", lambda escape: {"n": "\n"}.get(escape[1], escape[1]), match[2])
        at = match.end()
    return labels


def check_histogram(family):
    """Whether the buckets of each series increase up to +Inf, which equals the count."""
    groups = {}
    for (name, labels), value in family.samples.items():
        rest = frozenset(pair for pair in labels if pair[0] != "le")
        group = groups.setdefault(rest, {"buckets": []})
        if name.endswith("_bucket"):
            group["buckets"].append((float(dict(labels)["le"]), value))
        else:
            group[name.removeprefix(family.name)] = value
    for group in groups.values():
        buckets = group["buckets"]
        if buckets != sorted(buckets) or not buckets or buckets[-1][0] != float("inf"):
            raise ValueError(f"the buckets of {family.name} are not in order")
        if [count for _, count in buckets] != sorted(count for _, count in buckets):
            raise ValueError(f"the buckets of {family.name} fall")
        if group.get("_count") != buckets[-1][1] or "_sum" not in group:
            raise ValueError(f"{family.name}: _count or _sum is wrong")
