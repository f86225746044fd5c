"""PromQL of the dashboards: what the variables choose, and queries over many instances.

A panel over a thousand instances must not ask for a line each: it shows the instances that matter
(`top`, `bottom`), quantiles over all of them (`spread`), or how many have which value
(`distribution`).
"""

import re

# What identifies the series of one page, and what all pages of one exporter have in common.
KEY = "cluster, job, instance"
PLACE = "cluster, instance"
INSTANCE = "{{cluster}} {{instance}}"

OF_PLACE = 'cluster=~"$cluster",instance=~"$instance"'
OF_PAGE = f'{OF_PLACE},job=~"$job"'
OF_POD = 'cluster=~"$cluster",namespace=~"$namespace",pod=~"$pod"'
OF_NODE = 'cluster=~"$cluster",node=~"$node"'
# Replacements for @NAME in a query: the values chosen in the dashboard's variables. No job has a
# name of ours: variables are filled from metrics that only the exporter has.
MATCHERS = {
    "ipfs": OF_PAGE,
    "peer": OF_PAGE,
    "self": OF_PAGE,  # the exporter's own metrics, once for each job
    "native": OF_PLACE,  # Kubo's own metrics, from /metrics/native in a job of any name
    "place": OF_PLACE,
    "jobs": 'cluster=~"$cluster",job=~"$job"',
    "pod": OF_POD,
    "node": OF_NODE,
    "container": f'{OF_NODE},namespace=~"$namespace",pod=~"$pod",container!~"|POD"',
    "sandbox": f'{OF_NODE},namespace=~"$namespace",pod=~"$pod",pod!=""',
}

R = "[$__rate_interval]"
SHOWN = 10  # instances of which a panel over time shows lines
LISTED = 20  # rows of a table or bars


def select(query):
    """Replaces each @NAME of a query by its matchers; `@ end()` stays."""
    return re.sub(r"@(\w+)", lambda match: MATCHERS[match[1]], query)


def native(query):
    """Kubo's own metrics, only of daemons that an exporter reads; others have libp2p too."""
    return f"({query} and on ({PLACE}) ipfs_up{{{MATCHERS['place']}}})"


def own(query):
    """The exporter's process_*, which every target of Prometheus has, once for each exporter."""
    return (f"max by ({PLACE}) ({query}"
            f" and on ({KEY}) ipfs_peer_exporter_build_info{{{MATCHERS['self']}}})")


def missing(metric):
    """Targets of the jobs that have or had this metric and that do not answer Prometheus."""
    return (f"(up{{@ipfs}} == 0 and on (cluster, job) group by (cluster, job)"
            f" (last_over_time({metric}{{@jobs}}[1d] @ end())))")


def down(metric):
    """What this metric calls down, and the targets that cannot even say so."""
    return f"({metric}{{@ipfs}} == 0 or {missing(metric)})"


def known(metric):
    return f"({metric}{{@ipfs}} or {missing(metric)})"


def number(query, of):
    """How many there are, 0 for none, and nothing where there is nothing to count."""
    return f"count({query}) or 0 * count({of})"


def top(query, by=None, count=SHOWN, key=KEY):
    """The series of the instances whose `by` was highest at any time of the dashboard's range.

    The choice is made once, `@ end()`: topk alone chooses anew at each step and returns a series
    for every instance that was ever chosen. One that has ended since is still chosen.
    by: a query, or several whose sum counts.
    """
    return _chosen("topk", "max", query, by, count, key)


def bottom(query, by=None, count=SHOWN, key=KEY):
    """The series of the instances whose `by` was lowest at any time of the dashboard's range."""
    return _chosen("bottomk", "min", query, by, count, key)


def _chosen(function, extreme, query, by, count, key):
    ranks = [_once(extreme, one) for one in ([by or query] if by is None or isinstance(by, str)
                                             else by)]
    return (f"({query}) and on ({key}) {function}({count},"
            f" {extreme} by ({key}) ({' + '.join(ranks)}))")


SELECTOR = r"\w+\{[^}]*\}"
OF_KUBO = re.compile(rf"\(((?:(?! and on ).)*) and on \({PLACE}\) (ipfs_up\{{[^}}]*\}})\)")
RATE = re.compile(rf"(?:rate|increase)\(({SELECTOR})\[[^]]*\]\)")
GROUPED = re.compile(rf"(\w+ by \([^)]*\)) \(({RATE.pattern}|{SELECTOR})\)")


def _once(extreme, query):
    """The extreme of a query over the range, of a rate the mean; without a subquery if possible."""
    if found := OF_KUBO.fullmatch(query):
        return f"({_once(extreme, found[1])} and on ({PLACE}) {_once('max', found[2])})"
    if found := GROUPED.fullmatch(query):
        return f"{found[1]} ({_once(extreme, found[2])})"
    if found := RATE.fullmatch(query):
        return f"increase({found[1]}[$__range] @ end())"
    if re.fullmatch(SELECTOR, query):
        return f"{extreme}_over_time({query}[$__range] @ end())"
    return f"{extreme}_over_time(({query})[$__range:$__interval] @ end())"


def spread(query):
    """[(PromQL, legend)] of the extremes and quantiles over all instances."""
    return [(f"max({query})", "highest"), (f"quantile(0.9, {query})", "90th percentile"),
            (f"quantile(0.5, {query})", "median"), (f"quantile(0.1, {query})", "10th percentile"),
            (f"min({query})", "lowest")]


def distribution(query, bounds):
    """[(PromQL, legend)] for a heatmap: how many instances have at most each of these values."""
    counts = [(f"(count({query} <= {bound}) or 0 * count({query}))", bound) for bound in bounds]
    counts.append((f"count({query})", "+Inf"))
    return [(" or ".join(f'label_replace({count}, "le", "{bound}", "", "")'
                         for count, bound in counts), "{{le}}")]


def quantiles(buckets):
    """[(PromQL, legend)] of the median and the 90th percentile of these buckets."""
    return [(f"histogram_quantile({quantile}, sum by (le) ({buckets}))", legend)
            for quantile, legend in ((0.5, "median"), (0.9, "90th percentile"))]
