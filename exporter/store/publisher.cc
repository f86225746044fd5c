#include "exporter/store/publisher.h"

#include <utility>

#include "exporter/base/log.h"

namespace ipfs_peer_exporter {

void Publisher::Record(CollectorState& state, const PollResult& result) {
  const double ended = SecondsSince1970();
  ++state.polls;
  state.self_metrics = nullptr;
  const auto before = std::pair(state.supported, state.success);
  state.supported = result.supported;
  state.success.reset();
  if (result.supported) state.success = !result.error;
  if (before != std::pair(state.supported, state.success)) {
    state.changed = ended;
  }
  state.last_duration = result.took;
  state.total_duration += result.took;
  state.last_ended = ended;
  if (result.supported && !result.error) state.last_success = state.last_ended;
  if (result.error) {
    state.last_error =
        std::string(Name(result.error->reason)) + ": " + result.error->message;
    state.last_reason = result.error->reason;
    state.last_error_at = state.last_ended;
  }
}

void Publisher::Publish(Clock::time_point now) {
  store_.Publish(now, ExporterBlocks(now));
}

// Renders again only what changed: reading /proc costs more than the rest of a
// snapshot.
std::vector<Block> Publisher::ExporterBlocks(Clock::time_point now) {
  std::vector<Block> blocks;
  if (reload_metrics_ != nullptr) blocks.push_back(reload_metrics_);
  const auto web_config =
      web_config_ == nullptr ? std::nullopt : web_config_->Get();
  if (web_config) blocks.push_back(RenderBlock(WebConfigMetrics(*web_config)));
  if (!exporter_metrics_) return blocks;
  auto counts = scrapes_.Counts();
  if (scrape_metrics_ == nullptr || counts != counted_) {
    counted_ = std::move(counts);
    scrape_metrics_ = RenderBlock(ScrapeMetrics(counted_));
  }
  if (process_metrics_ == nullptr || now - process_at_ >= kProcessAge) {
    process_metrics_ = RenderBlock(ProcessMetrics());
    process_at_ = now;
  }
  blocks.insert(blocks.end(), {scrape_metrics_, process_metrics_});
  return blocks;
}

void Publisher::LogSkips(const CollectorState& state) {
  if (state.skips == nullptr) return;
  for (const auto& skip : *state.skips) {
    Log(LogLevel::kDebug, "skipped",
        {{"collector", state.name},
         {"reason", std::string(Name(skip.reason))},
         {"count", std::to_string(skip.count)},
         {"names", skip.Names()}});
  }
}

void Publisher::Publish(const CollectorState& state, const PollResult& result) {
  Publish();
  LogSkips(state);
  const auto duration = std::to_string(Seconds(result.took));
  if (result.error) {
    Log(LogLevel::kDebug, "poll",
        {{"collector", state.name},
         {"result", "failed"},
         {"reason", std::string(Name(result.error->reason))},
         {"duration", duration},
         {"error", result.error->message}});
  } else {
    Log(LogLevel::kDebug, "poll",
        {{"collector", state.name},
         {"result", result.supported ? "ok" : "unsupported"},
         {"duration", duration}});
  }
  on_poll_();
}

}  // namespace ipfs_peer_exporter
