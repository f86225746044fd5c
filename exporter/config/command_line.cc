#include "exporter/config/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "adapters/peer/samples.h"
#include "adapters/utf8.h"
#include "exporter/base/small_file.h"
#include "exporter/base/version.h"
#include "exporter/config/arguments.h"
#include "exporter/config/authorizations.h"
#include "exporter/config/config_file.h"
#include "exporter/config/escapes.h"
#include "exporter/config/mapping_file.h"
#include "exporter/config/peer_files.h"

namespace ipfs_peer_exporter {
namespace {

constexpr const char* kAbout =
    "Polls an IPFS daemon's RPC API and the stats socket of the peer beside "
    "it, "
    "and serves what they say as Prometheus metrics.";
constexpr const char* kFooter =
    "--no-collector.NAME turns a collector off.\n"
    "Every flag with a dot in its name is also an environment variable: "
    "--ipfs.api is IPFS_PEER_EXPORTER_IPFS_API; repeated values are separated "
    "by spaces.\n"
    "Durations are written as 200ms, 10s, 1m30s or 2h, sizes as 4096, 64KiB or "
    "1MiB.";

// The flags as they were written. What they mean is found out afterwards, so
// that an error can name the flag.
struct Flags {
  std::string ipfs_api;
  std::string ipfs_timeout = "5s";
  double ipfs_budget = 0.01;
  std::string auth_file;
  TlsFiles tls;
  std::string peer_request;
  std::vector<std::string> bandwidth_protocols =
      ipfs::DefaultBandwidthProtocols();
  std::size_t ipfs_top = 20;
  std::vector<std::string> pubsub_topics;
  std::vector<std::string> resource_scopes;
  std::vector<std::string> native_keep = ipfs::Settings().native_keep;
  std::vector<std::string> peer_stats;
  std::vector<std::string> peer_auth_files;
  std::vector<std::string> peer_ca_files;
  std::vector<std::string> peer_cert_files;
  std::vector<std::string> peer_key_files;
  std::string peer_format = "auto";
  std::string peer_mapping;
  std::string peer_namespace = "peer";
  std::string peer_interval = "10s";
  std::string peer_timeout = "2s";
  std::string peer_max_bytes = "1MiB";
  std::size_t peer_max_series = 2000;
  std::vector<std::string> listen_addresses{"127.0.0.1:10055"};
  std::string telemetry_path = "/metrics";
  bool disable_exporter_metrics = false;
  bool disable_defaults = false;
  std::map<std::string_view, std::string> intervals;  // by collector
  std::map<std::string_view, CLI::Option*> on;
  std::map<std::string_view, bool> off;
  bool once = false;
  bool check_config = false;
  std::string print_authorizations;
  std::string config_file;
  std::string log_level = "info";
  std::string log_format = "logfmt";
};

std::string EnvironmentName(std::string flag) {
  flag = "IPFS_PEER_EXPORTER_" + flag.substr(2);
  for (char& c : flag) {
    c = c == '.' || c == '-'
            ? '_'
            : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return flag;
}

// A mistake on the command line: the flag it was made with and what is wrong.
[[noreturn]] void Refuse(const std::string& flag, const std::string& what) {
  throw CLI::ValidationError(flag, what);
}

// The values of a repeatable flag, which its environment variable holds
// separated by white space.
std::vector<std::string> Words(const std::vector<std::string>& values) {
  std::vector<std::string> words;
  for (const auto& value : values) {
    std::istringstream stream(value);
    std::copy(std::istream_iterator<std::string>(stream), {},
              std::back_inserter(words));
  }
  return words;
}

// The values of a flag that takes at least one.
std::vector<std::string> SomeWords(const std::string& flag,
                                   const std::vector<std::string>& values) {
  auto words = Words(values);
  if (words.empty()) Refuse(flag, "names none");
  return words;
}

// The same where each value makes series of its own.
std::vector<std::string> Distinct(const std::string& flag,
                                  const std::vector<std::string>& values) {
  auto words = Words(values);
  std::set<std::string> seen;
  for (const auto& word : words) {
    if (!seen.insert(word).second) Refuse(flag, word + " stands there twice");
  }
  return words;
}

template <typename T>
T Require(const std::string& flag, Result<T> result) {
  if (!result) Refuse(flag, result.error().message);
  return std::move(*result);
}

// Help without what is the same for every flag: the name of its environment
// variable follows a rule, and its bounds (which CLI11 adds to the type's name
// after a colon) are told when they are violated.
class Help : public CLI::Formatter {
 public:
  Help() { column_width(40); }

  std::string make_option_opts(const CLI::Option* option) const override {
    std::string text;
    if (option->get_type_size() != 0) {
      const auto type = option->get_type_name();
      text = " " + type.substr(0, type.find(':'));
    }
    if (!option->get_default_str().empty()) {
      text += "=" + option->get_default_str();
    }
    return text;
  }
};

void RequireReadable(const std::string& flag, const std::string& path) {
  constexpr std::size_t kMaxSize = 16 << 20;
  if (!path.empty()) Require(flag, ReadSmallFile(path, kMaxSize));
}

void RequireAuthFile(const std::string& flag, const std::string& path) {
  if (!path.empty()) Require(flag, ReadAuthFile(path));
}

void RequireCertificate(const std::string& prefix, const TlsFiles& tls) {
  if (!tls.key.empty() && tls.cert.empty()) {
    Refuse(prefix + "key-file", "is of no use without " + prefix + "cert-file");
  }
}

std::string FormatNames() {
  std::string names;
  for (const auto& format : peer::kFormats) {
    names += (names.empty() ? "" : ", ") + std::string(format.name);
  }
  return names;
}

class CommandLine {
 public:
  CommandLine() : app_(kAbout, "ipfs_peer_exporter") {
    app_.footer(kFooter);
    app_.formatter(std::make_shared<Help>());
    app_.set_help_flag("-h,--help", "Print this help and exit.");
    app_.set_version_flag("--version",
                          "ipfs_peer_exporter " + std::string(kVersion) +
                              " (revision " + std::string(kRevision) + ", " +
                              std::string(kCompiler) + ")",
                          "Print the version and exit.");
    AddCommands();
    AddIpfs();
    AddCollectors();
    AddPeer();
    AddWeb();
    AddLog();
  }

  // Throws CLI::ParseError.
  Options Parse(int argc, const char* const* argv) {
    ParseArguments(argc, argv);
    ReadEnvironment();
    if (!flags_.config_file.empty()) ReadConfig();
    Options options;
    options.ipfs = Ipfs();
    options.once = flags_.once;
    options.check_config = flags_.check_config;
    options.peers = Peers();
    PeerFiles(options.peers);
    Peer(options);
    Web(options);
    options.log_level = log_levels_.at(flags_.log_level);
    options.log_format =
        flags_.log_format == "json" ? LogFormat::kJson : LogFormat::kLogfmt;
    if (!options.ipfs.enabled && options.peers.empty()) {
      Refuse("--ipfs.api",
             "with \"none\" and no --peer.stats there is nothing "
             "to do");
    }
    return options;
  }

  bool only_prints_authorizations() const {
    return print_authorizations_->count() > 0;
  }

  // Throws CLI::ParseError.
  Exit Authorizations(const IpfsOptions& options) const {
    const std::string flag = "--print-authorizations";
    const auto& file = options.auth_file;
    std::string secret = kPlaceholderSecret;
    std::string warning;
    if (flags_.print_authorizations == "with-secret") {
      if (file.empty()) {
        Refuse(flag, "with-secret takes the secret of --ipfs.auth-file");
      }
      secret = AuthSecret(Require("--ipfs.auth-file", ReadAuthFile(file)));
      warning = "ipfs_peer_exporter: what was printed holds the secret of " +
                file + "\n";
    } else if (flags_.print_authorizations != "true") {
      Refuse(flag, "takes no value but with-secret");
    }
    return {0, Require(flag, PrintAuthorizations(options, secret)), warning};
  }

  Exit ToExit(const CLI::ParseError& error) const {
    std::ostringstream out;
    std::ostringstream err;
    if (app_.exit(error, out, err) == 0) {
      auto text = out.str();
      if (!text.ends_with('\n')) text += '\n';
      return {0, std::move(text)};
    }
    std::string line = error.what();
    std::replace(line.begin(), line.end(), '\n', ' ');
    return {2, "ipfs_peer_exporter: " + line + " (--help lists the flags)\n"};
  }

 private:
  using Values = std::vector<std::string>;

  template <typename T>
  CLI::Option* Add(const std::string& flag, T& value, const std::string& type,
                   const std::string& help) {
    return settings_[flag] = app_.add_option(flag, value, help)
                                 ->type_name(type)
                                 ->group(group_);
  }

  CLI::Option* AddSwitch(const std::string& flag, bool& value,
                         const std::string& help) {
    return settings_[flag] = app_.add_flag(flag, value, help)->group(group_);
  }

  void AddCommands() {
    group_ = "General";
    app_.add_flag("--once", flags_.once,
                  "Poll each collector once, print the page, explain what is "
                  "missing, exit with 1 if a poll failed")
        ->group(group_);
    app_.add_flag("--check-config", flags_.check_config,
                  "Check flags, files and listen addresses, and exit")
        ->group(group_);
    print_authorizations_ =
        app_.add_flag("--print-authorizations", flags_.print_authorizations,
                      "Print the entry that the daemon's API.Authorizations "
                      "needs for the collectors that are on, and exit; "
                      "=with-secret puts the secret of --ipfs.auth-file in")
            ->group(group_);
    Add("--config.file", flags_.config_file, "FILE",
        "YAML file with flags as keys (ipfs.api: …); flags and environment "
        "variables win over it");
  }

  void ParseArguments(int argc, const char* const* argv) {
    const auto kind_of = [this](const std::string& flag) {
      const auto* option = app_.get_option_no_throw(flag);
      if (option == nullptr) return FlagKind::kUnknown;
      return option->get_items_expected_min() > 0 ? FlagKind::kWithValue
                                                  : FlagKind::kWithoutValue;
    };
    auto arguments = SplitArguments(argc, argv, kind_of);
    if (!arguments) throw CLI::ArgumentMismatch(arguments.error().message);
    std::ranges::reverse(arguments->rest);  // as CLI11 wants them
    app_.parse(std::move(arguments->rest));
    for (const auto& flag : arguments->empty) {
      Give(*app_.get_option(flag), {""}, flag);
    }
  }

  // A collector's flag and the one that turns it off are one setting.
  static std::string SettingOf(const std::string& flag) {
    return flag.starts_with("--no-") ? "--" + flag.substr(5) : flag;
  }

  // What the sources before have said, which weigh more.
  std::set<std::string> Settled() const {
    std::set<std::string> settled;
    for (const auto& [flag, option] : settings_) {
      if (option->count() > 0) settled.insert(SettingOf(flag));
    }
    return settled;
  }

  static void Give(CLI::Option& option, const std::vector<std::string>& values,
                   const std::string& where) {
    // What has a default, and a switch, is not unset by an empty value.
    const bool needs_value = option.get_items_expected_max() == 0 ||
                             !option.get_default_str().empty();
    try {
      for (const auto& value : values) {
        if (value.empty() && needs_value) Refuse(where, "the value is empty");
        option.add_result(value);
      }
      option.run_callback();
    } catch (const CLI::Error& error) {
      Refuse(where, error.what());
    }
  }

  void ReadEnvironment() {
    const auto settled = Settled();
    for (const auto& [flag, option] : settings_) {
      const auto name = EnvironmentName(flag);
      const char* const value = std::getenv(name.c_str());
      if (value == nullptr || *value == '\0') continue;
      if (settled.contains(SettingOf(flag))) continue;
      const bool repeatable = option->get_items_expected_max() > 1;
      const auto values = repeatable ? Words({value}) : Values{value};
      if (!values.empty()) Give(*option, values, name);
    }
  }

  void ReadConfig() {
    const auto entries =
        Require("--config.file", ReadConfigFile(flags_.config_file));
    const auto settled = Settled();
    for (const auto& entry : entries) {
      const auto flag = "--" + entry.key;
      const auto option = settings_.find(flag);
      if (option == settings_.end() || entry.key == "config.file") {
        Refuse("--config.file", entry.where + ": there is no flag " + flag);
      }
      if (settled.contains(SettingOf(flag))) continue;
      // An empty list is an empty value.
      Give(*option->second, entry.values.empty() ? Values{""} : entry.values,
           "--config.file: " + entry.where);
    }
  }

  void AddIpfs() {
    group_ = "IPFS daemon";
    Add("--ipfs.api", flags_.ipfs_api, "ADDR",
        "Multiaddr or URL of the RPC API, /unix/… too, or none "
        "[$IPFS_PATH/api or ~/.ipfs/api, else /ip4/127.0.0.1/tcp/5001]");
    Add("--ipfs.auth-file", flags_.auth_file, "FILE",
        "Holds bearer:TOKEN or basic:USER:PASSWORD; read anew when it changes");
    Add("--ipfs.ca-file", flags_.tls.ca, "FILE",
        "Certificates (PEM) to trust for https instead of the system's");
    Add("--ipfs.cert-file", flags_.tls.cert, "FILE",
        "Client certificate (PEM) for https");
    Add("--ipfs.key-file", flags_.tls.key, "FILE",
        "Key (PEM) of the client certificate");
    Add("--ipfs.timeout", flags_.ipfs_timeout, "DURATION",
        "Time for one RPC call; ipfs.objects and ipfs.pins take at least 5m, "
        "ipfs.remote_pins 1m")
        ->capture_default_str();
    Add("--ipfs.budget", flags_.ipfs_budget, "SHARE",
        "Share of the time that one collector's calls may take before it polls "
        "less often; 0: no limit")
        ->capture_default_str();
    Add("--ipfs.bandwidth-protocols", flags_.bandwidth_protocols, "NAME,…",
        "Protocols whose bandwidth is asked for, one call each "
        "[bitswap, kad, id, ping, meshsub, circuit]")
        ->delimiter(',')
        ->expected(1, 100);
    Add("--ipfs.top", flags_.ipfs_top, "NUMBER",
        "Programs of peers that ipfs.agents tells apart")
        ->check(CLI::Range(0, 100))
        ->capture_default_str();
    Add("--ipfs.pubsub-topics", flags_.pubsub_topics, "NAME,…",
        "Topics whose peers are counted, one call each [none]")
        ->delimiter(',')
        ->expected(1, 100);
    Add("--ipfs.resource-scopes", flags_.resource_scopes, "KIND,…",
        "Scopes of the resource manager besides system and transient: service, "
        "protocol [none]")
        ->delimiter(',')
        ->expected(1, 2);
    Add("--ipfs.native-keep", flags_.native_keep, "PREFIX,…",
        "What the names of the daemon's own metrics begin with that "
        "ipfs.native "
        "relays [ipfs_, libp2p_, exchange_, provider_, rpc_]")
        ->delimiter(',')
        ->expected(1, 100);
  }

  static std::vector<std::string> Protocols(
      const std::vector<std::string>& protocols) {
    for (const auto& protocol : protocols) {
      if (!protocol.starts_with('/') ||
          protocol.size() > peer::kMaxLabelValue) {
        Refuse("--ipfs.bandwidth-protocols",
               "\"" + protocol +
                   "\" is not a protocol such as /ipfs/bitswap/1.2.0");
      }
    }
    return protocols;
  }

  static std::vector<std::string> Topics(
      const std::vector<std::string>& topics) {
    for (const auto& topic : topics) {
      if (topic.size() > peer::kMaxLabelValue || !IsCleanUtf8(topic)) {
        Refuse("--ipfs.pubsub-topics", "a topic is no text of 256 bytes");
      }
    }
    return topics;
  }

  static std::vector<std::string> Scopes(
      const std::vector<std::string>& scopes) {
    for (const auto& scope : scopes) {
      if (scope != "service" && scope != "protocol") {
        Refuse("--ipfs.resource-scopes",
               "\"" + scope + "\" is neither service nor protocol");
      }
    }
    return scopes;
  }

  void AddCollectors() {
    group_ = "Collectors";
    for (const auto* collector : ipfs::Collectors()) {
      const auto name = "ipfs." + std::string(collector->name);
      auto state = std::string(collector->on_by_default ? "on" : "off");
      if (!collector->on_from.empty()) {
        state += " from Kubo " + std::string(collector->on_from);
      }
      flags_.on[collector->name] =
          Add("--collector." + name, flags_.intervals[collector->name],
              "[INTERVAL]",
              "Poll " + name + " [" + state + ", " +
                  FormatDuration(collector->interval) + "]")
              ->expected(0, 1);
      // Whether the daemon is up is told as long as there is one.
      if (collector == &ipfs::Health()) continue;
      AddSwitch("--no-collector." + name, flags_.off[collector->name],
                "Do not poll " + name)
          ->group("");  // told once, at the end of the help
    }
    AddSwitch("--collector.disable-defaults", flags_.disable_defaults,
              "Poll only the collectors that are named by a flag");
  }

  void AddPeer() {
    group_ = "Peer";
    Add("--peer.stats", flags_.peer_stats, "[NAME=]URL",
        "Stats socket of a peer: unix:PATH, tcp://IP:PORT, http(s)://…, "
        "http+unix:PATH:/PAGE; repeatable [none]");
    Add("--peer.auth-file", flags_.peer_auth_files, "[NAME=]FILE",
        "As --ipfs.auth-file, for http(s) peers: FILE for all, NAME=FILE for "
        "one; repeatable");
    Add("--peer.ca-file", flags_.peer_ca_files, "[NAME=]FILE",
        "As --ipfs.ca-file, for https peers");
    Add("--peer.cert-file", flags_.peer_cert_files, "[NAME=]FILE",
        "As --ipfs.cert-file, for https peers");
    Add("--peer.key-file", flags_.peer_key_files, "[NAME=]FILE",
        "As --ipfs.key-file, for https peers");
    Add("--peer.request", flags_.peer_request, "TEXT",
        "Line to send after connecting to a stats socket; may hold \\r \\n "
        "\\t \\\\ \\xNN [none]");
    Add("--peer.format", flags_.peer_format, "FORMAT",
        "What the peers write: " + FormatNames())
        ->capture_default_str();
    Add("--peer.mapping", flags_.peer_mapping, "FILE",
        "YAML file that says which values of the peers' JSON are metrics "
        "[none]");
    Add("--peer.namespace", flags_.peer_namespace, "NAME",
        "What the names of the peer's metrics begin with")
        ->capture_default_str();
    Add("--peer.interval", flags_.peer_interval, "DURATION",
        "Time between two polls")
        ->capture_default_str();
    Add("--peer.timeout", flags_.peer_timeout, "DURATION",
        "Time for one exchange, from connect to close")
        ->capture_default_str();
    Add("--peer.max-bytes", flags_.peer_max_bytes, "SIZE",
        "Size of a reply that is still read")
        ->capture_default_str();
    Add("--peer.max-series", flags_.peer_max_series, "NUMBER",
        "Series that are still taken from one peer")
        ->check(CLI::Range(std::size_t{1}, std::size_t{100000}))
        ->capture_default_str();
  }

  void AddWeb() {
    group_ = "Web";
    Add("--web.listen-address", flags_.listen_addresses, "HOST:PORT",
        "Where to serve; :10055 is every address; repeatable")
        ->capture_default_str();
    Add("--web.telemetry-path", flags_.telemetry_path, "PATH",
        "Where the metrics are; PATH/ipfs and PATH/peer have one source each")
        ->capture_default_str();
    AddSwitch("--web.disable-exporter-metrics", flags_.disable_exporter_metrics,
              "Leave out process_*, build_info and scrapes_total");
  }

  void AddLog() {
    group_ = "Log";
    Add("--log.level", flags_.log_level, "LEVEL", "debug, info, warn or error")
        ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
        ->capture_default_str();
    Add("--log.format", flags_.log_format, "FORMAT", "logfmt or json")
        ->check(CLI::IsMember({"logfmt", "json"}))
        ->capture_default_str();
  }

  IpfsOptions Ipfs() const {
    IpfsOptions options;
    options.enabled = flags_.ipfs_api != "none";
    if (options.enabled && !flags_.ipfs_api.empty()) {
      options.api = Require("--ipfs.api", ParseRpcAddress(flags_.ipfs_api));
    }
    options.timeout =
        Require("--ipfs.timeout", ParseDuration(flags_.ipfs_timeout));
    options.budget = flags_.ipfs_budget;
    if (!(options.budget >= 0 && options.budget <= 1)) {
      Refuse("--ipfs.budget", "has to be between 0 and 1");
    }
    Identity(options);
    options.settings.bandwidth_protocols = Protocols(SomeWords(
        "--ipfs.bandwidth-protocols",
        Distinct("--ipfs.bandwidth-protocols", flags_.bandwidth_protocols)));
    options.settings.top = flags_.ipfs_top;
    options.settings.pubsub_topics =
        Topics(Distinct("--ipfs.pubsub-topics", flags_.pubsub_topics));
    options.settings.resource_scopes =
        Scopes(Distinct("--ipfs.resource-scopes", flags_.resource_scopes));
    options.settings.native_keep =
        SomeWords("--ipfs.native-keep", flags_.native_keep);
    for (const auto* collector : ipfs::Collectors()) {
      const bool named = flags_.on.at(collector->name)->count() > 0;
      const bool wanted =
          named || collector == &ipfs::Health() ||
          (collector->on_by_default && !flags_.disable_defaults);
      const auto off = flags_.off.find(collector->name);
      if (!wanted || (off != flags_.off.end() && off->second)) continue;
      options.collectors.push_back({collector, Interval(*collector), named});
    }
    return options;
  }

  void Identity(IpfsOptions& options) const {
    options.auth_file = flags_.auth_file;
    RequireAuthFile("--ipfs.auth-file", options.auth_file);
    options.tls = flags_.tls;
    RequireReadable("--ipfs.ca-file", options.tls.ca);
    RequireReadable("--ipfs.cert-file", options.tls.cert);
    RequireReadable("--ipfs.key-file", options.tls.key);
    RequireCertificate("--ipfs.", options.tls);
  }

  Duration Interval(const ipfs::Collector& collector) const {
    const auto& text = flags_.intervals.at(collector.name);
    // Named without a value, in the environment as "true".
    if (text.empty() || text == "true") return collector.interval;
    return Require("--collector.ipfs." + std::string(collector.name),
                   ParseDuration(text));
  }

  std::vector<PeerOptions> Peers() const {
    std::vector<PeerOptions> peers;
    std::set<std::string> names;
    for (const auto& text : Words(flags_.peer_stats)) {
      if (text == "none") continue;
      auto peer = SplitPeer(text);
      if (!names.insert(peer.collector()).second) {
        Refuse("--peer.stats", peer.name.empty()
                                   ? "several peers need names: NAME=URL"
                                   : "two peers are named " + peer.name);
      }
      peers.push_back(std::move(peer));
    }
    return peers;
  }

  static PeerOptions SplitPeer(const std::string& text) {
    const auto [name, url] = SplitName(text);
    return {name, Require("--peer.stats", ParseStatsAddress(url)), "", {}};
  }

  void PeerFiles(std::vector<PeerOptions>& peers) const {
    using Field = std::function<std::string&(PeerOptions&)>;
    const auto assign = [&](const std::string& flag, const Values& files,
                            const Field& field) {
      Require(flag, AssignFiles(files, peers, field));
    };
    assign(
        "--peer.auth-file", flags_.peer_auth_files,
        [](auto& peer) -> auto& { return peer.auth_file; });
    assign(
        "--peer.ca-file", flags_.peer_ca_files,
        [](auto& peer) -> auto& { return peer.tls.ca; });
    assign(
        "--peer.cert-file", flags_.peer_cert_files,
        [](auto& peer) -> auto& { return peer.tls.cert; });
    assign(
        "--peer.key-file", flags_.peer_key_files,
        [](auto& peer) -> auto& { return peer.tls.key; });
    for (const auto& peer : peers) {
      RequireAuthFile("--peer.auth-file", peer.auth_file);
      RequireReadable("--peer.ca-file", peer.tls.ca);
      RequireReadable("--peer.cert-file", peer.tls.cert);
      RequireReadable("--peer.key-file", peer.tls.key);
      RequireCertificate("--peer.", peer.tls);
    }
  }

  void Peer(Options& options) const {
    if (!peer::IsName(flags_.peer_namespace)) {
      Refuse("--peer.namespace", "\"" + flags_.peer_namespace +
                                     "\" is not the beginning of a metric name "
                                     "([a-zA-Z_][a-zA-Z0-9_]*)");
    }
    options.peer_namespace = flags_.peer_namespace;
    options.peer_format = peer::FindFormat(flags_.peer_format);
    if (options.peer_format == nullptr) {
      Refuse("--peer.format",
             "\"" + flags_.peer_format + "\" is none of " + FormatNames());
    }
    if (!flags_.peer_mapping.empty()) {
      if (flags_.peer_format != "auto" && flags_.peer_format != "json") {
        Refuse("--peer.mapping", "is for JSON, not " + flags_.peer_format);
      }
      options.peer_mapping =
          Require("--peer.mapping", ReadMappingFile(flags_.peer_mapping));
    }
    options.peer_interval =
        Require("--peer.interval", ParseDuration(flags_.peer_interval));
    options.peer_timeout =
        Require("--peer.timeout", ParseDuration(flags_.peer_timeout));
    options.peer_max_bytes =
        Require("--peer.max-bytes", ParseSize(flags_.peer_max_bytes));
    options.peer_max_series = flags_.peer_max_series;
    options.peer_request =
        Require("--peer.request", Unescape(flags_.peer_request));
    if (options.peer_request.size() > 4096) {
      Refuse("--peer.request", "more than 4 KiB");
    }
    const bool heard = std::ranges::any_of(options.peers, [](const auto& peer) {
      return peer.address.kind == StatsAddress::Kind::kSocket;
    });
    if (!options.peer_request.empty() && !options.peers.empty() && !heard) {
      Refuse("--peer.request", "is for unix: and tcp: sockets");
    }
  }

  void Web(Options& options) const {
    options.listen_addresses =
        SomeWords("--web.listen-address", flags_.listen_addresses);
    options.telemetry_path = flags_.telemetry_path;
    options.exporter_metrics = !flags_.disable_exporter_metrics;
    const auto& path = options.telemetry_path;
    if (path.size() < 2 || path.front() != '/' || path.ends_with('/') ||
        path.starts_with("/-/") || path.find_first_of("?#%") != path.npos) {
      Refuse("--web.telemetry-path",
             "\"" + path + "\" has to be a path such as /metrics");
    }
  }

  const std::map<std::string, LogLevel> log_levels_{
      {"debug", LogLevel::kDebug},
      {"info", LogLevel::kInfo},
      {"warn", LogLevel::kWarn},
      {"error", LogLevel::kError}};
  Flags flags_;
  CLI::App app_;
  // By flag, what environment and file may set too.
  std::map<std::string, CLI::Option*> settings_;
  std::string group_;
  CLI::Option* print_authorizations_ = nullptr;
};

}  // namespace

std::variant<Options, Exit> ParseOptions(int argc, const char* const* argv) {
  CommandLine command_line;
  try {
    auto options = command_line.Parse(argc, argv);
    if (command_line.only_prints_authorizations() && !options.check_config) {
      return command_line.Authorizations(options.ipfs);
    }
    return options;
  } catch (const CLI::ParseError& error) {
    return command_line.ToExit(error);
  }
}

}  // namespace ipfs_peer_exporter
