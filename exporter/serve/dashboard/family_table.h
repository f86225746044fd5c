#pragma once

#include <string>

#include "exporter/serve/dashboard/model.h"

namespace ipfs_peer_exporter {

// An HTML table of the families with their values and lines. `title` is for
// screen readers, `now` in seconds since 1970.
std::string FamilyTable(const std::vector<FamilyView>& families,
                        const std::string& title, double now);

}  // namespace ipfs_peer_exporter
