"""Documents in each format and the resulting series, one row per kind of error."""

import json
import math
import unittest

from harness import IntegrationTest

DEEP = "".join('{"d":' for _ in range(20)) + "1" + "}" * 20
NAME = "n" * 195  # with the namespace the longest name accepted
LONG_NAME = NAME + "n"
VALUE = "v" * 256
LABELS = {f"l{number}": "x" for number in range(16)}


def described(**metric):
    return json.dumps({"metrics": [metric, {"name": "good", "value": 1}]})


def labelled(labels):
    return described(name="a", value=1, labels=labels)


def histogram(**changes):
    return described(**{"name": "h", "type": "histogram", "buckets": {"1": 1}, "sum": 2,
                        "count": 3} | changes)


def plain(members):
    """The text of a JSON object with these members and a valid one."""
    return '{"good":1' + ("," + members if members else "") + "}"


def text(*lines):
    return "good 1\n" + "".join(line + "\n" for line in lines)


def pairs(*lines):
    return "good=1\n" + "".join(line + "\n" for line in lines)


H = ("# TYPE h histogram", 'h_bucket{le="1"} 1', 'h_bucket{le="+Inf"} 3', "h_sum 2", "h_count 3")
H_SERIES = {'h_bucket{le="1.0"}': 1, 'h_bucket{le="+Inf"}': 3, "h_sum": 2, "h_count": 3}
GOOD = {"good": 1}

# Name: (bytes, series without peer_up and without "peer_", skips). Each includes `good`.
TABLE = {
    # Plain JSON
    "json: depth": (plain('"a":' + DEEP), {}, {"depth": 1}),
    "json: 16 levels are taken": (
        plain('"a":' + '{"a":' * 14 + "1" + "}" * 14), {"a" + "_a" * 14: 1}, {}),
    "json: duplicate key": (plain('"a":1,"a":2'), {"a": 1}, {"duplicate": 1}),
    "json: NaN": (plain('"a":NaN'), {}, {"non_finite": 1}),
    "json: infinities": (plain('"a":Infinity,"b":-Infinity'), {}, {"non_finite": 2}),
    "json: huge": (plain('"a":1e400,"b":-1e999999999'), {}, {"non_finite": 2}),
    "json: huge without exponent": (plain('"a":' + "9" * 400), {}, {"non_finite": 1}),
    "json: zero with a large exponent": (plain('"a":0e309'), {"a": 0}, {}),
    "json: the largest": (plain('"a":1.7976931348623157e308'), {"a": 1.7976931348623157e308}, {}),
    "json: denormal": (plain('"a":5e-324'), {"a": 5e-324}, {}),
    "json: next to nothing": (plain('"a":1e-999'), {"a": 0}, {}),
    "json: beyond 2^53": (plain('"a":9007199254740993'), {"a": 9007199254740992}, {}),
    "json: negative zero": (plain('"a":-0'), {"a": 0}, {}),
    "json: invalid UTF-8 in a text": (
        plain('"info":{"a":"').encode()[:-1] + b'\xff","b":"x"}}', {'info{b="x"}': 1},
        {"encoding": 1}),
    "json: invalid UTF-8 in a key": (plain('"').encode()[:-1] + b'a\xff":2}', {"a___": 2}, {}),
    "json: lone surrogate": (
        plain(r'"info":{"a":"\ud800","b":"x"}'), {'info{b="x"}': 1}, {"encoding": 1}),
    "json: NUL in a text": (plain(r'"info":{"a":"\u0000"}'), {}, {"encoding": 1}),
    "json: unknown escape": (plain(r'"info":{"a":"\x41"}'), {}, {"encoding": 1}),
    "json: line feed in a text": (plain('"info":{"a":"x\ny"}'), {}, {"encoding": 1}),
    "json: half a character at the end of a text": (
        plain('"info":{"a":"').encode()[:-1] + b'\xc3"}}', {}, {"encoding": 1}),
    "json: name of ours": (plain('"up":0'), {}, {"reserved": 1}),
    "json: name of ours with the namespace": (plain('"peer_up":0'), {}, {"reserved": 1}),
    "json: names that collide when cleaned": (
        plain('"a-b":1,"a.b":2,"aB":3,"a":{"b":4}'), {"a_b": 1}, {"duplicate": 3}),
    "json: empty key": (plain('"":1'), {}, {"name": 1}),
    "json: longest name": (plain(f'"{NAME}":1'), {NAME: 1}, {}),
    "json: name one too long": (plain(f'"{LONG_NAME}":1'), {}, {"name": 1}),
    "json: name of other letters": (plain('"ä":1'), {"_": 1}, {}),
    "json: negative counter": (plain('"a_total":-1'), {}, {"negative_counter": 1}),
    "json: text, null and list": (plain('"a":"x","b":null,"c":[1,2]'), {}, {"type": 4}),
    "json: a number in a text": (plain('"a":"1"'), {}, {"type": 1}),
    "json: info of too long a text": (
        plain(f'"info":{{"a":"{VALUE}","b":"{VALUE}v"}}'), {f'info{{a="{VALUE}"}}': 1},
        {"label": 1}),
    "json: info of too many texts": (
        plain('"info":' + json.dumps(LABELS | {"more": "x"})),
        {"info{" + ",".join(f'{n}="x"' for n in sorted(LABELS)) + "}": 1}, {"label": 1}),
    "json: info with labels of ours": (
        plain('"info":{"job":"a","le":"b","peer":"c","__x":"d","quantile":"e","instance":"f"}'),
        {'info{exported_instance="f",exported_job="a",exported_peer="c",le="b",quantile="e"}': 1},
        {"reserved": 1}),
    "json: byte-order mark": ("\ufeff" + plain('"rounds":3'), {"rounds": 3}, {}),
    # JSON that describes itself
    "described: no name": (described(value=1), {}, {"name": 1}),
    "described: name with a dash": (described(name="a-b", value=1), {"a_b": 1}, {}),
    "described: name with a colon": (described(name="a:b", value=1), {"a_b": 1}, {}),
    "described: histogram without a count": (
        histogram(count=None), {'h_bucket{le="1.0"}': 1, "h_sum": 2}, {}),
    "described: histogram without a sum": (
        histogram(sum=None), {'h_bucket{le="1.0"}': 1, "h_count": 3}, {}),
    "described: histogram whose counts differ": (
        histogram(buckets={"1": 1, "+Inf": 4}), H_SERIES | {'h_bucket{le="+Inf"}': 4}, {}),
    "described: histogram with an invalid count": (histogram(count=7.5), {}, {"type": 1}),
    "described: unknown type": (described(name="a", type="ratio", value=1), {}, {"type": 1}),
    "described: type not a string": (described(name="a", type=1, value="x"), {}, {"type": 1}),
    "described: not an object": ('{"metrics":[1,null,"x",[]],"good":1}', {}, {"type": 4}),
    "described: label bomb": (
        labelled({f"l{i}": "x" for i in range(5000)}), {}, {"label": 1}),
    "described: label that is not a string": (labelled({"a": 1}), {}, {"label": 1}),
    "described: label with a dash": (labelled({"a-b": "x"}), {'a{a_b="x"}': 1}, {}),
    "described: labels that become one": (
        labelled({"a-b": "x", "a.b": "y"}), {}, {"label": 1}),
    "described: label without a value": (
        '{"metrics":[{"name":"a","value":1,"labels":{"b":""}},{"name":"a","value":2}],"good":1}',
        {"a": 1}, {"duplicate": 1}),
    "described: label of Prometheus": (labelled({"__name__": "x"}), {}, {"reserved": 1}),
    "described: quotes and line feeds in a label": (
        labelled({"a": '"\n\\'}), {r'a{a="\"\n\\"}': 1}, {}),
    "described: type that changes": (
        '{"metrics":[{"name":"a","value":1},{"name":"a","type":"counter","value":2,'
        '"labels":{"b":"c"}}],"good":1}', {"a": 1}, {"type": 1}),
    "described: name of a histogram's part": (
        '{"metrics":[{"name":"h","type":"histogram","buckets":{"1":1},"sum":2,"count":3},'
        '{"name":"h_count","value":9},{"name":"h_bucket","value":9}],"h_sum":9,"good":1}',
        H_SERIES, {"duplicate": 3}),
    "described: histogram over a part": (
        '{"h_sum":9,"metrics":[{"name":"h","type":"histogram","buckets":{"1":1},"sum":2,'
        '"count":3}],"good":1}', {"h_sum": 9}, {"duplicate": 1}),
    "described: buckets that fall": (histogram(buckets={"1": 3, "2": 1}), {}, {"type": 1}),
    "described: bucket above the count": (histogram(buckets={"1": 4}), {}, {"type": 1}),
    "described: bucket of NaN": (histogram(buckets={"NaN": 1}), {}, {"type": 1}),
    "described: buckets that are equal": (histogram(buckets={"1": 1, "1.0": 2}), {}, {"type": 1}),
    "described: histogram counted in floats": (
        histogram(buckets={"1": 1.0}, count=3.0), H_SERIES, {}),
    "described: sum beyond a double": (
        '{"metrics":[{"name":"h","type":"histogram","buckets":{},"sum":1e999,"count":1}],"good":1}',
        {}, {"non_finite": 1}),
    # Prometheus text and OpenMetrics
    "text: invalid line": (text("bad", "a one", "[] 1"), {}, {"type": 3}),
    "text: labels without an end": (text('a{b="c} 1'), {}, {"type": 1}),
    "text: label twice": (text('a{b="c",b="d"} 1'), {}, {"label": 1}),
    "text: invalid UTF-8": (text('a{b="').encode()[:-1] + b'\xff"} 1\n', {}, {"encoding": 1}),
    "text: blanks before a line": (
        text(" a 1", "\t # TYPE b counter", "\tb 2"), {"a": 1, "b": 2}, {}),
    "text: NUL": (text("a \0001"), {}, {"encoding": 1}),
    "text: infinities": (
        text("a +Inf", "b -infinity", "# TYPE c counter", "c Inf", "d inf"),
        {"a": math.inf, "b": -math.inf, "d": math.inf}, {"non_finite": 1}),
    "text: beyond a double": (text("a 1e999"), {}, {"non_finite": 1}),
    "text: byte-order mark": ("\ufeff# HELP a A.\na 3\n" + text(), {"a": 3}, {}),
    "text: denormal": (text("a 5e-324"), {"a": 5e-324}, {}),
    "text: series twice": (text("a 1", "a 2", 'b{x="1",y="2"} 1', 'b{y="2",x="1"} 2'),
                           {"a": 1, 'b{x="1",y="2"}': 1}, {"duplicate": 2}),
    "text: type that changes": (
        text("# TYPE a gauge", "a 1", "# TYPE a counter", 'a{b="c"} 1'), {"a": 1}, {"type": 1}),
    "text: unknown type": (text("# TYPE a sum", "a 1"), {"a": 1}, {"type": 1}),
    "text: negative counter": (
        text("# TYPE a counter", "a -1"), {}, {"negative_counter": 1}),
    "text: name with a colon": (text("a:b 1"), {"a_b": 1}, {}),
    "text: names in quotes": (
        '{"http.requests"} 3\n' + text('{"a b","c.d"="e"} 1'),
        {"http_requests": 3, 'a_b{c_d="e"}': 1}, {}),
    "text: name with a dash at first": (
        "# TYPE in-serv gauge\nin-serv 2\n" + text(), {"in_serv": 2}, {}),
    "text: names that become one": (
        text("a:b 1", "a.b 2", "# TYPE a-b counter", 'a-b{c="d"} 1'), {"a_b": 1},
        {"duplicate": 2}),
    "text: name too long": (text(LONG_NAME + " 1"), {}, {"name": 1}),
    "text: name of ours": (text("up 1"), {}, {"reserved": 1}),
    "text: label of a target": (
        text('a{instance="",job="x"} 1', 'a{peer="x"} 2', 'b{job="x",exported_job="y"} 3'),
        {'a{exported_job="x"}': 1, 'a{exported_peer="x"}': 2,
         'b{exported_exported_job="x",exported_job="y"}': 3}, {}),
    "text: le and quantile of untyped": (
        text('a_bucket{le="1"} 1', 'b{quantile="0.5"} 2'),
        {'a_bucket{le="1"}': 1, 'b{quantile="0.5"}': 2}, {}),
    "text: unknown escape": (
        'a{b="C:\\Users"} 1\n' + text(), {r'a{b="C:\\Users"}': 1}, {}),
    "text: timestamps that rise": (text("a 1 1000", "a 2 2000", "a 3 3000"), {"a": 3}, {}),
    "text: idle summary": (
        text("# TYPE d summary", 'd{quantile="0.5"} NaN', "d_sum 0", "d_count 0"),
        {"d_sum": 0, "d_count": 0}, {}),
    "text: summary of quantiles alone": (
        text("# TYPE s summary", 's{quantile="0.5"} 1', 's{quantile="0.9"} 2'),
        {'s{quantile="0.5"}': 1, 's{quantile="0.9"}': 2}, {}),
    "text: label too long": (text(f'a{{b="{VALUE}v"}} 1'), {}, {"label": 1}),
    "text: too many labels": (
        text("a{" + ",".join(f'l{i}="x"' for i in range(17)) + "} 1"), {}, {"label": 1}),
    # The parser rejects more than 64 labels.
    "text: label bomb": (
        text("a{" + ",".join(f'l{i}="x"' for i in range(1000)) + "} 1"), {}, {"type": 1}),
    "text: histogram": (text(*H), H_SERIES, {}),
    "text: histogram with its labels in any order": (
        text(H[0], 'h_bucket{le="1",a="b",c="d"} 1', 'h_bucket{c="d",a="b",le="+Inf"} 3',
             'h_sum{c="d",a="b"} 2', 'h_count{a="b",c="d",e=""} 3'),
        {'h_bucket{a="b",c="d",le="1.0"}': 1, 'h_bucket{a="b",c="d",le="+Inf"}': 3,
         'h_sum{a="b",c="d"}': 2, 'h_count{a="b",c="d"}': 3}, {}),
    "text: name of a histogram's part": (
        text(*H, "# TYPE h_sum gauge", "h_sum 9"), H_SERIES, {"duplicate": 1}),
    "text: histogram without a sum": (
        text(*H[:3], "h_count 3"),
        {name: value for name, value in H_SERIES.items() if name != "h_sum"}, {}),
    "text: histogram with an invalid count": (
        text(*H[:2], "h_sum 2", "h_count 7.5"), {}, {"type": 1}),
    "text: buckets that fall": (
        text(*H[:2], 'h_bucket{le="2"} 0', *H[2:]), {}, {"type": 1}),
    "text: bucket without a bound": (text(*H, "h_bucket 2"), H_SERIES, {"type": 1}),
    "text: cut off within a number": (text() + "a 12", {}, {"type": 1}),
    "text: after its end": (text("# EOF", "a 1", "bad"), {}, {}),
    "text: info, stateset and _created": (
        text("# TYPE b info", 'b_info{v="1"} 1', "# TYPE s stateset", 's{s="on"} 1',
             "# TYPE c counter", "c_total 2", "c_created 1", "# EOF"),
        {'b_info{v="1"}': 1, 's{s="on"}': 1, "c_total": 2}, {}),
    # key=value
    "pairs: invalid line": (pairs("bad", "a b"), {}, {"type": 2}),
    "pairs: no key": (pairs("=1", ": 1"), {}, {"name": 2}),
    "pairs: texts": (pairs("a=x", "b: 1 kB", "c="), {}, {"type": 3}),
    "pairs: NaN, infinity, beyond a double": (
        pairs("a=nan", "b=-inf", "c=1e999"), {}, {"non_finite": 3}),
    "pairs: booleans": (pairs("a=true", "b=false"), {"a": 1, "b": 0}, {}),
    "pairs: invalid UTF-8": (pairs("info.a=").encode()[:-1] + b"\xff\n", {}, {"encoding": 1}),
    "pairs: the same key": (pairs("a=1", "a=2", "A: 3"), {"a": 1}, {"duplicate": 2}),
    "pairs: negative counter": (pairs("a_total=-1"), {}, {"negative_counter": 1}),
    "pairs: name of ours": (pairs("up=1"), {}, {"reserved": 1}),
    "pairs: info": (
        pairs("info.a=x", "info.job=y", "info.b: z"),
        {'info{a="x",b="z",exported_job="y"}': 1}, {}),
    "pairs: byte-order mark": ("\ufeffrounds=3\n" + pairs(), {"rounds": 3}, {}),
    "pairs: info that looks like a number": (
        pairs("info.version=1.10", "info.commit=12e5678", "info.dirty=true"),
        {'info{commit="12e5678",dirty="true",version="1.10"}': 1}, {}),
    "pairs: key too long": (pairs(LONG_NAME + "=1"), {}, {"name": 1}),
    "pairs: cut off within a number": (pairs() + "a=12", {}, {"type": 1}),
}

# Name: (bytes, --peer.format, reason). Nothing is served.
WHOLE = {
    "empty": ("", "auto", "parse"),
    "blanks": (" \n\t", "auto", "parse"),
    "HTML": ('<!DOCTYPE html>\n<p class="a">b=1</p>\n', "auto", "parse"),
    "gzip": (b"\x1f\x8b\x08\x00", "auto", "parse"),
    "a list": ("[1, 2]", "auto", "schema"),
    "half a document": ('{"a":1,"b', "auto", "parse"),
    "a document and more": ('{"a":1}{"a":2}', "auto", "parse"),
    "NUL behind a document": ('{"a":1}\0', "auto", "parse"),
    "invalid UTF-8 outside of a text": (b'{"a":1,\xff}', "auto", "parse"),
    "too many values": ("[" + "1," * 140_000 + "1]", "auto", "too_large"),
    "2,000 levels": ('{"a":' * 2000 + "1" + "}" * 2000, "auto", "parse"),
    "text that is not JSON": ("a 1\n", "json", "parse"),
    "JSON that is not text": ('{"a":1}\n', "prometheus", "parse"),
    "text that is no pairs": ("a 1\n", "key-value", "parse"),
    "one line cut off": ("a 1", "auto", "parse"),
}


class TableTest(IntegrationTest):
    def setUp(self):
        self.document = b""
        peer = self.stats_socket(
            lambda connection, _: connection.sendall(self.document))
        self.flags = ("--ipfs.api=none", f"--peer.stats={peer.address}")

    def once(self, document, *flags):
        """The page after one poll of a peer with this document, and the poll's log line."""
        self.document = document if isinstance(document, bytes) else document.encode()
        exporter = self.exporter(*self.flags, *flags)
        poll = exporter.wait_poll("peer.stats")
        page = exporter.page()
        self.check_memory(exporter)
        exporter.close()
        return page, poll

    @staticmethod
    def told(page):
        """The results of the peer: series as on the page, and skips by reason."""
        def shown(name, labels):
            inner = ",".join(f'{key}="{value}"' for key, value in sorted(labels))
            return name.removeprefix("peer_") + (f"{{{inner}}}" if inner else "")

        def escaped(labels):
            return {(key, value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n"))
                    for key, value in labels}

        series = {shown(name, escaped(labels)): value
                  for (name, labels), value in page.samples().items()
                  if name.startswith("peer_") and name != "peer_up"}
        skipped = {dict(labels)["reason"]: value for labels, value in
                   page.series("ipfs_peer_exporter_skipped_samples_total").items()}
        return series, skipped

    def test_there_are_as_many_as_we_say(self):
        self.assertGreaterEqual(len(TABLE) + len(WHOLE), 100)

    def test_each_bad_value_is_dropped_alone(self):
        for name, (document, series, skipped) in TABLE.items():
            with self.subTest(name):
                page, poll = self.once(document)
                self.assertEqual(poll["result"], "ok")
                self.assertEqual(page.value("peer_up"), 1)
                self.assertEqual(self.told(page), (GOOD | series, skipped))

    def test_each_bad_document_fails(self):
        for name, (document, format_name, reason) in WHOLE.items():
            with self.subTest(name):
                page, poll = self.once(document, f"--peer.format={format_name}")
                self.assertEqual((poll["result"], poll["reason"]), ("failed", reason))
                self.assertEqual(page.value("peer_up"), 0)
                self.assertEqual(page.value("ipfs_peer_exporter_collector_errors_total",
                                            collector="peer.stats", reason=reason), 1)
                self.assertEqual(self.told(page), ({}, {}))

    def test_a_byte_order_mark_is_passed_over_whatever_the_format(self):
        mapping = self.temporary() / "mapping.yml"
        mapping.write_text("rules: [{path: /good, name: good}]\n")
        for document, flag in (('{"good":1}', "--peer.format=json"),
                               ('{"good":1}', f"--peer.mapping={mapping}"),
                               ("good 1\n", "--peer.format=prometheus"),
                               ("good=1\n", "--peer.format=key-value")):
            with self.subTest(flag):
                page, _ = self.once("\ufeff" + document, flag)
                self.assertEqual(self.told(page), (GOOD, {}))
        page, poll = self.once("\ufeff")
        self.assertEqual((poll["result"], poll["reason"]), ("failed", "parse"))


if __name__ == "__main__":
    unittest.main()
