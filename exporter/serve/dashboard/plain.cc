#include "exporter/serve/dashboard/plain.h"

#include <algorithm>
#include <cmath>

#include "exporter/base/log.h"
#include "exporter/base/version.h"
#include "exporter/serve/dashboard/cards.h"
#include "exporter/serve/dashboard/remedy.h"

namespace ipfs_peer_exporter {
namespace {

constexpr std::size_t kNameWidth = 52;
constexpr std::size_t kValueWidth = 12;
constexpr std::size_t kRateWidth = 12;
constexpr std::size_t kLineWidth = 30;

// The number of characters; each takes one column.
std::size_t Width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (c & '\xc0') != '\x80'; }));
}

std::string Left(std::string text, std::size_t width) {
  const auto used = Width(text);
  if (used < width) text.append(width - used, ' ');
  return text;
}

std::string Right(const std::string& text, std::size_t width) {
  const auto used = Width(text);
  return used < width ? std::string(width - used, ' ') + text : text;
}

// Without blanks at its end.
void AppendLine(std::string& out, std::string line) {
  while (line.ends_with(' ')) line.pop_back();
  out += line + "\n";
}

void AppendProblem(std::string& out, const std::string& problem,
                   std::string_view remedy) {
  if (problem.empty()) return;
  AppendLine(out, "  ! " + Printable(problem));
  if (!remedy.empty()) AppendLine(out, "    " + std::string(remedy));
}

void AppendCard(std::string& out, const Card& card) {
  out += "\n" + card.title + ": " + card.status;
  if (!card.since.empty()) out += " for " + card.since;
  out += "\n";
  AppendProblem(out, card.problem, card.remedy);
  for (const auto& [name, text] : card.facts) {
    AppendLine(out, "  " + Left(Printable(name), 22) + Printable(text));
  }
  for (const auto& figure : card.figures) {
    const auto line =
        figure.line ? Blocks(*figure.line, kLineWidth) : std::string();
    AppendLine(out, "  " + Left(Printable(figure.title), 22) +
                        Right(figure.value, kValueWidth) + "  " + line);
  }
  if (card.fill_text.empty()) return;
  std::string text = card.fill_text;
  if (card.fill) {
    text += " (" + std::to_string(std::lround(*card.fill * 100)) + " %)";
  }
  AppendLine(out, "  " + Left("Repository", 22) + text);
}

void AppendSeries(std::string& out, const FamilyView& family,
                  const SeriesView& series, double now) {
  std::string name(series.name);
  if (!series.labels.empty()) name += "{" + std::string(series.labels) + "}";
  const bool count =
      series.name != family.name && series.name.ends_with("_count");
  const auto unit = count ? Unit::kNone : family.unit;
  std::string line = "  " + Left(Printable(name), kNameWidth) + " " +
                     Right(Readable(series.value, unit, now), kValueWidth);
  if (series.line) {
    const auto rate =
        series.line->is_rate ? ReadableRate(series.line->now, unit) : "";
    line +=
        " " + Right(rate, kRateWidth) + "  " + Blocks(*series.line, kLineWidth);
  }
  AppendLine(out, line);
}

void AppendCollector(std::string& out, const Model& model,
                     const CollectorView& collector) {
  const auto& poll = collector.entry->poll;
  const bool self = collector.entry->collector.empty();
  out += "\n" + (self ? "exporter" : collector.entry->collector);
  if (!self) out += ": " + std::string(Name(collector.state));
  if (poll.supported) {
    out += ", " + Age(poll.ended, model.now) + " ago, took " +
           ReadableSpan(Seconds(poll.took));
  }
  if (!self) out += ", every " + FormatDuration(poll.interval);
  out += "\n";
  if (collector.state == State::kFailed) {
    AppendProblem(out, poll.error,
                  poll.reason ? Remedy(*poll.reason, collector.entry->source)
                              : std::string_view());
  }
  if (poll.skips != nullptr) {
    for (const auto& skip : *poll.skips) {
      AppendLine(out, "  " + Printable(skip.Text()));
    }
  }
  for (const auto& family : collector.families) {
    for (const auto& series : family.series) {
      AppendSeries(out, family, series, model.now);
    }
    if (family.more == 0) continue;
    AppendLine(out, "  " + std::string(family.name) + ": and " +
                        std::to_string(family.more) + " more series");
  }
}

}  // namespace

std::string PlainText(const Model& model) {
  std::string out = "ipfs_peer_exporter " + std::string(kVersion) + ", " +
                    std::to_string(model.series) + " series, " +
                    DateOf(model.now) + "\n";
  out += "Metrics: " + Printable(model.snapshot->site->telemetry_path) +
         ". Graphs: the last 30 minutes; counters per second.\n";
  for (const auto& card : MakeCards(model)) AppendCard(out, card);
  for (const auto& collector : model.collectors) {
    AppendCollector(out, model, collector);
  }
  return out;
}

}  // namespace ipfs_peer_exporter
