#include "exporter/poll/peer_poller.h"

#include <algorithm>
#include <utility>

#include "adapters/peer/text_lines.h"
#include "exporter/base/log.h"
#include "exporter/poll/schedule.h"

namespace ipfs_peer_exporter {
namespace {

constexpr Family kUp{"peer_up", kGauge,
                     "1 if the peer's last stats could be read."};

enum Part : std::size_t { kUpPart, kStatsPart, kParts };

// A request ends with a newline, unless it is none.
std::string AsLine(std::string request) {
  if (!request.empty() && !request.ends_with('\n')) request += '\n';
  return request;
}

}  // namespace

const Family& PeerUpFamily() { return kUp; }

PeerPoller::PeerPoller(const Options& options, const PeerOptions& peer,
                       Timers& timers, HttpFetcher& http,
                       SocketFetcher& sockets, Store& store,
                       Publisher& publisher)
    : peer_(peer),
      interval_(options.peer_interval),
      timeout_(options.peer_timeout),
      max_bytes_(options.peer_max_bytes),
      request_(AsLine(options.peer_request)),
      format_(*options.peer_format),
      mapping_(options.peer_mapping),
      explains_(options.once),
      translation_{options.peer_namespace, peer.name, options.peer_max_series,
                   options.peer_max_bytes},
      timers_(timers),
      http_(http),
      sockets_(sockets),
      publisher_(publisher),
      state_(store.Add(peer.collector(), "peer", options.peer_interval)) {
  state_.parts.resize(kParts);
}

PeerPoller::~PeerPoller() {
  timers_.Cancel(timer_);
  http_.Cancel(http_call_);
  sockets_.Cancel(socket_call_);
}

void PeerPoller::Start() {
  const auto& http = peer_.address.http;
  if (!peer_.auth_file.empty() && !http.local &&
      http.base.starts_with("http:")) {
    Log(LogLevel::kWarn, "credentials go over the network in clear text",
        {{"collector", state_.name}, {"address", peer_.address.text}});
  }
  timer_ = timers_.At(timers_.Now(), [this] { Poll(); });
}

void PeerPoller::Poll() {
  started_ = timers_.Now();
  if (peer_.address.kind == StatsAddress::Kind::kHttp) return AskHttp();
  socket_call_ = sockets_.Start({.address = peer_.address.socket,
                                 .request = request_,
                                 .timeout = timeout_,
                                 .max_bytes = max_bytes_,
                                 .done = [this](Result<std::string> reply) {
                                   OnReply(std::move(reply));
                                 }});
}

void PeerPoller::AskHttp() {
  const auto credentials =
      peer_.auth_file.empty() ? Credentials{} : ReadAuthFile(peer_.auth_file);
  if (!credentials) return OnReply(credentials.error());
  body_.clear();
  http_call_ = http_.Start(
      {.address = peer_.address.http,
       .credentials = *credentials,
       .tls = peer_.tls,
       .path = peer_.address.page,
       .timeout = timeout_,
       .max_bytes = max_bytes_,
       .on_body = [this](int status, std::string_view bytes) -> Status {
         if (status != 200) return Ok();  // nobody reads it
         if (body_.size() + bytes.size() > max_bytes_) {
           return Error{Reason::kTooLarge,
                        "more than " + std::to_string(max_bytes_) + " bytes"};
         }
         body_ += bytes;
         return Ok();
       },
       .done = [this](const HttpResult& reply) { OnHttpReply(reply); }});
}

void PeerPoller::OnHttpReply(const HttpResult& reply) {
  if (reply.error) return OnReply(*reply.error);
  if (reply.status == 200) return OnReply(std::move(body_));
  const bool denied = reply.status == 401 || reply.status == 403;
  OnReply(Error{denied ? Reason::kAuth : Reason::kHttpStatus,
                "HTTP " + std::to_string(reply.status)});
}

void PeerPoller::OnReply(Result<std::string> reply) {
  state_.skips = nullptr;
  const auto status =
      reply ? Translate(std::move(*reply)) : Status(reply.error());
  PollResult result;
  result.took = timers_.Now() - started_;
  if (!status) {
    result.error = status.error();
    ++state_.errors[status.error().reason];
  }
  publisher_.Record(state_, result);
  SetUp(status);
  publisher_.Publish(state_, result);
  auto wait = interval_;
  if (state_.polls == 1) wait = Spread(wait, random_);
  timer_ =
      timers_.At(std::max(started_ + wait, timers_.Now()), [this] { Poll(); });
}

Status PeerPoller::Translate(std::string bytes) {
  peer::DropByteOrderMark(bytes);
  if (bytes.empty()) return Error{Reason::kParse, "an empty reply"};
  if (bytes.starts_with("\x1f\x8b")) return NotAsked("gzip");
  peer::Samples samples(translation_);
  const auto status = mapping_ ? TranslateByMapping(bytes, samples)
                               : format_.translate(bytes, samples);
  if (!status) return status;
  KeepSkipped(samples);
  state_.parts[kStatsPart] = {RenderBlock(samples.families()), timers_.Now()};
  return Ok();
}

void PeerPoller::KeepSkipped(const peer::Samples& samples) {
  Skips skips;
  for (const auto& [reason, count] : samples.skipped()) {
    state_.skipped[reason] += count;
    const auto names = samples.skipped_names().find(reason);
    skips.push_back({reason, count, {}});
    if (names == samples.skipped_names().end()) continue;
    skips.back().names = names->second;
  }
  state_.skips = std::make_shared<const Skips>(std::move(skips));
}

Status PeerPoller::TranslateByMapping(std::string& bytes,
                                      peer::Samples& samples) {
  const auto counts = peer::TranslateMapped(bytes, *mapping_, samples);
  if (!counts) return counts.error();
  if (!explains_) return Ok();
  state_.notes.clear();
  for (std::size_t i = 0; i < counts->size(); ++i) {
    state_.notes.push_back(Explain(mapping_->metrics[i], (*counts)[i]));
  }
  return Ok();
}

void PeerPoller::SetUp(const Status& status) {
  const bool up = status.has_value();
  if (up == up_) return;
  up_ = up;
  Families families;
  families.Add(kUp, up,
               peer_.name.empty() ? Labels{} : Labels{{"peer", peer_.name}});
  state_.parts[kUpPart] = {RenderBlock(families), timers_.Now(), true};
  LogUp(status);
}

void PeerPoller::LogUp(const Status& status) const {
  if (status) {
    Log(LogLevel::kInfo, "peer up",
        {{"collector", state_.name}, {"address", peer_.address.text}});
  } else {
    Log(LogLevel::kWarn, "peer down",
        {{"collector", state_.name},
         {"address", peer_.address.text},
         {"reason", std::string(Name(status.error().reason))},
         {"error", status.error().message}});
  }
}

}  // namespace ipfs_peer_exporter
