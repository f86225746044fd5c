#include "exporter/config/command_line.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <tuple>

#include "tests/exporter/scoped.h"

namespace ipfs_peer_exporter {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

using Arguments = std::vector<std::string>;

std::variant<Options, Exit> Parse(const Arguments& arguments) {
  std::vector<const char*> argv{"ipfs_peer_exporter"};
  for (const auto& argument : arguments) argv.push_back(argument.c_str());
  argv.push_back(nullptr);
  return ParseOptions(static_cast<int>(argv.size()) - 1, argv.data());
}

Options Good(const Arguments& arguments) {
  auto parsed = Parse(arguments);
  if (const auto* exit = std::get_if<Exit>(&parsed)) FAIL(exit->text);
  return std::get<Options>(std::move(parsed));
}

Exit Ends(const Arguments& arguments) {
  auto parsed = Parse(arguments);
  REQUIRE(std::holds_alternative<Exit>(parsed));
  return std::get<Exit>(std::move(parsed));
}

// The collectors that are on, with their intervals in milliseconds.
std::string Collectors(const Arguments& arguments) {
  std::string text;
  for (const auto& of : Good(arguments).ipfs.collectors) {
    text += std::string(of.collector->name) + "=" +
            FormatDuration(of.interval) + " ";
  }
  return text;
}

TEST_CASE("options: the defaults") {
  const auto options = Good({});
  CHECK(options.ipfs.enabled);
  CHECK_FALSE(options.ipfs.api.has_value());
  CHECK((options.ipfs.timeout == seconds(5)));
  CHECK(options.ipfs.budget == 0.01);
  CHECK(options.peers.empty());
  CHECK(options.peer_namespace == "peer");
  CHECK(options.peer_format == peer::FindFormat("auto"));
  CHECK_FALSE(options.peer_mapping.has_value());
  CHECK((options.peer_interval == seconds(10)));
  CHECK((options.peer_timeout == seconds(2)));
  CHECK(options.peer_max_bytes == 1024 * 1024);
  CHECK(options.peer_max_series == 2000);
  CHECK((options.listen_addresses == Arguments{"127.0.0.1:10055"}));
  CHECK(options.telemetry_path == "/metrics");
  CHECK(options.exporter_metrics);
  CHECK((options.log_level == LogLevel::kInfo));
  CHECK((options.log_format == LogFormat::kLogfmt));
}

TEST_CASE("options: each flag") {
  const auto options =
      Good({"--ipfs.api=/ip4/192.0.2.1/tcp/5001", "--ipfs.timeout=7s",
            "--ipfs.budget=0.5", "--peer.stats=unix:/run/stats.sock",
            "--peer.namespace=trainer", "--peer.format=key-value",
            "--peer.interval=200ms", "--peer.timeout=1s",
            "--peer.max-bytes=64KiB", "--peer.max-series=10",
            "--web.listen-address=:0", "--web.listen-address=[::1]:9",
            "--web.telemetry-path=/m", "--web.disable-exporter-metrics",
            "--log.level=debug", "--log.format=json"});
  REQUIRE(options.ipfs.api.has_value());
  CHECK(options.ipfs.api->base == "http://192.0.2.1:5001");
  CHECK((options.ipfs.timeout == seconds(7)));
  CHECK(options.ipfs.budget == 0.5);
  CHECK(options.peer_format == peer::FindFormat("key-value"));
  REQUIRE(options.peers.size() == 1);
  CHECK(options.peers[0].name == "");
  CHECK(options.peers[0].collector() == "peer.stats");
  CHECK(options.peers[0].address.socket.text == "/run/stats.sock");
  CHECK(options.peer_namespace == "trainer");
  CHECK((options.peer_interval == milliseconds(200)));
  CHECK((options.peer_timeout == seconds(1)));
  CHECK(options.peer_max_bytes == 65536);
  CHECK(options.peer_max_series == 10);
  CHECK((options.listen_addresses == Arguments{":0", "[::1]:9"}));
  CHECK(options.telemetry_path == "/m");
  CHECK_FALSE(options.exporter_metrics);
  CHECK((options.log_level == LogLevel::kDebug));
  CHECK((options.log_format == LogFormat::kJson));
}

TEST_CASE("options: a value may follow its flag") {
  CHECK((Good({"--ipfs.timeout", "7s"}).ipfs.timeout == seconds(7)));
}

TEST_CASE("options: flags from the environment") {
  const ScopedEnv api("IPFS_PEER_EXPORTER_IPFS_API", "http://192.0.2.1:5001");
  const ScopedEnv listen("IPFS_PEER_EXPORTER_WEB_LISTEN_ADDRESS", ":10055");
  const ScopedEnv bytes("IPFS_PEER_EXPORTER_PEER_MAX_BYTES", "2MiB");
  const ScopedEnv swarm("IPFS_PEER_EXPORTER_COLLECTOR_IPFS_SWARM", "3s");
  const ScopedEnv repo("IPFS_PEER_EXPORTER_NO_COLLECTOR_IPFS_REPO", "true");
  const ScopedEnv metrics("IPFS_PEER_EXPORTER_WEB_DISABLE_EXPORTER_METRICS",
                          "true");
  const auto options = Good({});
  REQUIRE(options.ipfs.api.has_value());
  CHECK(options.ipfs.api->base == "http://192.0.2.1:5001");
  CHECK((options.listen_addresses == Arguments{":10055"}));
  CHECK(options.peer_max_bytes == 2 * 1024 * 1024);
  CHECK_FALSE(options.exporter_metrics);
  const auto collectors = Collectors({});
  CHECK(collectors.find("swarm=3s ") != std::string::npos);
  CHECK(collectors.find("repo=") == std::string::npos);
}

TEST_CASE("options: a flag takes precedence over the environment") {
  const ScopedEnv timeout("IPFS_PEER_EXPORTER_IPFS_TIMEOUT", "7s");
  const ScopedEnv listen("IPFS_PEER_EXPORTER_WEB_LISTEN_ADDRESS", ":1");
  const auto options = Good({"--ipfs.timeout=8s", "--web.listen-address=:2"});
  CHECK((options.ipfs.timeout == seconds(8)));
  CHECK((options.listen_addresses == Arguments{":2"}));
}

TEST_CASE("options: a flag overrides a contrary variable") {
  const ScopedEnv repo("IPFS_PEER_EXPORTER_NO_COLLECTOR_IPFS_REPO", "true");
  const ScopedEnv swarm("IPFS_PEER_EXPORTER_COLLECTOR_IPFS_SWARM", "3s");
  const auto collectors =
      Collectors({"--collector.ipfs.repo=1m", "--no-collector.ipfs.swarm"});
  CHECK(collectors.find("repo=1m ") != std::string::npos);
  CHECK(collectors.find("swarm=") == std::string::npos);
}

TEST_CASE("options: flags and environment override the file") {
  const ScopedFolder folder;
  const auto file = folder.File("config.yml");
  std::ofstream(file) << "no-collector.ipfs.repo: true\n"
                         "no-collector.ipfs.swarm: true\n"
                         "collector.ipfs.bitswap: 3s\n"
                         "no-collector.ipfs.bitswap: true\n"
                         "collector.ipfs.identity: 4s\n";
  const ScopedEnv swarm("IPFS_PEER_EXPORTER_COLLECTOR_IPFS_SWARM", "7s");
  const auto collectors =
      Collectors({"--config.file=" + file, "--collector.ipfs.repo=1m"});
  CHECK(collectors.find("repo=1m ") != std::string::npos);
  CHECK(collectors.find("swarm=7s ") != std::string::npos);
  CHECK(collectors.find("bitswap=") == std::string::npos);
  CHECK(collectors.find("identity=4s ") != std::string::npos);
}

TEST_CASE("options: a variable has repeated values separated by spaces") {
  const ScopedEnv scopes("IPFS_PEER_EXPORTER_IPFS_RESOURCE_SCOPES",
                         "service protocol");
  const ScopedEnv listen("IPFS_PEER_EXPORTER_WEB_LISTEN_ADDRESS",
                         " 127.0.0.1:1  [::1]:2\n");
  const ScopedEnv stats("IPFS_PEER_EXPORTER_PEER_STATS",
                        "left=unix:/a right=unix:/b");
  const auto options = Good({});
  CHECK((options.listen_addresses == Arguments{"127.0.0.1:1", "[::1]:2"}));
  CHECK((options.ipfs.settings.resource_scopes ==
         Arguments{"service", "protocol"}));
  REQUIRE(options.peers.size() == 2);
  CHECK(options.peers[0].collector() == "peer.left");
  CHECK(options.peers[1].collector() == "peer.right");
}

TEST_CASE("options: an invalid variable is an error") {
  const ScopedEnv timeout("IPFS_PEER_EXPORTER_IPFS_TIMEOUT", "soon");
  const auto exit = Ends({});
  CHECK(exit.code == 2);
  CHECK(exit.text.starts_with(
      "ipfs_peer_exporter: IPFS_PEER_EXPORTER_IPFS_TIMEOUT: \"soon\" is not"));
}

TEST_CASE("options: an error in the file names flag and position") {
  const ScopedFolder folder;
  const auto file = folder.File("config.yml");
  std::ofstream(file) << "log.level: info\npeer.interval: soon\n";
  const auto exit = Ends({"--config.file=" + file});
  CHECK(exit.code == 2);
  CHECK(exit.text.starts_with("ipfs_peer_exporter: --peer.interval: " + file +
                              ":2:1: \"soon\" is not a duration"));
}

TEST_CASE("options: a flag with one value is allowed once") {
  const ScopedFolder folder;
  const auto file = folder.File("config.yml");
  std::ofstream(file) << "ipfs.timeout: [1s, 2s]\n";
  for (const Arguments& arguments :
       {Arguments{"--ipfs.timeout=1s", "--ipfs.timeout=2s"},
        Arguments{"--peer.request=", "--peer.request=a"},
        Arguments{"--config.file=" + file}}) {
    const auto exit = Ends(arguments);
    CHECK(exit.code == 2);
    CHECK(exit.text.find("given more than once") != std::string::npos);
  }
  CHECK(Good({"--once", "--once"}).once);
}

TEST_CASE("options: help and version take no value") {
  for (const std::string flag : {"--help=", "--version="}) {
    const auto exit = Ends({flag});
    CHECK(exit.code == 2);
    CHECK(exit.text.find(flag.substr(0, flag.size() - 1) +
                         ": the value is empty") != std::string::npos);
  }
}

TEST_CASE("options: an empty value does not consume the next flag") {
  for (const std::string flag :
       {"ipfs.api", "ipfs.auth-file", "ipfs.ca-file", "ipfs.cert-file",
        "ipfs.key-file", "ipfs.pubsub-topics", "ipfs.resource-scopes",
        "peer.stats", "peer.auth-file", "peer.ca-file", "peer.cert-file",
        "peer.key-file", "peer.request", "peer.mapping", "config.file",
        "collector.ipfs.swarm"}) {
    CAPTURE(flag);
    const auto options =
        Good({"--" + flag + "=", "--check-config", "--ipfs.timeout=7s"});
    CHECK(options.check_config);
    CHECK((options.ipfs.timeout == seconds(7)));
    CHECK_FALSE(options.ipfs.api.has_value());
    CHECK(options.peers.empty());
    CHECK(options.peer_request == "");
    CHECK(Ends({"--" + flag + "=", "word"}).text.find("word") !=
          std::string::npos);
  }
}

TEST_CASE("options: a forbidden empty value names the right flag") {
  for (const std::string flag :
       {"ipfs.timeout", "ipfs.budget", "ipfs.top", "ipfs.bandwidth-protocols",
        "ipfs.native-keep", "peer.format", "peer.namespace", "peer.interval",
        "peer.timeout", "peer.max-bytes", "peer.max-series",
        "web.listen-address", "web.telemetry-path", "log.level", "log.format",
        "once", "web.disable-exporter-metrics", "no-collector.ipfs.swarm"}) {
    CAPTURE(flag);
    const auto exit = Ends({"--" + flag + "=", "--check-config"});
    CHECK(exit.code == 2);
    CHECK(exit.text.starts_with("ipfs_peer_exporter: --" + flag + ": "));
  }
}

TEST_CASE("options: a missing value does not consume the next flag") {
  for (const Arguments& arguments :
       {Arguments{"--peer.request", "--check-config"},
        Arguments{"--peer.stats", "--ipfs.api=none"},
        Arguments{"--ipfs.auth-file", "--help"}}) {
    const auto exit = Ends(arguments);
    CHECK(exit.code == 2);
    CHECK(exit.text.starts_with("ipfs_peer_exporter: " + arguments[0] +
                                ": the value is missing"));
  }
  CHECK(Good({"--peer.request", "--stats"}).peer_request == "--stats");
  CHECK(Good({"--peer.request=--once"}).peer_request == "--once");
  CHECK(Good({"--peer.request", "a="}).peer_request == "a=");
}

TEST_CASE("options: an empty flag overrides environment and file") {
  const ScopedFolder folder;
  const auto file = folder.File("config.yml");
  std::ofstream(file) << "peer.request: a\n";
  const ScopedEnv config("IPFS_PEER_EXPORTER_CONFIG_FILE", file);
  CHECK(Good({}).peer_request == "a");
  CHECK(Good({"--peer.request="}).peer_request == "");
  const ScopedEnv request("IPFS_PEER_EXPORTER_PEER_REQUEST", "b");
  CHECK(Good({}).peer_request == "b");
  CHECK(Good({"--peer.request="}).peer_request == "");
}

TEST_CASE("options: an empty value in the file") {
  const ScopedFolder folder;
  const auto file = folder.File("config.yml");
  for (const std::string value : {"\"\"", "[]"}) {
    std::ofstream(file) << "peer.request: " << value
                        << "\npeer.stats: " << value << "\n";
    CHECK(Good({"--config.file=" + file}).peers.empty());
    for (const std::string flag :
         {"ipfs.budget", "ipfs.top", "web.disable-exporter-metrics"}) {
      CAPTURE(flag);
      std::ofstream(file) << flag << ": " << value << "\n";
      const auto exit = Ends({"--config.file=" + file});
      CHECK(exit.code == 2);
      CHECK(exit.text.find(":1:1: the value is empty") != std::string::npos);
    }
  }
}

TEST_CASE("options: files for HTTP peers") {
  const ScopedFolder folder;
  for (const std::string name : {"all", "left", "a=b", "with space"}) {
    std::ofstream(folder.File(name)) << "bearer:" << name << "\n";
  }
  const Arguments peers{"--peer.stats=left=http://127.0.0.1:1/",
                        "--peer.stats=right=https://127.0.0.1:2/",
                        "--peer.stats=raw=unix:/a",
                        "--peer.stats=last=http+unix:/b:/"};
  const auto with = [&](Arguments arguments) {
    arguments.insert(arguments.end(), peers.begin(), peers.end());
    return arguments;
  };
  const auto options =
      Good(with({"--peer.auth-file=" + folder.File("all"),
                 "--peer.auth-file=left=" + folder.File("left"),
                 "--peer.auth-file=last=" + folder.File("with space"),
                 "--peer.ca-file=" + folder.File("a=b"),
                 "--peer.cert-file=right=" + folder.File("all"),
                 "--peer.key-file=right=" + folder.File("left")}));
  const auto& [left, right, raw, last] = std::tie(
      options.peers[0], options.peers[1], options.peers[2], options.peers[3]);
  CHECK(left.auth_file == folder.File("left"));
  CHECK(right.auth_file == folder.File("all"));
  CHECK(raw.auth_file == "");
  CHECK(last.auth_file == folder.File("with space"));
  CHECK(left.tls.ca == folder.File("a=b"));
  CHECK(raw.tls.ca == "");
  CHECK(left.tls.cert == "");
  CHECK(right.tls.cert == folder.File("all"));
  CHECK(right.tls.key == folder.File("left"));

  struct Row {
    std::string flag;
    std::string said;
  };
  const Row rows[] = {
      {"--peer.auth-file=other=/a", "no peer is named other"},
      {"--peer.auth-file=raw=/a", "peer raw is not polled over http or https"},
      {"--peer.auth-file=left=", "no file for peer left"},
      {"--peer.auth-file=/nowhere", "/nowhere: No such file"},
      {"--peer.auth-file=left=/nowhere", "/nowhere: No such file"},
      {"--peer.ca-file=/nowhere", "/nowhere: No such file"},
      {"--peer.cert-file=right=/", "/: not a file"},
      {"--peer.key-file=" + folder.File("all"), "needs --peer.cert-file"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.flag);
    const auto exit = Ends(with({row.flag}));
    CHECK(exit.code == 2);
    CHECK(exit.text.starts_with("ipfs_peer_exporter: " +
                                row.flag.substr(0, row.flag.find('=')) + ": "));
    CHECK(exit.text.find(row.said) != std::string::npos);
  }
  const auto all = "--peer.auth-file=" + folder.File("all");
  CHECK(Ends(with({all, all})).text.find("two files") != std::string::npos);
  CHECK(Ends({all}).text.find("no --peer.stats") != std::string::npos);
  CHECK(Ends({all, "--peer.stats=unix:/a"}).text.find("no --peer.stats") !=
        std::string::npos);
}

TEST_CASE("options: files for peers from the environment") {
  const ScopedFolder folder;
  const auto path = folder.File("a");
  std::ofstream(path) << "bearer:a";
  const ScopedEnv files("IPFS_PEER_EXPORTER_PEER_AUTH_FILE",
                        "left=" + path + " " + path);
  const auto options = Good({"--peer.stats=left=http://127.0.0.1:1/",
                             "--peer.stats=right=http://127.0.0.1:1/"});
  CHECK(options.peers[0].auth_file == path);
  CHECK(options.peers[1].auth_file == path);
}

TEST_CASE("options: an invalid secret in a file is not repeated") {
  const ScopedFolder folder;
  std::ofstream(folder.File("a")) << "token:secret";
  const auto exit = Ends({"--peer.stats=http://127.0.0.1:1/",
                          "--peer.auth-file=" + folder.File("a")});
  CHECK(exit.code == 2);
  CHECK(exit.text.find("secret") == std::string::npos);
}

TEST_CASE("options: unknown variables are ignored") {
  // Kubernetes makes such ones for a service of this name.
  const ScopedEnv port("IPFS_PEER_EXPORTER_PORT", "tcp://192.0.2.1:10055");
  const ScopedEnv host("IPFS_PEER_EXPORTER_SERVICE_HOST", "192.0.2.1");
  const ScopedEnv lower("ipfs_peer_exporter_ipfs_timeout", "soon");
  CHECK((Good({}).ipfs.timeout == seconds(5)));
}

TEST_CASE("options: an empty variable is like a missing one") {
  const ScopedEnv api("IPFS_PEER_EXPORTER_IPFS_API", "");
  const ScopedEnv stats("IPFS_PEER_EXPORTER_PEER_STATS", "");
  const ScopedEnv timeout("IPFS_PEER_EXPORTER_IPFS_TIMEOUT", "");
  const auto options = Good({});
  CHECK_FALSE(options.ipfs.api.has_value());
  CHECK(options.peers.empty());
  CHECK((options.ipfs.timeout == seconds(5)));
}

TEST_CASE("options: errors are one line on stderr and exit code 2") {
  struct Row {
    Arguments arguments;
    std::string part;  // of the line
  };
  const Row rows[] = {
      {{"--ipfs.apo=none"}, "--ipfs.apo"},
      {{"word"}, "word"},
      {{"-x"}, "-x"},
      {{"--ipfs.api=localhost:5001"}, "--ipfs.api"},
      {{"--ipfs.api=http://127.0.0.1:0"}, "port"},
      {{"--ipfs.timeout=5"}, "--ipfs.timeout"},
      {{"--ipfs.timeout=0s"}, "--ipfs.timeout"},
      {{"--ipfs.timeout="}, "--ipfs.timeout"},
      {{"--ipfs.timeout"}, "--ipfs.timeout"},
      {{"--ipfs.budget=2"}, "--ipfs.budget"},
      {{"--ipfs.budget=-1"}, "--ipfs.budget"},
      {{"--ipfs.budget=nan"}, "--ipfs.budget"},
      {{"--ipfs.budget=much"}, "--ipfs.budget"},
      {{"--peer.stats=/run/stats.sock"}, "--peer.stats"},
      {{"--peer.stats=unix:/a b"}, "\"unix:/a b\""},
      {{"--peer.stats=a=b=unix:/x"}, "--peer.stats"},
      {{"--peer.format=xml"}, "--peer.format"},
      {{"--peer.mapping=/nowhere.yml"}, "--peer.mapping"},
      {{"--peer.mapping=/nowhere.yml", "--peer.format=key-value"},
       "--peer.mapping"},
      {{"--peer.namespace=1st"}, "--peer.namespace"},
      {{"--peer.namespace=a-b"}, "--peer.namespace"},
      {{"--peer.namespace="}, "--peer.namespace"},
      {{"--peer.interval=10"}, "--peer.interval"},
      {{"--peer.timeout=ten"}, "--peer.timeout"},
      {{"--peer.max-bytes=1GiB"}, "--peer.max-bytes"},
      {{"--peer.max-series=0"}, "--peer.max-series"},
      {{"--peer.max-series=-5"}, "--peer.max-series"},
      {{"--peer.max-series=many"}, "--peer.max-series"},
      {{"--config.file=/"}, "/: not a file"},
      {{"--peer.mapping=/"}, "/: not a file"},
      {{"--ipfs.auth-file=/"}, "/: not a file"},
      {{"--ipfs.ca-file=/"}, "--ipfs.ca-file: /: not a file"},
      {{"--ipfs.key-file=/etc/hostname"}, "needs --ipfs.cert-file"},
      {{"--ipfs.resource-scopes=peer"}, "--ipfs.resource-scopes"},
      {{"--ipfs.resource-scopes=service,service"}, "twice"},
      {{"--peer.request=x", "--peer.stats=http://127.0.0.1:1/"},
       "--peer.request"},
      {{R"(--peer.request=a\b)"}, "--peer.request: unknown escape at byte 1"},
      {{"--web.listen-address="}, "--web.listen-address"},
      {{"--web.telemetry-path=/metrics?a"}, "--web.telemetry-path"},
      {{"--web.telemetry-path=/m%20x"}, "--web.telemetry-path"},
      {{"--web.telemetry-path=/metrics#a"}, "--web.telemetry-path"},
      {{"--web.telemetry-path=metrics"}, "--web.telemetry-path"},
      {{"--web.telemetry-path=/"}, "--web.telemetry-path"},
      {{"--web.telemetry-path=/m/"}, "--web.telemetry-path"},
      {{"--web.telemetry-path=/-/healthy"}, "--web.telemetry-path"},
      {{"--log.level=loud"}, "--log.level"},
      {{"--log.format=xml"}, "--log.format"},
      {{"--collector.ipfs.swarm=often"}, "--collector.ipfs.swarm"},
      {{"--collector.ipfs.nothing"}, "--collector.ipfs.nothing"},
      {{"--ipfs.api=none"}, "at least one --peer.stats is needed"},
      {{"--ipfs.api=none", "--peer.stats=none"},
       "at least one --peer.stats is needed"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.arguments[0]);
    const auto exit = Ends(row.arguments);
    CHECK(exit.code == 2);
    CHECK(exit.text.starts_with("ipfs_peer_exporter: "));
    CHECK(exit.text.find(row.part) != std::string::npos);
    CHECK(std::count(exit.text.begin(), exit.text.end(), '\n') == 1);
    CHECK(exit.text.ends_with('\n'));
  }
}

TEST_CASE("options: a password in a URL is not repeated") {
  for (const std::string flag : {"--ipfs.api=", "--peer.stats="}) {
    CAPTURE(flag);
    const auto exit = Ends({flag + "http://user:secret@192.0.2.1:1/"});
    CHECK(exit.code == 2);
    CHECK(exit.text.find("secret") == std::string::npos);
  }
}

TEST_CASE("options: help and version go to stdout with exit code 0") {
  const auto help = Ends({"--help"});
  CHECK(help.code == 0);
  for (const std::string flag :
       {"--ipfs.api", "--peer.stats", "--web.listen-address", "--log.level",
        "--collector.ipfs.swarm", "--no-collector.NAME"}) {
    CAPTURE(flag);
    CHECK(help.text.find(flag) != std::string::npos);
  }
  const auto version = Ends({"--version"});
  CHECK(version.code == 0);
  CHECK(version.text.starts_with("ipfs_peer_exporter "));
}

TEST_CASE("options: peers with names") {
  struct Row {
    std::string stats;
    std::string name;
    std::string path;
  };
  const Row rows[] = {
      {"unix:/a", "", "/a"},
      {"left=unix:/a", "left", "/a"},
      {"L-1_x=unix:/a", "L-1_x", "/a"},
      {"http://192.0.2.1/?a=b", "", "/?a=b"},
      {"left=http://192.0.2.1/?a=b", "left", "/?a=b"},
      {"unix:/a=b", "", "/a=b"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.stats);
    const auto options = Good({"--peer.stats=" + row.stats});
    REQUIRE(options.peers.size() == 1);
    CHECK(options.peers[0].name == row.name);
    const auto& address = options.peers[0].address;
    CHECK((address.kind == StatsAddress::Kind::kHttp
               ? address.page
               : address.socket.text) == row.path);
  }
}

TEST_CASE("options: several peers need different names") {
  const auto options =
      Good({"--peer.stats=left=unix:/a", "--peer.stats=right=unix:/b"});
  REQUIRE(options.peers.size() == 2);
  CHECK(options.peers[0].name == "left");
  CHECK(options.peers[1].name == "right");
  CHECK(Ends({"--peer.stats=unix:/a", "--peer.stats=unix:/b"})
            .text.find("NAME=URL") != std::string::npos);
  CHECK(Ends({"--peer.stats=a=unix:/a", "--peer.stats=a=unix:/b"})
            .text.find("named a") != std::string::npos);
}

TEST_CASE("options: peer names that give the same collector") {
  // peer.stats is the collector of a peer without a name.
  CHECK(Ends({"--peer.stats=unix:/a", "--peer.stats=stats=unix:/b"}).code == 2);
}

TEST_CASE("options: neither daemon nor peer") {
  const auto options =
      Good({"--ipfs.api=none", "--peer.stats=left=unix:/run/stats.sock"});
  CHECK_FALSE(options.ipfs.enabled);
  CHECK(Good({"--peer.stats=none"}).peers.empty());
  CHECK(Good({"--peer.stats=none", "--peer.stats=none"}).peers.empty());
}

// The collectors of the table that are on by default, but one.
std::string Defaults(std::string_view except = "") {
  std::string text;
  for (const auto* collector : ipfs::Collectors()) {
    if (!collector->on_by_default || collector->name == except) continue;
    text += std::string(collector->name) + "=" +
            FormatDuration(collector->interval) + " ";
  }
  return text;
}

TEST_CASE("options: which collectors are on, and how often they poll") {
  CHECK(Collectors({}) == Defaults());
  CHECK(Collectors({"--collector.ipfs.swarm"}) == Defaults());
  CHECK(Collectors({"--collector.ipfs.swarm=200ms"}).find("swarm=200ms ") !=
        std::string::npos);
  CHECK(Collectors({"--no-collector.ipfs.swarm"}) == Defaults("swarm"));
  CHECK(Collectors({"--collector.disable-defaults"}) == "health=10s ");
  CHECK(Collectors({"--collector.disable-defaults", "--collector.ipfs.repo",
                    "--collector.ipfs.swarm=1s"}) ==
        "health=10s swarm=1s repo=30s ");
}

TEST_CASE("options: every collector but ipfs.health can be turned off") {
  for (const auto* collector : ipfs::Collectors()) {
    if (collector == &ipfs::Health()) continue;
    CAPTURE(collector->name);
    const std::string name(collector->name);
    CHECK(Collectors({"--collector.ipfs." + name + "=3s",
                      "--no-collector.ipfs." + name}) == Defaults(name));
  }
}

TEST_CASE("options: a collector turned on and off is off") {
  CHECK(Collectors({"--collector.disable-defaults", "--collector.ipfs.repo",
                    "--no-collector.ipfs.repo"}) == "health=10s ");
}

TEST_CASE("options: ipfs.health is always on") {
  CHECK(Ends({"--no-collector.ipfs.health"}).code == 2);
  CHECK(Collectors({"--collector.disable-defaults",
                    "--collector.ipfs.health=1s"}) == "health=1s ");
}

}  // namespace
}  // namespace ipfs_peer_exporter
