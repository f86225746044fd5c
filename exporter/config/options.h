#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/ipfs/collector.h"
#include "adapters/peer/format.h"
#include "adapters/peer/mapping.h"
#include "exporter/base/file_identity.h"
#include "exporter/base/log.h"
#include "exporter/base/source_names.h"
#include "exporter/base/units.h"
#include "exporter/config/given.h"
#include "exporter/net/address.h"
#include "exporter/net/tls_files.h"

namespace ipfs_peer_exporter {

// One collector of the daemon that is on.
struct CollectorOptions {
  const ipfs::Collector* collector;
  Duration interval{};
  bool named = false;  // by a flag: on for every version of the daemon

  bool operator==(const CollectorOptions&) const = default;
};

// Options of the IPFS daemon.
struct IpfsOptions {
  bool enabled = true;
  std::optional<HttpAddress> api;  // empty: found anew before each connect
  Duration timeout{};
  double budget = 0;  // share of the time, 0 to 1; 0: no limit
  ipfs::Settings settings;
  std::string auth_file;  // read again for each call; none if empty
  TlsFiles tls;
  bool first_at_once = false;     // ignore ipfs::Collector::first_after
  bool disable_defaults = false;  // only collectors named by flags are on
  // Collectors that are on, in the order of the table. ipfs.health is always on
  // and comes first.
  std::vector<CollectorOptions> collectors;

  bool operator==(const IpfsOptions&) const = default;
};

// Options of one peer.
struct PeerOptions {
  std::string name;  // NAME of --peer.stats=NAME=URL; may be empty
  StatsAddress address;
  std::string auth_file;  // read again for each poll; none if empty
  TlsFiles tls;

  // Name in collect[] and in the label `collector`.
  std::string collector() const {
    return CollectorName(kPeerSource, name.empty() ? "stats" : name);
  }

  bool operator==(const PeerOptions&) const = default;
};

// A file that was read, with its identity before that.
struct ReadFile {
  std::string path;
  std::optional<FileIdentity> identity;

  bool operator==(const ReadFile&) const = default;
};

// All options of the program.
struct Options {
  IpfsOptions ipfs;
  std::vector<PeerOptions> peers;
  std::string peer_namespace;
  Duration peer_interval{};
  Duration peer_timeout{};
  std::size_t peer_max_bytes = 0;
  std::size_t peer_max_series = 0;
  const peer::Format* peer_format = nullptr;
  std::optional<peer::Mapping> peer_mapping;  // for JSON
  std::string peer_request;                   // line to send after connecting
  std::vector<std::string> listen_addresses;
  std::string telemetry_path;
  std::string web_config_file;   // that ReadWebConfig accepted; empty: none
  std::size_t max_requests = 0;  // of metrics at once; 0: any number
  bool exporter_metrics = true;
  bool lifecycle = false;       // POST /-/reload is allowed
  bool systemd_socket = false;  // listen on the sockets that systemd passes
  bool once = false;            // poll once, print the page and exit
  bool check_config = false;    // check as a start would, and exit
  bool print_authorizations = false;  // print the daemon's entry and exit
  bool with_secret = false;           // … with the secret of ipfs.auth_file
  std::string config_file;            // empty: none
  bool auto_reload = false;           // reload when a file of `files` changed
  LogLevel log_level = LogLevel::kInfo;
  LogFormat log_format = LogFormat::kLogfmt;
  Settings given;               // by the command line and the environment
  Settings in_force;            // those and the configuration file's
  std::vector<ReadFile> files;  // configuration and mapping
};

}  // namespace ipfs_peer_exporter
