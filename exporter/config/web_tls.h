#pragma once

#include <optional>
#include <string>
#include <vector>

#include "exporter/config/tls_config.h"
#include "exporter/config/web_files.h"

namespace ipfs_peer_exporter {

// Reads tls_server_config of a web configuration; nullopt if the section is
// empty. Adds to `notes` what an operator may not expect. Checks certificates
// and key with GnuTLS, as the server does. Reports errors with FailAt.
std::optional<TlsConfig> TlsSection(const YAML::Node& section, WebFiles& files,
                                    std::vector<std::string>& notes);

}  // namespace ipfs_peer_exporter
