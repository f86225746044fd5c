#include "exporter/store/history.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

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

// Calls `use` with each sample that is recorded if there is room: its family,
// its line and its value.
template <typename Use>
void ForEachRecorded(const Snapshot& snapshot, Use use) {
  const auto read = [&](const RenderedFamily& family) {
    if (family.name.ends_with("_info")) return;
    ForEachSample(family.samples, [&](const SampleLine& sample) {
      const bool bucket =
          family.type == kHistogram && sample.name.ends_with("_bucket");
      if (bucket || sample.key.size() > History::kMaxKey) return;
      const auto value = ReadNumber(sample.value);
      if (value) use(family, sample, *value);
    });
  };
  for (const auto& entry : snapshot.entries) {
    for (const auto& block : entry.blocks) std::ranges::for_each(*block, read);
  }
}

}  // namespace

void History::Record(const Snapshot& snapshot, Clock::time_point now) {
  const auto step =
      static_cast<std::uint64_t>(now.time_since_epoch() / kStep) + kSteps;
  const std::lock_guard lock(mutex_);
  Advance(step);
  Shares shares;
  const auto unknown = Update(snapshot, shares);
  left_out_ = 0;
  if (unknown > 0) Admit(snapshot, unknown, shares);
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

// Sets the values of the series that are recorded. Returns how many are not,
// and adds these to what their families want.
std::size_t History::Update(const Snapshot& snapshot, Shares& shares) {
  std::size_t unknown = 0;
  ForEachRecorded(snapshot, [&](const RenderedFamily& family,
                                const SampleLine& sample, double value) {
    const auto found = table_.find(sample.key);
    if (found != table_.end()) {
      Set(found->second, value);
      return;
    }
    ++unknown;
    ++shares[family.name].wanted;
  });
  return unknown;
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

// Records series that are not recorded, as far as there is room.
void History::Admit(const Snapshot& snapshot, std::size_t unknown,
                    Shares& shares) {
  if (table_.size() + unknown > kMaxSeries) {
    std::erase_if(table_,
                  [](const auto& entry) { return !entry.second.is_present; });
  }
  for (const auto& [key, series] : table_) {
    ++shares[key.substr(0, series.family_size)].wanted;
  }
  Divide(shares);
  left_out_ = unknown;
  DropExcess(shares);
  if (table_.size() == kMaxSeries) return;
  ForEachRecorded(snapshot, [&](const RenderedFamily& family,
                                const SampleLine& sample, double value) {
    if (table_.contains(sample.key)) return;
    auto& share = shares.find(family.name)->second;
    if (share.kept == share.allowed) return;
    Series series;
    series.family_size = static_cast<std::uint16_t>(family.name.size());
    series.is_counter = family.type == kCounter;
    series.ring.fill(kNan);
    Set(series, value);
    table_.emplace(sample.key, series);
    ++share.kept;
    --left_out_;
  });
}

// Divides the history among the families of each tier: all get what they want,
// up to a number that is equal for all.
void History::Divide(Shares& shares) {
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
}

// Forgets the series of families that have more than they are allowed.
void History::DropExcess(Shares& shares) {
  for (auto entry = table_.begin(); entry != table_.end();) {
    const std::string_view key(entry->first);
    auto& share = shares.find(key.substr(0, entry->second.family_size))->second;
    const bool stays = share.kept < share.allowed;
    ++(stays ? share.kept : left_out_);
    entry = stays ? std::next(entry) : table_.erase(entry);
  }
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
