// Generates files in the source folder ROOT from the table of collectors:
// docs/metrics.md, the table in README.md and tests/collectors.json.

#include <span>
#include <string>
#include <string_view>

#include "adapters/ipfs/collector.h"
#include "exporter/base/units.h"
#include "exporter/poll/peer_poller.h"
#include "exporter/store/self_metrics.h"
#include "generated.h"

namespace ipfs_peer_exporter {
namespace {

using ipfs::Collector;

std::string Code(std::string_view text) {
  return "`" + std::string(text) + "`";
}

// Adds `text` after a comma, unless `list` is empty.
void Append(std::string& list, std::string_view text) {
  list.append(list.empty() ? "" : ", ").append(text);
}

std::string TypeName(prometheus::MetricType type) {
  if (type == kCounter) return "counter";
  return type == kHistogram ? "histogram" : "gauge";
}

std::string Table(std::span<const Family> families) {
  std::string text = "| family | type | what |\n|---|---|---|\n";
  for (const auto& family : families) {
    text += "| " + Code(family.name) + " | " + TypeName(family.type) + " | " +
            std::string(family.help) + " |\n";
  }
  return text;
}

// The distinct calls of a collector without their queries.
std::string Calls(const Collector& collector) {
  std::string text;
  for (const auto& request : collector.requests({})) {
    const auto call = Code(request.command());
    if (text.find(call) == std::string::npos) Append(text, call);
  }
  return text;
}

std::string Default(const Collector& collector) {
  if (!collector.on_by_default) return "Off by default";
  if (collector.on_from.empty()) return "On by default";
  return "On by default since Kubo " + std::string(collector.on_from);
}

std::string Families(const Collector& collector) {
  if (collector.page.empty()) return Table(collector.families);
  return "Relays the daemon's own families, on `/metrics/" +
         std::string(collector.page) +
         "` only, and serves from its `process_*`:\n\n" +
         Table(collector.families);
}

std::string When(const Collector& collector) {
  auto text = ", every " + FormatDuration(collector.interval);
  if (collector.first_after > collector.first_after.zero()) {
    text += ", first after the daemon has been up for " +
            FormatDuration(collector.first_after);
  }
  return text;
}

// docs/metrics.md
std::string Reference(const std::string& /*old*/) {
  std::string text =
      "# Metrics\n\nGenerated from the tables in the code by "
      "`tests/metrics_doc.cc`; a test fails when this page is stale.\n"
      "An unknown value is an absent series.\n";
  for (const auto* collector : ipfs::Collectors()) {
    text += "\n## ipfs." + std::string(collector->name) + "\n\n" +
            Default(*collector) + When(*collector) + ": " + Calls(*collector) +
            "\n\n" + Families(*collector);
  }
  text +=
      "\n## peer.stats, peer.NAME\n\nOn with `--peer.stats`. The values of the "
      "stats socket are served under `--peer.namespace`:\n"
      "[stats-socket.md](stats-socket.md).\n\n" +
      Table({&PeerUpFamily(), 1});
  text += "\n## The exporter itself\n\n" + Table(SelfMetricFamilies());
  return text;
}

// Length of the common prefix that ends at the end of a word.
std::size_t CommonWords(std::string_view one, std::string_view other) {
  std::size_t words = 0;
  for (std::size_t i = 0;; ++i) {
    const bool ends = i == one.size() || one[i] == '_';
    const bool other_ends = i == other.size() || other[i] == '_';
    if (ends && other_ends) words = i;
    if (i == one.size() || i == other.size() || one[i] != other[i]) {
      return words;
    }
  }
}

// The names of the families. Names that share two words are joined: ipfs_dht_*.
std::string Names(const Collector& collector) {
  std::string text = collector.page.empty() ? "" : "Kubo's";
  for (auto rest = collector.families; !rest.empty();) {
    const auto name = rest.front().name;
    const auto words = name.substr(0, name.find('_', sizeof "ipfs_" - 1));
    auto shared = name;
    std::size_t several = 0;
    for (; several < rest.size(); ++several) {
      const auto size = CommonWords(shared, rest[several].name);
      if (size < words.size()) break;
      shared = shared.substr(0, size);
    }
    rest = rest.subspan(several);
    const auto* const end = several == 1 ? "" : shared == name ? "*" : "_*";
    Append(text, Code(std::string(shared) + end));
  }
  return text;
}

std::string Interval(const Collector& collector) {
  if (!collector.on_by_default) return "off";
  auto text = FormatDuration(collector.interval);
  if (!collector.on_from.empty()) {
    Append(text, "from Kubo " + std::string(collector.on_from));
  }
  if (collector.first_after > collector.first_after.zero()) {
    Append(text, "first after " + FormatDuration(collector.first_after) +
                     " of uptime");
  }
  return text;
}

// README.md with a new table of collectors.
std::string Readme(const std::string& old) {
  std::string table =
      "| collector | default | what it measures | families "
      "|\n|---|---|---|---|\n";
  const auto begin = old.find(table);
  const auto end = old.find("\n\n", begin);
  if (end == std::string::npos) return table;
  for (const auto* collector : ipfs::Collectors()) {
    table += "| " + Code("ipfs." + std::string(collector->name)) + " | " +
             Interval(*collector) + " | " + std::string(collector->tells) +
             " | " + Names(*collector) + " |\n";
  }
  table +=
      "| `peer.stats`, `peer.NAME` | 10s | the peer's stats | `peer_up`, "
      "`peer_*` |";
  return old.substr(0, begin) + table + old.substr(end);
}

std::string Quoted(std::string_view text) {
  return '"' + std::string(text) + '"';
}

// Members with their default value are left out.
std::string JsonRow(const Collector& collector) {
  std::string calls;
  for (const auto& request : collector.requests({})) {
    Append(calls, Quoted(request.target));
  }
  std::string row = "\"calls\": [" + calls + "]";
  if (collector.on_by_default) Append(row, "\"on_by_default\": true");
  if (collector.added_later) Append(row, "\"added_later\": true");
  if (!collector.on_from.empty()) {
    Append(row, "\"on_from\": " + Quoted(collector.on_from));
  }
  if (collector.first_after > collector.first_after.zero()) {
    Append(row,
           "\"first_after\": " + Quoted(FormatDuration(collector.first_after)));
  }
  return Quoted(collector.name) + ": {" + row + "}";
}

// tests/collectors.json: the table for the tests in Python.
std::string Json(const std::string& /*old*/) {
  std::string text;
  for (const auto* collector : ipfs::Collectors()) {
    text += (text.empty() ? "{\n" : ",\n") + JsonRow(*collector);
  }
  return text + "\n}\n";
}

constexpr GeneratedFile kFiles[] = {
    {"docs/metrics.md", Reference},
    {"README.md", Readme},
    {"tests/collectors.json", Json},
};

}  // namespace
}  // namespace ipfs_peer_exporter

int main(int argc, char** argv) {
  using namespace ipfs_peer_exporter;
  return Generate(argc, argv, kFiles);
}
