#include <utility>

#include "adapters/peer/samples.h"
#include "adapters/utf8.h"
#include "exporter/base/units.h"
#include "exporter/config/flags.h"
#include "exporter/config/readable_file.h"

namespace ipfs_peer_exporter {
namespace {

Target Api(IpfsOptions& ipfs) {
  return One([&ipfs](const std::string& text) {
    ipfs.enabled = text != "none";
    return ipfs.enabled ? Store(ipfs.api, ParseRpcAddress(text)) : Ok();
  });
}

Target KeyFile(TlsFiles& tls) {
  return One([&tls](const std::string& path) -> Status {
    if (tls.cert.empty()) return BadValue("needs --ipfs.cert-file");
    return Store(tls.key, ReadableFile(path));
  });
}

Status CheckProtocol(const std::string& text) {
  if (text.starts_with('/') && text.size() <= peer::kMaxLabelValue) return Ok();
  return BadValue("\"" + text +
                  "\" is not a protocol such as /ipfs/bitswap/1.2.0");
}

Status CheckTopic(const std::string& text) {
  if (text.size() <= peer::kMaxLabelValue && IsCleanUtf8(text)) return Ok();
  return BadValue("a topic must be UTF-8 of at most 256 bytes");
}

Status CheckScope(const std::string& text) {
  if (text == "service" || text == "protocol") return Ok();
  return BadValue("\"" + text + "\" is neither service nor protocol");
}

std::string Commas(const Texts& texts) {
  std::string joined;
  for (const auto& text : texts) joined += (joined.empty() ? "" : ",") + text;
  return joined;
}

}  // namespace

std::vector<Flag> IpfsAddressFlags(IpfsOptions& o) {
  return {
      {"--ipfs.api", "ADDR", "", Api(o),
       "Multiaddr (also /unix/…) or URL of the RPC API, or none "
       "[$IPFS_PATH/api or ~/.ipfs/api, else /ip4/127.0.0.1/tcp/5001]",
       Flag::Content::kUrl},
      {"--ipfs.auth-file", "FILE", "", One(o.auth_file, CheckedAuthFile),
       "File with bearer:TOKEN or basic:USER:PASSWORD; read again when it "
       "changes"},
      {"--ipfs.ca-file", "FILE", "", One(o.tls.ca, ReadableFile),
       "Certificates (PEM) to trust for https instead of the system's"},
      {"--ipfs.cert-file", "FILE", "", One(o.tls.cert, ReadableFile),
       "Client certificate (PEM) for https"},
      {"--ipfs.key-file", "FILE", "", KeyFile(o.tls),
       "Key (PEM) of the client certificate"},
  };
}

std::vector<Flag> IpfsFlags(IpfsOptions& o) {
  auto& settings = o.settings;
  return {
      {"--ipfs.timeout", "DURATION", "5s", One(o.timeout, ParseDuration),
       "Time for one RPC call; ipfs.objects and ipfs.pins take at least 5m, "
       "ipfs.remote_pins 1m"},
      {"--ipfs.budget", "SHARE", "0.01", One(o.budget, Number<double>(0, 1)),
       "Share of the time that one collector's calls may take before it polls "
       "less often; 0: no limit"},
      {"--ipfs.bandwidth-protocols", "NAME,...", "",
       List(settings.bandwidth_protocols,
            {.required = true, .distinct = true, .check = CheckProtocol}),
       "Protocols whose bandwidth is polled, one call each "
       "[bitswap, kad, id, ping, meshsub, circuit]"},
      {"--ipfs.top", "NUMBER", std::to_string(settings.top),
       One(settings.top, Number<std::size_t>(0, 100)),
       "Number of peer programs that ipfs.agents reports by name"},
      {"--ipfs.pubsub-topics", "NAME,...", "",
       List(settings.pubsub_topics, {.distinct = true, .check = CheckTopic}),
       "Topics whose peers are counted, one call each [none]"},
      {"--ipfs.resource-scopes", "KIND,...", "",
       List(settings.resource_scopes, {.distinct = true,
                                       .check = CheckScope,
                                       .words = {"service", "protocol"}}),
       "Scopes of the resource manager besides system and transient: service, "
       "protocol [none]"},
      {"--ipfs.native-keep", "PREFIX,...", Commas(settings.native_keep),
       List(settings.native_keep, {.required = true}),
       "Prefixes of the daemon's own metrics that ipfs.native relays"},
  };
}

}  // namespace ipfs_peer_exporter
