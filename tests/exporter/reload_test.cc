#include "exporter/reload.h"

#include <doctest/doctest.h>

#include <fstream>

#include "exporter/config/command_line.h"
#include "tests/exporter/scoped.h"

namespace ipfs_peer_exporter {
namespace {

// A start with a configuration file and these flags.
class Started {
 public:
  explicit Started(const std::string& config,
                   std::vector<std::string> flags = {}) {
    Write(config);
    flags.push_back("--config.file=" + path());
    std::vector<const char*> argv{"ipfs_peer_exporter"};
    for (const auto& flag : flags) argv.push_back(flag.c_str());
    auto parsed = ParseOptions(static_cast<int>(argv.size()), argv.data());
    if (const auto* exit = std::get_if<Exit>(&parsed)) FAIL(exit->text);
    options = std::get<Options>(std::move(parsed));
  }

  std::string path() const { return folder_.File("config.yml"); }
  void Write(const std::string& config) { std::ofstream(path()) << config; }

  Options options;

 private:
  ScopedFolder folder_;
};

TEST_CASE("reload: the file is read again, and flags still win") {
  Started started("ipfs.timeout: 1s\npeer.interval: 1s\n",
                  {"--peer.interval=9s"});
  started.Write("ipfs.timeout: 2s\npeer.interval: 2s\n");
  const auto [next, files] = ReadAgain(started.options);
  REQUIRE(next);
  CHECK((next->ipfs.timeout == std::chrono::seconds(2)));
  CHECK((next->peer_interval == std::chrono::seconds(9)));
  REQUIRE(files.size() == 1);
  CHECK(files[0].path == started.path());
  CHECK((files[0].identity == IdentityOf(started.path())));
  CHECK_FALSE((files == started.options.files));

  // From the options of a reload, another one starts as from the first.
  started.Write("");
  const auto again = ReadAgain(*next);
  REQUIRE(again.options);
  CHECK((again.options->ipfs.timeout == std::chrono::seconds(5)));
  CHECK((again.options->peer_interval == std::chrono::seconds(9)));
}

TEST_CASE("reload: the files of a failed attempt are known") {
  Started started("");
  started.Write("peer.mapping: /nowhere/mapping.yml\n");
  const auto [next, files] = ReadAgain(started.options);
  REQUIRE_FALSE(next);
  REQUIRE(files.size() == 2);
  CHECK(files[1].path == "/nowhere/mapping.yml");
  CHECK_FALSE(files[1].identity.has_value());
}

TEST_CASE("reload: equal options are equal, part by part") {
  const Started started(
      "peer.stats: [a=unix:/a, b=tcp://127.0.0.1:1, c=http://h/x]\n"
      "ipfs.api: /ip4/127.0.0.1/tcp/5001\n");
  const auto next = ReadAgain(started.options).options;
  REQUIRE(next);
  CHECK((next->ipfs == started.options.ipfs));
  CHECK((next->peers == started.options.peers));
  CHECK((next->files == started.options.files));
}

TEST_CASE("reload: settings that only a start can change") {
  struct Row {
    std::string config;
    std::string flag;  // empty: the change is allowed
  };
  const Row rows[] = {
      {"web.listen-address: 127.0.0.1:1", "--web.listen-address"},
      {"web.listen-address: 127.0.0.1:10055", ""},  // the default
      {"web.systemd-socket: true", "--web.systemd-socket"},
      {"web.systemd-socket: false", ""},
      {"log.format: json", "--log.format"},
      {"log.level: debug", ""},
      {"web.telemetry-path: /x", ""},
      {"web.enable-lifecycle: true", ""},
      {"config.auto-reload: true", ""}};
  for (const auto& [config, flag] : rows) {
    CAPTURE(config);
    Started started("");
    started.Write(config);
    const auto next = ReadAgain(started.options).options;
    REQUIRE(next);
    const auto checked = CheckFixedSettings(started.options, *next);
    CHECK(checked.has_value() == flag.empty());
    if (!checked) CHECK(checked.error().message.starts_with(flag + ": "));
  }
}

TEST_CASE("reload: the web configuration file is another") {
  const Started other("");
  Started started("");
  started.Write("web.config.file: " + other.path());
  const auto next = ReadAgain(started.options).options;
  REQUIRE(next);
  const auto checked = CheckFixedSettings(started.options, *next);
  REQUIRE_FALSE(checked);
  CHECK(checked.error().message.starts_with("--web.config.file: "));
}

TEST_CASE("reload: an Exporter takes other options, and counters stay") {
  Started started("ipfs.api: none\npeer.stats: [a=unix:/nowhere]\n");
  Exporter exporter(started.options);
  const ServiceManager manager;
  Reloader reloader(exporter, started.options, manager);
  exporter.scrapes.Count("metrics", 200, Format::kText);
  std::string outcomes;
  const auto reload = [&](const std::string& config) {
    started.Write(config);
    reloader.Reload({[&](const Status& outcome) {
      outcomes += outcome ? "+" : outcome.error().message + " ";
    }});
  };
  const auto names = [&] {
    std::string text;
    for (const auto& entry : exporter.store.Current()->entries) {
      text += entry.collector + " ";
    }
    return text;
  };
  reload("ipfs.api: none\npeer.stats: [b=unix:/nowhere, a=unix:/nowhere]\n");
  CHECK(names() == "peer.b peer.a  ");
  reload("ipfs.api: none\n");
  CHECK(names() == "peer.b peer.a  ");
  reload("peer.stats: [b=unix:/nowhere]\ncollector.disable-defaults: true\n");
  CHECK(names() == "ipfs.health peer.b  ");
  CHECK(outcomes ==
        "+--ipfs.api: with \"none\", at least one --peer.stats is needed +");
  CHECK(exporter.store.Current()->site->settings.size() == 3);
}

}  // namespace
}  // namespace ipfs_peer_exporter
