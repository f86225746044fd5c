#include "exporter/store/store.h"

#include <algorithm>
#include <utility>

#include "exporter/store/self_metrics.h"

namespace ipfs_peer_exporter {

CollectorState& Store::Add(std::string name, std::string source,
                           Duration interval) {
  auto& state = collectors_.emplace_back();
  state.name = std::move(name);
  state.source = std::move(source);
  state.interval = interval;
  return state;
}

void Store::Remove(const CollectorState& collector) {
  collectors_.remove_if(
      [&](const CollectorState& state) { return &state == &collector; });
}

void Store::Arrange(const std::vector<std::string>& names) {
  const auto place = [&](const CollectorState& state) {
    return std::ranges::find(names, state.name) - names.begin();
  };
  collectors_.sort([&](const auto& left, const auto& right) {
    return place(left) < place(right);
  });
}

void Store::SetOutage(const std::string& source,
                      std::optional<Clock::time_point> since) {
  if (since) {
    outages_.emplace(source, *since);
  } else {
    outages_.erase(source);
  }
  // An outage that goes on has one beginning; a source that comes up once more
  // was restarted.
  const auto known = reach_.find(source);
  if (since && known != reach_.end() && !known->second.up) return;
  reach_[source] = {!since, SecondsSince1970()};
}

void Store::Forget(const std::string& source) {
  outages_.erase(source);
  reach_.erase(source);
}

void Store::SetSite(Site site) {
  site_ = std::make_shared<const Site>(std::move(site));
}

bool Store::IsCurrent(const CollectorState& collector, const Part& part,
                      Clock::time_point now) const {
  if (part.block == nullptr) return false;
  if (part.lasting) return true;
  const auto outage = outages_.find(collector.source);
  if (outage != outages_.end() && now - outage->second >= kOutageGrace) {
    return false;
  }
  return now - part.at <= std::max(3 * collector.interval, kMinLifetime);
}

void Store::Publish(Clock::time_point now, std::vector<Block> exporter) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->site = site_;
  snapshot->reach = reach_;
  snapshot->entries.reserve(collectors_.size() + 1);
  for (auto& collector : collectors_) {
    Snapshot::Entry entry;
    entry.collector = collector.name;
    entry.source = collector.source;
    entry.poll = {
        collector.supported,     collector.success,      collector.last_ended,
        collector.last_duration, collector.interval,     collector.last_error,
        collector.skips,         collector.last_success, collector.changed,
        collector.last_reason,   collector.last_error_at};
    for (const auto& part : collector.parts) {
      if (!IsCurrent(collector, part, now)) continue;
      entry.blocks.push_back(part.block);
      if (part.on_page != nullptr) entry.on_page.push_back(part.on_page);
    }
    entry.page = collector.page;
    if (collector.self_metrics == nullptr) {
      collector.self_metrics = RenderBlock(CollectorMetrics(collector));
    }
    entry.blocks.push_back(collector.self_metrics);
    snapshot->entries.push_back(std::move(entry));
  }
  snapshot->entries.emplace_back().blocks = std::move(exporter);

  const std::lock_guard lock(mutex_);
  current_ = std::move(snapshot);
}

std::shared_ptr<const Snapshot> Store::Current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

}  // namespace ipfs_peer_exporter
