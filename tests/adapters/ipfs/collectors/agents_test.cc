#include "adapters/ipfs/agents.h"

#include <doctest/doctest.h>

#include "tests/adapters/ipfs/ask.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

using Peers = AgentNames::Peers;
using Time = AgentNames::Clock::time_point;

TEST_CASE("agents: the name of an agent, in the words of strangers") {
  struct Row {
    std::string agent_version;
    std::string name;
  };
  const std::string longest(32, 'a');
  const Row rows[] = {
      {"", "unknown"},
      // Invalid names.
      {"/", "other"},
      {"/0.42.0", "other"},
      {" kubo/0.42.0", "other"},
      {"my agent/1.2", "other"},
      {"a\"b/1.2", "other"},
      {"a\\b", "other"},
      {"a\nb/1.2", "other"},
      {"{a=\"b\"}", "other"},
      {"<script>/1.2", "other"},
      {"k\xC3\xBC"
       "bo/0.42.0",
       "other"},
      {"\xFF\xFE/1.2", "other"},
      {std::string("ku\0bo/1.2", 9), "other"},
      {longest + "a/1.2", "other"},
      {"12D3KooWEmpfiG3fhX1UEoiKQbS5JGZJBtRhPh8fwhYbikR4YPeB", "other"},
      // Without a version, or with an invalid one.
      {"kubo", "kubo"},
      {"kubo/", "kubo"},
      {"kubo//0.42.0", "kubo"},
      {"kubo/dev", "kubo"},
      {"kubo/1", "kubo"},
      {"kubo/-1.2", "kubo"},
      {"kubo/1.-2", "kubo"},
      {"kubo/10000.1", "kubo"},
      {"kubo/99999999999.1", "kubo"},
      {"kubo/vv1.2", "kubo"},
      {"github.com/libp2p/go-libp2p", "github.com"},
      // With one.
      {"kubo/0.42.0/969853d96/docker", "kubo/0.42"},
      {"kubo/0.43.0-rc1/322d94346", "kubo/0.43"},
      {"go-ipfs/0.8.0/", "go-ipfs/0.8"},
      {"js-libp2p/v1.2.3 UserAgent=node", "js-libp2p/1.2"},
      {"kubo/00.042", "kubo/0.42"},
      {"a_b+c.d-e/1.2.3", "a_b+c.d-e/1.2"},
      {longest + "/9999.9999", longest + "/9999.9999"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.agent_version);
    CHECK(AgentName(row.agent_version) == row.name);
  }
}

TEST_CASE("agents: whoever is frequent at the first poll is shown at once") {
  AgentNames names;
  CHECK(
      (names.Show({{"a", 5}, {"b", 3}, {"c", 1}, {"unknown", 4}}, 2, Time{}) ==
       Peers{{"a", 5}, {"b", 3}, {"other", 1}, {"unknown", 4}}));
}

TEST_CASE("agents: later on one enters that is frequent twice in a row") {
  AgentNames names;
  names.Show({{"a", 5}}, 2, Time{});
  CHECK((names.Show({{"a", 5}, {"b", 9}}, 2, Time{}) ==
         Peers{{"a", 5}, {"other", 9}}));
  // Not frequent in one poll: the count starts again.
  CHECK((names.Show({{"a", 5}}, 2, Time{}) == Peers{{"a", 5}}));
  CHECK((names.Show({{"a", 5}, {"b", 9}}, 2, Time{}) ==
         Peers{{"a", 5}, {"other", 9}}));
  CHECK((names.Show({{"a", 5}, {"b", 9}}, 2, Time{}) ==
         Peers{{"a", 5}, {"b", 9}}));
}

TEST_CASE("agents: after a first poll without peers none is shown at once") {
  AgentNames names;
  CHECK((names.Show({}, 2, Time{}) == Peers{}));
  CHECK((names.Show({{"a", 1}}, 2, Time{}) == Peers{{"other", 1}}));
  CHECK((names.Show({{"a", 1}}, 2, Time{}) == Peers{{"a", 1}}));
}

TEST_CASE("agents: of equally frequent ones the names decide") {
  AgentNames names;
  CHECK((names.Show({{"c", 1}, {"b", 1}, {"a", 1}}, 2, Time{}) ==
         Peers{{"a", 1}, {"b", 1}, {"other", 1}}));
}

TEST_CASE("agents: one stays for an hour after its last peer, at 0") {
  using std::chrono::minutes;
  AgentNames names;
  const Peers both{{"a", 1}, {"b", 1}};
  const Peers gone{{"a", 0}, {"b", 1}};
  names.Show(both, 2, Time{});
  CHECK((names.Show({{"b", 1}}, 2, Time{minutes(59)}) == gone));
  // It came back, so its hour starts again.
  CHECK((names.Show(both, 2, Time{minutes(59)}) == both));
  CHECK((names.Show({{"b", 1}}, 2, Time{minutes(118)}) == gone));
  CHECK((names.Show({{"b", 1}}, 2, Time{minutes(119)}) == Peers{{"b", 1}}));
  CHECK((names.Show(both, 2, Time{minutes(120)}) ==
         Peers{{"b", 1}, {"other", 1}}));
}

TEST_CASE("agents: a shown agent is kept while it has peers") {
  AgentNames names;
  names.Show({{"a", 2}}, 1, Time{});
  for (int hour = 1; hour < 4; ++hour) {
    const Time now{std::chrono::hours(hour)};
    CHECK((names.Show({{"a", 2}, {"b", 1}}, 1, now) ==
           Peers{{"a", 2}, {"other", 1}}));
  }
}

TEST_CASE("agents: at most 2 * top agents are shown") {
  AgentNames names;
  // Each hundred polls another pair of names is the most frequent one.
  for (int i = 0; i < 1000; ++i) {
    const auto number = std::to_string(i / 100);
    const auto shown = names.Show(
        {{"x" + number, 2}, {"y" + number, 3}, {"last", 1}}, 2, Time{});
    CAPTURE(i);
    CHECK(shown.size() <= 2 * 2 + 1);  // and "other"
    CHECK(shown.contains("x" + number) == (i < 100 || i % 100 != 0));
  }
}

TEST_CASE("agents: of too many the one with the fewest peers leaves") {
  AgentNames names;
  names.Show({{"a", 9}}, 1, Time{});
  names.Show({{"a", 3}, {"b", 9}}, 1, Time{});
  CHECK((names.Show({{"a", 3}, {"b", 9}}, 1, Time{}) ==
         Peers{{"a", 3}, {"b", 9}}));
  names.Show({{"a", 3}, {"b", 2}, {"c", 9}}, 1, Time{});
  CHECK((names.Show({{"a", 3}, {"b", 2}, {"c", 9}}, 1, Time{}) ==
         Peers{{"a", 3}, {"c", 9}, {"other", 2}}));
}

TEST_CASE("agents: a top of 0 shows no agent by name") {
  AgentNames names;
  for (int i = 0; i < 3; ++i) {
    CHECK((names.Show({{"a", 1}, {"b", 2}, {"unknown", 3}}, 0, Time{}) ==
           Peers{{"other", 3}, {"unknown", 3}}));
  }
}

TEST_CASE("agents: strangers that call themselves other or unknown") {
  AgentNames names;
  for (int i = 0; i < 2; ++i) {
    CHECK((names.Show({{"other", 5}, {"unknown", 4}, {"a", 1}}, 1, Time{}) ==
           Peers{{"a", 1}, {"other", 5}, {"unknown", 4}}));
  }
}

Asked Agents(const std::string& body) {
  return Ask(agents_collector, "swarm/peers", Answer{200, body});
}

TEST_CASE("agents: a reply without a list of Peers is rejected") {
  struct Row {
    std::string body;
    std::string verdict;
  };
  const Row rows[] = {
      {R"({})", "schema"},
      {R"(null)", "schema"},
      {R"([])", "schema"},
      {R"({"Peers":5})", "schema"},
      {R"({"Peers":{}})", "schema"},
      {R"({"Peers":{"Qm":{}}})", "schema"},
      {R"({"Peers":null,"Other":[{"Peer":"Qm","Identify":{}}]})", "schema"},
      {R"({"Peers":[{}]})", "schema"},
      {R"({"Peers":[null]})", "schema"},
      {R"({"Peers":[{"Peer":""}]})", "schema"},
      {R"({"Peers":[{"Peer":7}]})", "schema"},
      {R"({"Peers":[{"Peer":"Qm"})", "parse"},
      {R"({"Peers":[{"Peer":Qm}]})", "parse"},
      {"<html></html>", "parse"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.body);
    CHECK(Agents(row.body).verdict == row.verdict);
  }
}

TEST_CASE("agents: recorded daemons, of which the old and the offline cannot") {
  struct Row {
    std::string daemon;
    std::string verdict;
    std::string lines;
  };
  const Row rows[] = {
      {"v0.8.0/online", "unsupported", ""},
      {"v0.19.2/online", "unsupported", ""},
      {"v0.42.0/offline", "unsupported", ""},
      {"v0.20.0/minimal", "ok",
       "ipfs_swarm_agent_peers{agent=\"kubo/0.20\"} 1\n"},
      {"v0.42.0/online", "ok",
       "ipfs_swarm_agent_peers{agent=\"kubo/0.42\"} 2\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.daemon);
    const auto asked =
        Ask(agents_collector, "swarm/peers", Recorded(row.daemon));
    CHECK(asked.verdict == row.verdict);
    CHECK(asked.lines == row.lines);
  }
}

TEST_CASE("agents: no connections") {
  for (const std::string body : {R"({"Peers":null})", R"({"Peers":[]})"}) {
    CAPTURE(body);
    CHECK(Agents(body).verdict == "ok");
    CHECK(Agents(body).lines == "");
  }
}

TEST_CASE("agents: peers count once, some have no agent") {
  CHECK(Agents(R"({"Peers":[
            {"Peer":"A","Identify":{"AgentVersion":"kubo/0.42.0/"}},
            {"Peer":"A","Identify":{"AgentVersion":"kubo/0.42.0/"}},
            {"Peer":"B","Identify":{"AgentVersion":"kubo/0.42.1"}},
            {"Peer":"C","Identify":{"AgentVersion":"a\"b\n"}},
            {"Peer":"D","Identify":{"AgentVersion":""}},
            {"Peer":"E","Identify":{}},
            {"Peer":"F","Identify":null},
            {"Peer":"G"}]})")
            .lines ==
        "ipfs_swarm_agent_peers{agent=\"kubo/0.42\"} 2\n"
        "ipfs_swarm_agent_peers{agent=\"other\"} 1\n"
        "ipfs_swarm_agent_peers{agent=\"unknown\"} 4\n");
}

TEST_CASE("agents: one that announces more than is read is another") {
  std::string addresses = R"("/ip4/192.0.2.1/tcp/4001")";
  while (addresses.size() <= 64 * 1024) addresses += "," + addresses;
  const auto large =
      R"({"Addr":"/ip4/192.0.2.1/tcp/4001","Peer":"A","Identify":{"ID":"A",)"
      R"("PublicKey":"CAES","Addresses":[)" +
      addresses + R"(],"AgentVersion":"kubo/0.42.0/","Protocols":null}})";
  CHECK(Agents(R"({"Peers":[)" + large + "," + large +
               R"(,{"Peer":"B","Identify":{"AgentVersion":"kubo/0.42.1"}}]})")
            .lines ==
        "ipfs_swarm_agent_peers{agent=\"kubo/0.42\"} 1\n"
        "ipfs_swarm_agent_peers{agent=\"other\"} 1\n");
  CHECK(Agents(R"({"Peers":[{"Addresses":[)" + addresses + R"(],"Peer":"A"}]})")
            .verdict == "too_large");
}

TEST_CASE("agents: the names are kept from poll to poll, as many as wanted") {
  Settings settings;
  settings.top = 1;
  DaemonState daemon;
  const auto show = [&](const std::string& agents) {
    std::string body;
    for (const char agent : agents) {
      body += body.empty() ? "" : ",";
      body += R"({"Peer":"Qm)" + std::to_string(body.size()) +
              R"(","Identify":{"AgentVersion":")" + agent + "\"}}";
    }
    return Ask(agents_collector, "swarm/peers",
               {200, R"({"Peers":[)" + body + "]}"}, daemon, settings)
        .lines;
  };
  const std::string series = "ipfs_swarm_agent_peers{agent=\"";
  CHECK(show("aab") == series + "a\"} 2\n" + series + "other\"} 1\n");
  CHECK(show("abb") == series + "a\"} 1\n" + series + "other\"} 2\n");
  CHECK(show("abb") == series + "a\"} 1\n" + series + "b\"} 2\n");
  daemon.now += std::chrono::hours(1);
  CHECK(show("bb") == series + "b\"} 2\n");
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
