#include "exporter/config/flags.h"

#include <utility>

#include "exporter/config/web_config.h"

namespace ipfs_peer_exporter {
namespace {

Target Authorizations(Options& options) {
  return {Target::Takes::kOptional,
          [&options](const Texts& texts) -> Status {
            if (texts.empty()) return Ok();
            options.print_authorizations = true;
            options.with_secret = texts[0] == "with-secret";
            if (options.with_secret || texts[0].empty() || texts[0] == "true") {
              return Ok();
            }
            return BadValue("the only value allowed is with-secret");
          },
          {"with-secret"}};
}

std::vector<Flag> GeneralFlags(Options& o) {
  return {
      {"--once", "", "", Switch(o.once),
       "Poll each collector once, print the page, explain what is missing; "
       "exit with 1 if a poll failed"},
      {"--check-config", "", "", Switch(o.check_config),
       "Check flags, files and listen addresses, and exit"},
      {"--print-authorizations", "[with-secret]", "", Authorizations(o),
       "Print the entry that the daemon's API.Authorizations needs for the "
       "collectors that are on, and exit; =with-secret includes the secret of "
       "--ipfs.auth-file"},
      {"--config.file", "FILE", "", One(o.config_file),
       "YAML file with flags as keys (ipfs.api: …); flags and environment "
       "variables override it",
       Flag::Content::kFile},
      {"--config.auto-reload", "", "", Switch(o.auto_reload),
       "Reload when the configuration or mapping file changes"},
  };
}

Result<std::string> TelemetryPath(const std::string& path) {
  if (path.size() < 2 || path.front() != '/' || path.ends_with('/') ||
      path.starts_with("/-/") || path.find_first_of("?#%") != path.npos) {
    return BadValue("\"" + path + "\" is not a path such as /metrics");
  }
  return path;
}

Result<std::string> CheckedWebConfig(const std::string& path) {
  const auto config = ReadWebConfig(path);
  if (!config) return config.error();
  return path;
}

std::vector<Flag> WebFlags(Options& o) {
  return {
      {"--web.listen-address", "HOST:PORT", "127.0.0.1:10055",
       List(o.listen_addresses, {.commas = false, .required = true}),
       "Address to listen on; :10055 listens on all addresses; repeatable"},
      {"--web.telemetry-path", "PATH", "/metrics",
       One(o.telemetry_path, TelemetryPath),
       "Path of the metrics; PATH/ipfs and PATH/peer have one source each"},
      {"--web.config.file", "FILE", "",
       One(o.web_config_file, CheckedWebConfig),
       "TLS, passwords, response headers and rate limit, in the format of "
       "Prometheus' exporters; read again when it changes"},
      {"--web.max-requests", "N", "40",
       One(o.max_requests, Number<std::size_t>(0, 1'000'000)),
       "Metrics requests answered at once; further ones get 503; 0: no limit"},
      {"--web.enable-lifecycle", "", "", Switch(o.lifecycle),
       "Allow POST /-/reload, which reloads the configuration like SIGHUP"},
      {"--web.systemd-socket", "", "", Switch(o.systemd_socket),
       "Listen on the sockets that systemd passes instead of "
       "--web.listen-address"},
      {"--web.disable-exporter-metrics", "", "",
       Switch(o.exporter_metrics, false),
       "Leave out process_*, build_info and scrapes_total"},
  };
}

std::vector<Flag> LogFlags(Options& o) {
  return {
      {"--log.level", "LEVEL", "info", OneOf(o.log_level, kLogLevels),
       Join(kLogLevels)},
      {"--log.format", "FORMAT", "logfmt", OneOf(o.log_format, kLogFormats),
       Join(kLogFormats)},
  };
}

}  // namespace

std::vector<Flag> Flags(Options& options) {
  std::vector<Flag> all;
  const auto add = [&all](const char* group, std::vector<Flag> flags) {
    for (auto& flag : flags) {
      flag.group = group;
      all.push_back(std::move(flag));
    }
  };
  add("General", GeneralFlags(options));
  add("IPFS daemon", IpfsAddressFlags(options.ipfs));
  add("IPFS daemon", IpfsFlags(options.ipfs));
  add("Collectors", CollectorFlags(options.ipfs));
  add("Peer", PeerAddressFlags(options));
  add("Peer", PeerFlags(options));
  add("Web", WebFlags(options));
  add("Log", LogFlags(options));
  return all;
}

}  // namespace ipfs_peer_exporter
