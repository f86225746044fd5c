#include <doctest/doctest.h>

#include "tests/adapters/ipfs/ask.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

Settings Topics(std::vector<std::string> topics) {
  Settings settings;
  settings.pubsub_topics = std::move(topics);
  return settings;
}

TEST_CASE("pubsub: a reply without Strings is rejected") {
  for (const std::string call : {"pubsub/ls", "pubsub/peers"}) {
    for (const std::string body :
         {"{}", "null", "[]", R"(["a"])", R"({"Peers":null})",
          R"({"strings":["a"]})", R"({"Strings":"a"})", R"({"Strings":{}})",
          R"({"Strings":1})"}) {
      CAPTURE(call);
      CAPTURE(body);
      CHECK(Ask(pubsub_collector, call, {200, body}).verdict == "schema");
    }
    CHECK(Ask(pubsub_collector, call, {200, "<html>"}).verdict == "parse");
  }
}

TEST_CASE("pubsub: a daemon in which it is off, in the words of all versions") {
  for (const std::string daemon :
       {"v0.8.0/offline", "v0.8.0/minimal", "v0.42.0/offline",
        "v0.42.0/minimal", "v0.44.0-dev/minimal"}) {
    for (const std::string call : {"pubsub/ls", "pubsub/peers"}) {
      CAPTURE(daemon);
      CAPTURE(call);
      CHECK(Ask(pubsub_collector, call, Recorded(daemon)).verdict ==
            "unsupported");
    }
  }
}

TEST_CASE("pubsub: topics and peers of recorded daemons") {
  for (const std::string daemon : {"v0.8.0/online", "v0.42.0/online"}) {
    CAPTURE(daemon);
    const Recorded recorded(daemon);
    CHECK(Ask(pubsub_collector, "pubsub/ls", recorded).lines ==
          "ipfs_pubsub_topics 2\n");
    CHECK(Ask(pubsub_collector, "pubsub/peers", recorded).lines ==
          "ipfs_pubsub_peers 2\n");
  }
}

TEST_CASE("pubsub: null and empty lists, and repeated strings") {
  struct Row {
    std::string strings;
    std::string count;
  };
  const Row rows[] = {
      {"null", "0"}, {"[]", "0"}, {R"(["a"])", "1"}, {R"(["a","b","a"])", "2"}};
  for (const auto& row : rows) {
    CAPTURE(row.strings);
    CHECK(Ask(pubsub_collector, "pubsub/peers",
              {200, R"({"Strings":)" + row.strings + "}"})
              .lines == "ipfs_pubsub_peers " + row.count + "\n");
  }
}

TEST_CASE("pubsub: topics are in multibase since 0.11") {
  const auto requests = pubsub_collector.requests(Topics({"a b", "t"}));
  REQUIRE(requests.size() == 6);
  struct Row {
    std::string target;
    std::string since;
    std::string before;
  };
  const Row rows[] = {
      {"pubsub/ls", "", ""},
      {"pubsub/peers", "", ""},
      {"pubsub/peers?arg=uYSBi", "0.11", ""},
      {"pubsub/peers?arg=a%20b", "", "0.11"},
      {"pubsub/peers?arg=udA", "0.11", ""},
      {"pubsub/peers?arg=t", "", "0.11"},
  };
  for (std::size_t i = 0; i < requests.size(); ++i) {
    CAPTURE(i);
    CHECK(requests[i].target == rows[i].target);
    CHECK(requests[i].since == rows[i].since);
    CHECK(requests[i].before == rows[i].before);
  }
}

TEST_CASE("pubsub: the peers of a topic, under the name that it was given") {
  struct Row {
    std::string daemon;
    std::string call;
  };
  const Row rows[] = {
      {"v0.8.0/online", "pubsub/peers?arg=exporter-test"},
      {"v0.42.0/online", "pubsub/peers?arg=uZXhwb3J0ZXItdGVzdA"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.daemon);
    const Recorded recorded(row.daemon);
    DaemonState daemon;
    CHECK(Ask(pubsub_collector, row.call, recorded.Find("/api/v0/" + row.call),
              daemon, Topics({"exporter-test"}))
              .lines == "ipfs_pubsub_topic_peers{topic=\"exporter-test\"} 1\n");
  }
}

TEST_CASE("pubsub: disabled") {
  for (const std::string call : {"pubsub/ls", "pubsub/peers"}) {
    for (const std::string message :
         {"experimental pubsub feature not enabled. Run daemon with "
          "--enable-pubsub-experiment to use.",
          "experimental pubsub feature not enabled, run daemon with "
          "--enable-pubsub-experiment to use"}) {
      CHECK(AskError(pubsub_collector, call, message) == "unsupported");
    }
  }
  CHECK(AskError(pubsub_collector, "pubsub/ls", "pubsub is broken") ==
        "http_status");
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
