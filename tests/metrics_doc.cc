// Prints docs/metrics.md, generated from the tables in the code.
//
//   metrics_doc > docs/metrics.md
//   metrics_doc --check docs/metrics.md    exit code 1 if the file is stale

#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <span>
#include <string>

#include "adapters/ipfs/collector.h"
#include "exporter/base/units.h"
#include "exporter/poll/peer_poller.h"
#include "exporter/store/self_metrics.h"

namespace ipfs_peer_exporter {
namespace {

std::string TypeName(prometheus::MetricType type) {
  if (type == kCounter) return "counter";
  return type == kHistogram ? "histogram" : "gauge";
}

std::string Table(std::span<const Family> families) {
  std::string text = "| family | type | what |\n|---|---|---|\n";
  for (const auto& family : families) {
    text += "| `" + std::string(family.name) + "` | " + TypeName(family.type) +
            " | " + std::string(family.help) + " |\n";
  }
  return text;
}

// The distinct calls of a collector without their queries.
std::string Calls(const ipfs::Collector& collector) {
  std::string text;
  for (const auto& request : collector.requests({})) {
    const auto call = "`" + std::string(request.command()) + "`";
    if (text.find(call) != std::string::npos) continue;
    text += (text.empty() ? "" : ", ") + call;
  }
  return text;
}

std::string Default(const ipfs::Collector& collector) {
  if (!collector.on_by_default) return "Off by default";
  if (collector.on_from.empty()) return "On by default";
  return "On by default since Kubo " + std::string(collector.on_from);
}

std::string Families(const ipfs::Collector& collector) {
  if (collector.page.empty()) return Table(collector.families);
  return "Relays the daemon's own families, on `/metrics/" +
         std::string(collector.page) +
         "` only, and serves from its `process_*`:\n\n" +
         Table(collector.families);
}

std::string When(const ipfs::Collector& collector) {
  auto text = ", every " + FormatDuration(collector.interval);
  if (collector.first_after > collector.first_after.zero()) {
    text += ", first after the daemon has been up for " +
            FormatDuration(collector.first_after);
  }
  return text;
}

std::string Reference() {
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

}  // namespace
}  // namespace ipfs_peer_exporter

int main(int argc, char** argv) {
  const auto reference = ipfs_peer_exporter::Reference();
  if (argc == 3 && std::strcmp(argv[1], "--check") == 0) {
    std::ifstream file(argv[2]);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    if (text == reference) return 0;
    std::cerr << argv[2] << " is stale; regenerate it: " << argv[0] << " > "
              << argv[2] << "\n";
    return 1;
  }
  std::cout << reference;
  return 0;
}
