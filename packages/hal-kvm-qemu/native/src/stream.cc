#include "stream.h"

#include <utility>

#include "event_loop.h"

namespace virtkit {
namespace {

constexpr size_t kReadSize = 64 * 1024;
constexpr int kWouldBlock = -2;  // virStreamRecv and virStreamSend on a non-blocking stream.

// Ends and frees a stream that no callback knows any more; blocks.
void EndStream(virStreamPtr stream, bool abort) {
  const auto& lv = Lv();
  // The answer of abort means nothing: the stream is given up either way.
  if (abort) {
    lv.virStreamAbort(stream);
    lv.virStreamFree(stream);
    return;
  }
  const int result = lv.virStreamFinish(stream);
  Failure failure = result < 0 ? LastError() : Failure{};
  lv.virStreamFree(stream);
  if (result < 0) throw failure;
}

}  // namespace

Stream::Stream(std::shared_ptr<Connection> connection, virStreamPtr stream)
    : connection_(std::move(connection)), stream_(stream), counted_(std::make_unique<Counted>(counters.streams)) {}

std::shared_ptr<Stream> Stream::Watch(std::shared_ptr<Connection> connection, virStreamPtr stream) {
  std::shared_ptr<Stream> self(new Stream(std::move(connection), stream));
  RunOnEventLoop([&] { self->StartWatching(); });
  self->connection_->Adopt(self);
  return self;
}

// Dropped without close(): nothing else refers to it, so the rest happens on a thread of its own.
Stream::~Stream() {
  if (ended_) return;
  StartThread([stream = stream_, watching = watching_, connection = connection_,
               counted = std::shared_ptr<Counted>(std::move(counted_))] {
    if (watching) RunOnEventLoop([&] { Lv().virStreamEventRemoveCallback(stream); });
    EndStream(stream, true);
  });
}

void Stream::Done(uint64_t call, Outcome outcome) const {
  connection_->channel()->Post(CallDone{call, std::move(outcome)});
}

void Stream::Read(uint64_t call) {
  PostToEventLoop([self = shared_from_this(), call] {
    if (self->detached_) return self->Done(call, Failure::Closed());
    if (self->reader_ != 0) return self->Done(call, Failure::Own("invalid-argument", "A read is outstanding already."));
    self->reader_ = call;
    self->Advance();
  });
}

void Stream::Write(uint64_t call, Bytes data) {
  PostToEventLoop([self = shared_from_this(), call, data = std::move(data)]() mutable {
    if (self->detached_) return self->Done(call, Failure::Closed());
    self->writes_.push_back({call, std::move(data), 0});
    self->Advance();
  });
}

void Stream::Close(uint64_t call, bool abort) {
  // Refused when the connection is closing: its end aborts the stream then.
  connection_->Run(call, [self = shared_from_this(), abort](virConnectPtr) {
    self->End(abort);
    return Value();
  });
}

void Stream::Abort() { End(true); }

void Stream::End(bool abort) {
  if (ended_.exchange(true)) return;
  RunOnEventLoop([this] { Detach(); });
  counted_.reset();
  EndStream(std::exchange(stream_, nullptr), abort);
}

void Stream::StartWatching() {
  using Weak = std::weak_ptr<Stream>;
  auto* weak = new Weak(weak_from_this());
  const int added = Lv().virStreamEventAddCallback(stream_, 0, OnEvent, weak,
                                                   [](void* opaque) { delete static_cast<Weak*>(opaque); });
  watching_ = added == 0;
  if (!watching_) delete weak;
}

void Stream::StopWatching() {
  if (watching_) Lv().virStreamEventRemoveCallback(stream_);
  watching_ = false;
}

void Stream::UpdateWatching() {
  if (!watching_) return;
  int events = 0;
  if (reader_ != 0) events |= VIR_STREAM_EVENT_READABLE | VIR_STREAM_EVENT_HANGUP | VIR_STREAM_EVENT_ERROR;
  if (!writes_.empty()) events |= VIR_STREAM_EVENT_WRITABLE | VIR_STREAM_EVENT_HANGUP | VIR_STREAM_EVENT_ERROR;
  Lv().virStreamEventUpdateCallback(stream_, events);
}

void Stream::OnEvent(virStreamPtr, int events, void* opaque) {
  const auto self = static_cast<std::weak_ptr<Stream>*>(opaque)->lock();
  if (!self || self->detached_) return;
  if ((events & (VIR_STREAM_EVENT_HANGUP | VIR_STREAM_EVENT_ERROR)) != 0) {
    self->hung_up_ = true;
    // A hang-up is reported again and again whatever is asked for. libvirt's file streams must not lose
    // their callback while it runs, so that follows in a moment.
    PostToEventLoop([self] {
      if (!self->detached_) self->StopWatching();
    });
  }
  self->Advance();
}

void Stream::Advance() {
  if (reader_ != 0) TryRead();
  if (!writes_.empty()) TryWrite();
  UpdateWatching();
}

void Stream::TryRead() {
  Bytes buffer(kReadSize);
  const int received = Lv().virStreamRecv(stream_, reinterpret_cast<char*>(buffer.data()), buffer.size());
  if (received == kWouldBlock && !hung_up_ && watching_) return;
  const uint64_t call = std::exchange(reader_, 0);
  if (received > 0) {
    buffer.resize(static_cast<size_t>(received));
    Done(call, Value(std::move(buffer)));
  } else if (received == 0 || hung_up_) {
    Done(call, Value());  // The end; after a hang-up a read error is only another form of it.
  } else if (received == kWouldBlock) {
    Done(call, Failure::Own("unknown", "libvirt does not watch this stream."));
  } else {
    Done(call, LastError());
  }
}

void Stream::TryWrite() {
  while (!writes_.empty()) {
    auto& write = writes_.front();
    while (write.sent < write.data.size()) {
      const int sent = Lv().virStreamSend(stream_, reinterpret_cast<const char*>(write.data.data()) + write.sent,
                                          write.data.size() - write.sent);
      if (sent == kWouldBlock && !hung_up_ && watching_) return;
      if (sent < 0) return Break(sent == kWouldBlock ? Failure::Closed() : LastError());
      write.sent += static_cast<size_t>(sent);
    }
    Done(write.call, Value());
    writes_.pop_front();
  }
}

void Stream::Break(const Failure& failure) {
  for (const auto& write : std::exchange(writes_, {})) Done(write.call, failure);
}

void Stream::Detach() {
  detached_ = true;
  StopWatching();
  if (reader_ != 0) Done(std::exchange(reader_, 0), Value());
  Break(Failure::Closed());
}

}  // namespace virtkit
