#pragma once

#include <string>

#include "exporter/serve/dashboard/model.h"

namespace ipfs_peer_exporter {

// HTML of the cards of the daemon and the peers, and of what needs attention.
std::string OverviewHtml(const Model& model);

}  // namespace ipfs_peer_exporter
