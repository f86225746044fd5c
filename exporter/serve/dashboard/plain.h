#pragma once

#include <string>

#include "exporter/serve/dashboard/model.h"

namespace ipfs_peer_exporter {

// The dashboard as text for a terminal: UTF-8, lines in block characters.
std::string PlainText(const Model& model);

}  // namespace ipfs_peer_exporter
