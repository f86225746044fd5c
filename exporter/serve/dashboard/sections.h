#pragma once

#include <string>

#include "exporter/serve/dashboard/model.h"

namespace ipfs_peer_exporter {

// HTML of every collector with its state and its families, by source.
std::string SectionsHtml(const Model& model);

}  // namespace ipfs_peer_exporter
