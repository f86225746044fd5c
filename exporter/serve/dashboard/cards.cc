#include "exporter/serve/dashboard/cards.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "exporter/base/source_names.h"
#include "exporter/serve/dashboard/remedy.h"

namespace ipfs_peer_exporter {
namespace {

constexpr std::size_t kMaxFacts = 4;
constexpr std::size_t kMaxFigures = 4;

const SeriesView* First(const Model& model, std::string_view name) {
  const auto* const family = FindFamily(model, name);
  return family == nullptr ? nullptr : &family->series.front();
}

Figure FigureOf(const Model& model, std::string title,
                const FamilyView& family) {
  const auto& series = family.series.front();
  return {std::move(title), Readable(series.value, family.unit, model.now),
          std::string(series.exact), series.line, family.unit};
}

// The present rate of a counter of bytes; its total while the rate is unknown.
void AddTraffic(const Model& model, const char* title, std::string_view name,
                Card& card) {
  const auto* const family = FindFamily(model, name);
  if (family == nullptr) return;
  auto figure = FigureOf(model, title, *family);
  figure.exact += " bytes in total";
  if (figure.line && !std::isnan(figure.line->now)) {
    figure.value = ReadableRate(figure.line->now, family->unit);
  } else {
    figure.title += " in total";
  }
  card.figures.push_back(std::move(figure));
}

void AddProblem(const CollectorView& collector, Card& card) {
  const auto& poll = collector.entry->poll;
  card.problem = poll.error;
  if (poll.reason) card.remedy = Remedy(*poll.reason, collector.entry->source);
}

void AddFill(const Model& model, Card& card) {
  const auto* const size = First(model, "ipfs_repo_size_bytes");
  if (size == nullptr) return;
  card.fill_text = Readable(size->value, Unit::kBytes, 0);
  const auto* max = First(model, "ipfs_repo_storage_max_bytes");
  if (max != nullptr && max->value > 0) {
    card.fill = std::clamp(size->value / max->value, 0.0, 1.0);
    card.fill_text += " of " + Readable(max->value, Unit::kBytes, 0);
    return;
  }
  const auto* const left = First(model, "ipfs_repo_volume_available_bytes");
  if (left == nullptr || left->value + size->value <= 0) return;
  card.fill = std::clamp(size->value / (left->value + size->value), 0.0, 1.0);
  card.fill_text +=
      ", " + Readable(left->value, Unit::kBytes, 0) + " left on the volume";
}

void SetStatus(const Model& model, std::optional<bool> up, double since,
               Card& card) {
  card.status = up ? (*up ? "up" : "down") : "waiting";
  if (up && since > 0) card.since = Age(since, model.now);
}

Card DaemonCard(const Model& model) {
  Card card;
  card.title = "IPFS daemon";
  card.kind = "daemon";
  card.anchor = "h-ipfs";
  const auto reach = model.snapshot->reach.find(kIpfsSource);
  const bool known = reach != model.snapshot->reach.end();
  SetStatus(model, known ? std::optional(reach->second.up) : std::nullopt,
            known ? reach->second.since : 0, card);
  if (card.status == "down") {
    // ipfs.health, the only collector that polls while the daemon is down.
    for (const auto& collector : model.collectors) {
      if (collector.entry->source == kIpfsSource &&
          collector.state == State::kFailed) {
        AddProblem(collector, card);
        break;
      }
    }
  }
  if (const auto* const info = First(model, "ipfs_daemon_info")) {
    for (const auto& [name, value] : ReadLabels(info->labels)) {
      if (name == "version" || name == "agent")
        card.facts.emplace_back(name, value);
    }
  }
  if (const auto* const healthy = First(model, "ipfs_healthy")) {
    card.facts.emplace_back("healthy", healthy->value == 1 ? "yes" : "no");
  }
  if (const auto* const node = First(model, "ipfs_node_info")) {
    const auto labels = ReadLabels(node->labels);
    if (!labels.empty()) card.facts.emplace_back("peer ID", labels[0].second);
  }
  if (const auto* const peers = FindFamily(model, "ipfs_swarm_peers")) {
    card.figures.push_back(FigureOf(model, "Peers", *peers));
  }
  AddTraffic(model, "Received", "ipfs_bandwidth_received_bytes_total", card);
  AddTraffic(model, "Sent", "ipfs_bandwidth_sent_bytes_total", card);
  AddFill(model, card);
  return card;
}

// "model_accuracy_ratio" of peer_model_accuracy_ratio as "model accuracy".
std::string TitleOf(std::string_view name) {
  const auto prefix = name.find('_');
  if (prefix != name.npos) name.remove_prefix(prefix + 1);
  for (const std::string_view end :
       {"_total", "_ratio", "_bytes", "_timestamp_seconds", "_seconds"}) {
    if (name.ends_with(end)) name.remove_suffix(end.size());
  }
  std::string title(name);
  std::ranges::replace(title, '_', ' ');
  if (!title.empty() && title[0] >= 'a' && title[0] <= 'z') {
    title[0] = static_cast<char>(title[0] - 'a' + 'A');
  }
  return title;
}

std::string PeerFigureTitle(const FamilyView& family) {
  switch (family.headline) {
    case Headline::kTrainings:
      return "Trainings";
    case Headline::kAccuracy:
      return "Accuracy";
    case Headline::kLoss:
      return "Loss";
    default:
      return TitleOf(family.name);
  }
}

// Whether the family has one plain number that can be a figure.
bool IsPlain(const FamilyView& family) {
  return !family.series.empty() && family.more == 0 &&
         family.type != kHistogram && family.type != kSummary &&
         !family.name.ends_with("_info") && !family.name.ends_with("_up");
}

// An accuracy is a share, even if its name does not end in _ratio.
Figure PeerFigure(const Model& model, const FamilyView& family) {
  auto shown = family;
  const double value = family.series.front().value;
  if (family.headline == Headline::kAccuracy && value >= 0 && value <= 1) {
    shown.unit = Unit::kRatio;
  }
  return FigureOf(model, PeerFigureTitle(family), shown);
}

void AddFigures(const Model& model, const CollectorView& collector,
                Card& card) {
  const auto add = [&](Headline wanted) {
    for (const auto& family : collector.families) {
      if (family.headline != wanted || !IsPlain(family)) continue;
      if (card.figures.size() == kMaxFigures) return;
      card.figures.push_back(PeerFigure(model, family));
      if (wanted != Headline::kNone) return;
    }
  };
  add(Headline::kTrainings);
  add(Headline::kAccuracy);
  add(Headline::kLoss);
  add(Headline::kNone);
}

Card PeerCard(const Model& model, const CollectorView& collector) {
  Card card;
  const auto& entry = *collector.entry;
  const auto& poll = entry.poll;
  const std::string name = entry.collector.substr(
      std::min(entry.collector.size(), entry.source.size() + 1));
  card.title = name == "stats" ? "Peer" : "Peer " + name;
  card.kind = "peer";
  card.anchor = "c-" + entry.collector;
  SetStatus(model, poll.success, poll.changed, card);
  if (collector.state == State::kFailed) AddProblem(collector, card);
  for (const auto& family : collector.families) {
    if (!family.name.ends_with("_info") || family.series.empty()) continue;
    for (const auto& fact : ReadLabels(family.series.front().labels)) {
      if (fact.first == "peer" || card.facts.size() == kMaxFacts) continue;
      card.facts.push_back(fact);
    }
  }
  AddFigures(model, collector, card);
  return card;
}

}  // namespace

std::vector<Card> MakeCards(const Model& model) {
  std::vector<Card> cards;
  if (model.snapshot->site->ipfs) cards.push_back(DaemonCard(model));
  for (const auto& collector : model.collectors) {
    if (collector.entry->source == kPeerSource) {
      cards.push_back(PeerCard(model, collector));
    }
  }
  return cards;
}

}  // namespace ipfs_peer_exporter
