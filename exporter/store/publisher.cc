#include "exporter/store/publisher.h"

#include <chrono>
#include <utility>

#include "exporter/base/log.h"

namespace ipfs_peer_exporter {

void Publisher::Record(CollectorState& state, const PollResult& result) {
  using std::chrono::system_clock;
  ++state.polls;
  state.self_metrics = nullptr;
  state.supported = result.supported;
  state.success.reset();
  if (result.supported) state.success = !result.error;
  state.last_duration = result.took;
  state.total_duration += result.took;
  state.last_ended =
      std::chrono::duration<double>(system_clock::now().time_since_epoch())
          .count();
  if (result.supported && !result.error) state.last_success = state.last_ended;
  if (result.error) {
    state.last_error =
        std::string(Name(result.error->reason)) + ": " + result.error->message;
  }
}

void Publisher::Publish(Clock::time_point now) {
  RenderExporter(now);
  store_.Publish(now, exporter_);
}

// What /proc says costs more than all the rest of a snapshot.
void Publisher::RenderExporter(Clock::time_point now) {
  if (!exporter_metrics_) {
    if (exporter_ == nullptr) exporter_ = RenderBlock({});
    return;
  }
  const bool is_old = process_ == nullptr || now - process_at_ >= kProcessAge;
  auto counts = scrapes_.Counts();
  if (!is_old && counts == counted_) return;
  if (is_old) {
    process_ = RenderBlock(ProcessMetrics());
    process_at_ = now;
  }
  counted_ = std::move(counts);
  auto block = Render(ScrapeMetrics(counted_).list());
  block.insert(block.end(), process_->begin(), process_->end());
  exporter_ = std::make_shared<std::vector<RenderedFamily>>(std::move(block));
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
