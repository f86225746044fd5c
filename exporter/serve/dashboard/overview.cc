#include "exporter/serve/dashboard/overview.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "exporter/serve/dashboard/cards.h"
#include "exporter/serve/dashboard/html.h"
#include "exporter/serve/dashboard/remedy.h"

namespace ipfs_peer_exporter {
namespace {

std::string FigureHtml(const Figure& figure) {
  std::string html = "<div class=\"figure\"><dt>" + Escape(figure.title) +
                     "</dt><dd><span class=\"big\" title=\"" +
                     Escape(figure.exact) + "\">" + Escape(figure.value) +
                     "</span>";
  // An empty graph keeps the size of the card until the first values arrive.
  html += figure.line ? Svg(*figure.line, figure.unit, "spark", true)
                      : "<span class=\"spark\"></span>";
  return html + "</dd></div>";
}

std::string FillHtml(const Card& card) {
  if (card.fill_text.empty()) return "";
  std::string html = "<div class=\"fill\"><dt>Repository</dt><dd>";
  if (card.fill) {
    const long percent = std::lround(*card.fill * 100);
    char bar[256];
    std::snprintf(
        bar, sizeof bar,
        "<svg class=\"bar%s\" viewBox=\"0 0 100 1\" "
        "preserveAspectRatio=\"none\" role=\"img\"><title>%ld %% full</title>"
        "<rect class=\"all\" width=\"100\" height=\"1\"/>"
        "<rect width=\"%.2f\" height=\"1\"/></svg>",
        *card.fill > 0.9 ? " full" : "", percent,
        std::max(0.5, *card.fill * 100));
    html += Element("span", "percent", std::to_string(percent) + " %") + bar;
  }
  return html + Element("span", "of", card.fill_text) + "</dd></div>";
}

std::string CardHtml(const Card& card) {
  std::string html = "<article class=\"card " + card.kind + " " + card.status +
                     "\"><h3><a href=\"#" + Escape(card.anchor) + "\">" +
                     Escape(card.title) + "</a></h3><p class=\"status\">" +
                     Element("span", "pill " + card.status, card.status);
  if (!card.since.empty()) html += " for " + Escape(card.since);
  html += "</p>";
  if (!card.problem.empty()) {
    html += "<div class=\"problem\">" + Element("p", "error", card.problem) +
            Element("p", "remedy", card.remedy) + "</div>";
  }
  if (!card.facts.empty()) {
    html += "<dl class=\"facts\">";
    for (const auto& [name, text] : card.facts) {
      html += "<div><dt>" + Escape(name) + "</dt><dd title=\"" + Escape(text) +
              "\"><bdi>" + Escape(text) + "</bdi></dd></div>";
    }
    html += "</dl>";
  }
  if (!card.figures.empty() || !card.fill_text.empty()) {
    html += "<dl class=\"figures\">";
    for (const auto& figure : card.figures) html += FigureHtml(figure);
    html += FillHtml(card) + "</dl>";
  }
  return html + "</article>\n";
}

// Failures that no card shows.
std::string AttentionHtml(const Model& model, const std::vector<Card>& cards) {
  std::string rows;
  for (const auto& collector : model.collectors) {
    if (collector.state != State::kFailed) continue;
    const auto& poll = collector.entry->poll;
    const auto shows = [&](const Card& card) {
      return card.problem == poll.error;
    };
    if (std::ranges::any_of(cards, shows)) continue;
    rows += "<li><a href=\"#c-" + Escape(collector.entry->collector) + "\">" +
            Escape(collector.entry->collector) + "</a> " +
            Element("span", "error", poll.error) + " ";
    if (poll.reason) {
      rows += Element("span", "remedy",
                      Remedy(*poll.reason, collector.entry->source));
    }
    rows += "</li>";
  }
  if (rows.empty()) return "";
  return "<section class=\"attention\" aria-labelledby=\"h-attention\">"
         "<h2 id=\"h-attention\">Needs attention</h2><ul>" +
         rows + "</ul></section>\n";
}

}  // namespace

std::string OverviewHtml(const Model& model) {
  std::string html =
      "<section aria-labelledby=\"h-overview\"><h2 id=\"h-overview\" "
      "class=\"unseen\">Overview</h2><div class=\"cards\">\n";
  const auto cards = MakeCards(model);
  for (const auto& card : cards) html += CardHtml(card);
  return html + "</div></section>\n" + AttentionHtml(model, cards);
}

}  // namespace ipfs_peer_exporter
