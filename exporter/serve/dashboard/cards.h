#pragma once

#include <optional>
#include <string>
#include <vector>

#include "exporter/serve/dashboard/model.h"

namespace ipfs_peer_exporter {

// One number of a card, with its graph.
struct Figure {
  std::string title;
  std::string value;
  std::string exact;  // for a tooltip
  std::optional<Line> line;
  Unit unit = Unit::kNone;
};

// The daemon or a peer at a glance.
struct Card {
  std::string title;
  std::string kind;    // "daemon", "peer"
  std::string anchor;  // where its families are on the page
  std::string status;  // "up", "down", "waiting"
  std::string since;   // "2h 5m"; empty: not known
  std::vector<std::pair<std::string, std::string>> facts;  // name, text
  std::vector<Figure> figures;
  std::optional<double> fill;  // of the repository, 0 to 1
  std::string fill_text;
  std::string problem;  // the error and what to do; empty: none
  std::string remedy;
};

std::vector<Card> MakeCards(const Model& model);

}  // namespace ipfs_peer_exporter
