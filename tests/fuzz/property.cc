#include "tests/fuzz/property.h"

#include <rapidjson/encodings.h>
#include <rapidjson/memorystream.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "exporter/store/text_format.h"

namespace ipfs_peer_exporter {
namespace {

using prometheus::MetricFamily;

bool Take(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

std::string_view TakeUntil(std::string_view& text, std::size_t end) {
  const auto taken = text.substr(0, end);
  text.remove_prefix(taken.size());
  return taken;
}

std::string_view TakeName(std::string_view& line) {
  return TakeUntil(line, line.find_first_not_of("abcdefghijklmnopqrstuvwxyz"
                                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                "0123456789_"));
}

// Takes the rest of a label value and its closing quote.
bool TakeQuoted(std::string_view& line) {
  while (!line.empty()) {
    TakeUntil(line, line.find_first_of("\"\\"));
    if (Take(line, "\"")) return true;
    if (!Take(line, "\\\\") && !Take(line, "\\\"") && !Take(line, "\\n")) {
      return false;
    }
  }
  return false;
}

bool TakeLabels(std::string_view& line) {
  if (!Take(line, "{")) return true;
  do {
    if (TakeName(line).empty() || !Take(line, "=\"") || !TakeQuoted(line)) {
      return false;
    }
  } while (Take(line, ","));
  return Take(line, "}");
}

// Whether `number` is valid for a sample of `family`. Gauges and untyped values
// from Prometheus text, and quantiles of a summary, may be NaN or infinite.
bool IsValueOf(const MetricFamily& family, std::string_view sample,
               std::string_view number) {
  const bool single = family.type == kGauge || family.type == kUntyped;
  const bool quantile =
      family.type == kSummary && sample.starts_with(family.name + "{");
  if (number == "NaN") return single;
  if (number == "+Inf" || number == "-Inf") return single || quantile;
  double value = 0;
  const char* const end = number.data() + number.size();
  const auto result = std::from_chars(number.data(), end, value);
  return result.ec == std::errc{} && result.ptr == end && std::isfinite(value);
}

bool IsNameOf(const MetricFamily& family, std::string_view name) {
  if (!Take(name, family.name)) return false;
  const bool has_sum = family.type == kHistogram || family.type == kSummary;
  if (name.empty()) return family.type != kHistogram;
  if (name == "_bucket") return family.type == kHistogram;
  return has_sum && (name == "_sum" || name == "_count");
}

std::string_view TakeLine(std::string_view& text) {
  const auto line = TakeUntil(text, text.find('\n'));
  Require(Take(text, "\n"), "every line of a page ends");
  return line;
}

void RequireHeader(const MetricFamily& family, std::string_view header) {
  auto help = TakeLine(header);
  Require(Take(help, "# HELP ") && Take(help, family.name) && Take(help, " "),
          "HELP comes first");
  auto type = TakeLine(header);
  Require(Take(type, "# TYPE ") && Take(type, family.name) && Take(type, " "),
          "TYPE comes second");
  Require(header.empty(), "a header has two lines");
}

void RequireHistogram(const prometheus::ClientMetric::Histogram& histogram) {
  std::uint64_t below = 0;
  for (const auto& bucket : histogram.bucket) {
    Require(bucket.cumulative_count >= below, "buckets are cumulative");
    below = bucket.cumulative_count;
  }
  Require(!histogram.bucket.empty() &&
              histogram.bucket.back().upper_bound == INFINITY &&
              below == histogram.sample_count,
          "the last bucket is +Inf and counts all");
}

// The number of lines of the samples of `family`.
std::size_t LinesOf(const MetricFamily& family) {
  std::size_t lines = 0;
  for (const auto& metric : family.metric) {
    if (family.type == kHistogram) {
      RequireHistogram(metric.histogram);
      lines += metric.histogram.bucket.size() + 2;
    } else if (family.type == kSummary) {
      lines += metric.summary.quantile.size() + 2;
    } else {
      ++lines;
    }
  }
  return lines;
}

}  // namespace

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

bool IsUtf8(std::string_view text) {
  rapidjson::MemoryStream stream(text.data(), text.size());
  unsigned codepoint = 0;
  while (stream.Tell() < text.size()) {
    if (!rapidjson::UTF8<>::Decode(stream, &codepoint)) return false;
  }
  return true;
}

std::string RequirePage(const Families& families) {
  std::string page;
  std::set<std::string, std::less<>> series;
  const auto rendered = Render(families.list());
  Require(rendered.size() == families.list().size(),
          "every family is rendered");
  for (std::size_t i = 0; i < rendered.size(); ++i) {
    const auto& family = families.list()[i];
    RequireHeader(family, rendered[i].header);
    std::string_view samples = rendered[i].samples;
    for (auto lines = LinesOf(family); lines > 0; --lines) {
      const auto line = TakeLine(samples);
      auto rest = line;
      Require(IsNameOf(family, TakeName(rest)),
              "a sample has the family's name");
      Require(TakeLabels(rest), "labels are well-formed");
      Require(series.emplace(line.substr(0, line.size() - rest.size())).second,
              "a series is unique");
      Require(Take(rest, " ") && IsValueOf(family, line, rest),
              "a value is a number of its type");
    }
    Require(samples.empty(), "a sample is one line");
    page += rendered[i].header + rendered[i].samples;
  }
  Require(IsUtf8(page), "a page is UTF-8");
  return page;
}

void RequirePeerPage(const peer::Samples& samples) {
  const auto& families = samples.families();
  const auto page = RequirePage(families);
  const auto lines = static_cast<std::size_t>(std::ranges::count(page, '\n'));
  Require(lines <= kPeerOptions.max_series + 2 * families.list().size(),
          "a page has at most max_series samples");
  // max_bytes is approximate: escapes, headers and the label `peer` add to the
  // size of a page.
  Require(page.size() <= 4 * kPeerOptions.max_bytes, "a page is bounded");
}

}  // namespace ipfs_peer_exporter
