#include <vector>

#include "exporter/base/source_names.h"
#include "exporter/base/units.h"
#include "exporter/config/flags.h"

namespace ipfs_peer_exporter {
namespace {

// Turns a collector on, by its flag or by default.
Target On(const ipfs::Collector& collector, IpfsOptions& ipfs) {
  const auto set = [&collector, &ipfs](const Texts& texts) {
    const bool named = !texts.empty();
    const bool on = named || &collector == &ipfs::Health() ||
                    (collector.on_by_default && !ipfs.disable_defaults);
    if (!on) return Ok();
    CollectorOptions options{&collector, collector.interval, named};
    // Without an interval, the environment and the file give "true".
    if (named && !texts[0].empty() && texts[0] != "true") {
      const auto status = Store(options.interval, ParseDuration(texts[0]));
      if (!status) return status;
    }
    ipfs.collectors.push_back(options);
    return Ok();
  };
  return {Target::Takes::kOptional, set};
}

// Turns a collector off. Must come after its On in the table.
Target Off(const ipfs::Collector& collector, IpfsOptions& ipfs) {
  const auto set = [&collector, &ipfs](const Texts& texts) {
    bool off = false;
    const auto status = Switch(off).set(texts);
    if (off) {
      std::erase_if(ipfs.collectors, [&](const CollectorOptions& options) {
        return options.collector == &collector;
      });
    }
    return status;
  };
  return {Target::Takes::kNothing, set};
}

std::string HelpOf(const ipfs::Collector& collector, const std::string& name) {
  std::string state = collector.on_by_default ? "on" : "off";
  if (!collector.on_from.empty()) {
    state += " from Kubo " + std::string(collector.on_from);
  }
  return "Poll " + name + " [" + state + ", " +
         FormatDuration(collector.interval) + "]";
}

}  // namespace

std::vector<Flag> CollectorFlags(IpfsOptions& o) {
  std::vector<Flag> flags{{"--collector.disable-defaults", "", "",
                           Switch(o.disable_defaults),
                           "Poll only the collectors that a flag names"}};
  for (const auto* collector : ipfs::Collectors()) {
    const auto name = CollectorName(kIpfsSource, collector->name);
    flags.push_back({"--collector." + name, "[INTERVAL]", "", On(*collector, o),
                     HelpOf(*collector, name)});
    // ipfs.health is always polled: it reports whether the daemon is up.
    if (collector == &ipfs::Health()) continue;
    flags.push_back({"--no-collector." + name, "", "", Off(*collector, o), ""});
  }
  return flags;
}

}  // namespace ipfs_peer_exporter
