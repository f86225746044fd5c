#include "exporter/once.h"

#include <algorithm>
#include <cstdio>
#include <string>

#include "exporter/base/log.h"
#include "exporter/base/source_names.h"
#include "exporter/exporter.h"

namespace ipfs_peer_exporter {
namespace {

// Why values of the collector are missing; empty if none are missing.
std::string Explain(const CollectorState& state) {
  std::string text;
  if (state.polls == 0) {
    text = "not asked: the daemon is down";
  } else if (state.supported == false && state.notes.empty()) {
    text = "unsupported or disabled by this daemon";
  } else if (state.success == false) {
    text = "failed: " + state.last_error;
  }
  if (state.skips == nullptr) return text;
  for (const auto& skip : *state.skips) {
    text += (text.empty() ? "" : "; ") + skip.Text();
  }
  return text;
}

bool Failed(const CollectorState& state) {
  return state.polls == 0 || state.success == false;
}

}  // namespace

int RunOnce(Options options) {
  options.ipfs.first_at_once = true;
  Exporter exporter(options);
  const auto& collectors = exporter.store.collectors();
  exporter.publisher.OnPoll([&] {
    const bool done = std::all_of(
        collectors.begin(), collectors.end(), [&](const CollectorState& state) {
          return state.polls > 0 ||
                 (exporter.ipfs && state.source == kIpfsSource &&
                  exporter.ipfs->up() == false);
        });
    if (done) exporter.loop.Stop();
  });
  exporter.loop.Run();

  HttpRequest request;
  request.path = options.telemetry_path;
  std::fputs(exporter.pages.Answer(request).body->c_str(), stdout);
  for (const auto& state : collectors) {
    for (const auto& note : state.notes) {
      std::fprintf(stderr, "%s: %s\n", state.name.c_str(),
                   Printable(note).c_str());
    }
    const auto text = Explain(state);
    if (text.empty()) continue;
    std::fprintf(stderr, "%s: %s\n", state.name.c_str(),
                 Printable(text).c_str());
  }
  return std::any_of(collectors.begin(), collectors.end(), Failed) ? 1 : 0;
}

}  // namespace ipfs_peer_exporter
