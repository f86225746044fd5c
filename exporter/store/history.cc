#include "exporter/store/history.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "adapters/number.h"
#include "exporter/store/headlines.h"
#include "exporter/store/samples.h"

namespace ipfs_peer_exporter {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr int kTiers = 3;

// The order in which families get their share of the history.
int TierOf(std::string_view family) {
  if (HeadlineOf(family) != Headline::kNone) return 0;
  const bool own = family.starts_with("ipfs_peer_exporter_") ||
                   family.starts_with("process_");
  return own ? 2 : 1;
}

bool IsRecorded(const RenderedFamily& family, const SampleLine& sample) {
  const bool bucket =
      family.type == kHistogram && sample.name.ends_with("_bucket");
  return !bucket && sample.key.size() <= History::kMaxKey;
}

}  // namespace

// A series that is served but not recorded.
struct History::Candidate {
  std::string_view key;
  std::string_view family;
  bool is_counter;
  double value;
};

// The series of one family: those there are, and how many may be recorded.
struct History::Share {
  std::size_t wanted = 0;
  std::size_t allowed = 0;
  std::size_t kept = 0;
};

void History::Record(const Snapshot& snapshot, Clock::time_point now) {
  const auto step =
      static_cast<std::uint64_t>(now.time_since_epoch() / kStep) + kSteps;
  const std::lock_guard lock(mutex_);
  Advance(step);
  Admit(Update(snapshot));
}

// Begins `step`, and forgets series that were not seen during the whole ring.
void History::Advance(std::uint64_t step) {
  const auto begin = std::max(step_ + 1, step - kSteps + 1);
  for (auto entry = table_.begin(); entry != table_.end();) {
    auto& series = entry->second;
    series.is_present = false;
    for (auto at = begin; at <= step; ++at) series.ring[at % kSteps] = kNan;
    if (step > step_) {
      series.before = series.value;
      series.before_at = series.seen;
    }
    const bool gone = series.seen + kSteps <= step;
    entry = gone ? table_.erase(entry) : std::next(entry);
  }
  step_ = std::max(step_, step);
}

std::vector<History::Candidate> History::Update(const Snapshot& snapshot) {
  std::vector<Candidate> candidates;
  const auto update = [&](const RenderedFamily& family) {
    if (family.name.ends_with("_info")) return;
    ForEachSample(family.samples, [&](const SampleLine& sample) {
      if (!IsRecorded(family, sample)) return;
      const auto value = ReadNumber(sample.value);
      if (!value) return;
      const auto found = table_.find(sample.key);
      if (found != table_.end()) {
        Set(found->second, *value);
      } else {
        candidates.push_back(
            {sample.key, family.name, family.type == kCounter, *value});
      }
    });
  };
  for (const auto& entry : snapshot.entries) {
    for (const auto& block : entry.blocks)
      std::ranges::for_each(*block, update);
  }
  return candidates;
}

void History::Set(Series& series, double value) {
  series.is_present = true;
  series.seen = step_;
  auto& now = series.ring[step_ % kSteps];
  if (!series.is_counter) {
    now = static_cast<float>(value);
    return;
  }
  series.value = value;
  if (series.before_at == 0) return;  // its first step
  // A counter that fell began again at zero.
  const double from = value < series.before ? 0 : series.before;
  now = static_cast<float>(value - from);
}

void History::Admit(const std::vector<Candidate>& candidates) {
  left_out_ = 0;
  if (candidates.empty()) return;
  if (table_.size() + candidates.size() > kMaxSeries) DropAbsent();
  auto shares = Divide(candidates);
  for (auto entry = table_.begin(); entry != table_.end();) {
    const std::string_view key(entry->first);
    auto& share = shares.find(key.substr(0, entry->second.family_size))->second;
    const bool stays = share.kept < share.allowed;
    ++(stays ? share.kept : left_out_);
    entry = stays ? std::next(entry) : table_.erase(entry);
  }
  for (const auto& candidate : candidates) {
    auto& share = shares.find(candidate.family)->second;
    if (share.kept == share.allowed) {
      ++left_out_;
      continue;
    }
    Series series;
    series.family_size = static_cast<std::uint16_t>(candidate.family.size());
    series.is_counter = candidate.is_counter;
    series.ring.fill(kNan);
    Set(series, candidate.value);
    // A key that two families share is recorded once.
    if (table_.emplace(candidate.key, series).second) ++share.kept;
  }
}

void History::DropAbsent() {
  std::erase_if(table_,
                [](const auto& entry) { return !entry.second.is_present; });
}

// Divides the history among the families of each tier: all get what they want,
// up to a number that is equal for all.
History::Shares History::Divide(
    const std::vector<Candidate>& candidates) const {
  Shares shares;
  for (const auto& [key, series] : table_) {
    ++shares[key.substr(0, series.family_size)].wanted;
  }
  for (const auto& candidate : candidates) {
    ++shares[std::string(candidate.family)].wanted;
  }
  std::vector<std::pair<std::size_t, Share*>> tiers[kTiers];
  for (auto& [family, share] : shares) {
    tiers[TierOf(family)].emplace_back(share.wanted, &share);
  }
  std::size_t free = kMaxSeries;
  for (auto& tier : tiers) {
    std::ranges::sort(tier);
    std::size_t families = tier.size();
    for (auto& [wanted, share] : tier) {
      share->allowed = std::min(wanted, free / families--);
      free -= share->allowed;
    }
  }
  return shares;
}

std::optional<History::Trend> History::Find(std::string_view key) const {
  const std::lock_guard lock(mutex_);
  const auto found = table_.find(key);
  if (found == table_.end()) return std::nullopt;
  const auto& ring = found->second.ring;
  Trend trend;
  trend.is_increase = found->second.is_counter;
  const auto oldest =
      ring.begin() + static_cast<std::ptrdiff_t>((step_ + 1) % kSteps);
  std::copy(ring.begin(), oldest,
            std::copy(oldest, ring.end(), trend.values.begin()));
  return trend;
}

History::Coverage History::coverage() const {
  const std::lock_guard lock(mutex_);
  return {table_.size(), left_out_};
}

}  // namespace ipfs_peer_exporter
