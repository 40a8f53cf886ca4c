#include "connection.h"

#include <system_error>
#include <utility>

#include "domain.h"
#include "handle.h"
#include "stream.h"
#include "subscription.h"

namespace virtkit {

Connection::Connection(std::shared_ptr<Channel> channel, size_t max_calls)
    : channel_(std::move(channel)), workers_(std::make_shared<Workers>(max_calls)) {}

// Nothing refers to this connection any more: no call runs, no domain or stream lives.
Connection::~Connection() {
  workers_->Retire();
  if (connection_ == nullptr) return;
  const auto close = [connection = connection_, registrations = std::move(registrations_),
                      counted = std::shared_ptr<Counted>(std::move(counted_))] {
    for (const auto& [listener, registration] : registrations) Deregister(connection, registration);
    Lv().virConnectClose(connection);
  };
  try {
    StartThread(close);
  } catch (const std::system_error&) {
    // Without a thread to close it on, the connection ends with the process: blocking this thread would be worse.
  }
}

void Connection::Open(uint64_t call, std::string uri, bool read_only) {
  workers_->Submit([self = shared_from_this(), call, uri = std::move(uri), read_only]() mutable {
    Outcome outcome;
    try {
      const auto& lv = Lv();
      virConnectPtr connection =
          Check(read_only ? lv.virConnectOpenReadOnly(uri.c_str()) : lv.virConnectOpen(uri.c_str()));
      {
        const std::lock_guard lock(self->mutex_);
        self->connection_ = connection;
        self->counted_ = std::make_unique<Counted>(counters.connections);
      }
      outcome = Value(Maker([self](Napi::Env env) { return MakeHandle(env, self); }));
    } catch (Failure& failure) {
      outcome = std::move(failure);
    }
    self->channel_->Post(CallDone{call, std::move(outcome)});
  });
}

void Connection::Run(uint64_t call, std::function<Value(virConnectPtr)> work) {
  {
    const std::lock_guard lock(mutex_);
    if (state_ != State::kOpen) throw Failure::Closed();
  }
  workers_->Submit([self = shared_from_this(), call, work = std::move(work)]() mutable {
    virConnectPtr connection = self->Begin(call);
    if (connection == nullptr) {
      self->channel_->Post(CallDone{call, Failure::Closed()});
      return;
    }
    Outcome outcome;
    try {
      outcome = work(connection);
    } catch (Failure& failure) {
      // libvirt reports a broken connection in many ways; the connection itself knows.
      if (failure.number != 0 && Lv().virConnectIsAlive(connection) == 0) failure.code = "connection-lost";
      outcome = std::move(failure);
    }
    work = nullptr;  // References are gone before the answer is there.
    self->channel_->Post(CallDone{call, std::move(outcome)});
    self->End(call);
  });
}

virConnectPtr Connection::Begin(uint64_t call) {
  const std::lock_guard lock(mutex_);
  if (state_ != State::kOpen) return nullptr;
  running_.insert(call);
  return connection_;
}

void Connection::End(uint64_t call) {
  const std::lock_guard lock(mutex_);
  running_.erase(call);
  if (running_.empty()) idle_.notify_all();
}

void Connection::Close(uint64_t call) {
  {
    const std::lock_guard lock(mutex_);
    if (state_ == State::kClosed) {
      channel_->Post(CallDone{call, Value(true)});
      return;
    }
    closers_.push_back(call);
    if (state_ == State::kClosing) return;
    state_ = State::kClosing;
  }
  StartThread([self = shared_from_this()] { self->TearDown(); });
}

void Connection::Abandon() {
  const std::lock_guard lock(mutex_);
  if (state_ != State::kClosing) return;
  for (const uint64_t call : running_) channel_->Post(CallDone{call, Failure::Closed()});
  for (const uint64_t call : closers_) channel_->Post(CallDone{call, Value(false)});
  closers_.clear();
}

void Connection::TearDown() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return running_.empty(); });
  const auto registrations = std::exchange(registrations_, {});
  const auto streams = std::exchange(streams_, {});
  lock.unlock();
  // In this order, because each holds references to what comes later.
  for (const auto& [listener, registration] : registrations) {
    Deregister(connection_, registration);
    channel_->Post(ListenerDone{listener});
  }
  for (const auto& weak : streams) {
    if (const auto stream = weak.lock()) stream->Abort();
  }
  lock.lock();
  for (Domain* domain : std::exchange(domains_, {})) domain->FreeLocked();
  virConnectPtr connection = std::exchange(connection_, nullptr);
  lock.unlock();
  Lv().virConnectClose(connection);
  workers_->Retire();
  lock.lock();
  counted_.reset();
  state_ = State::kClosed;
  for (const uint64_t call : std::exchange(closers_, {})) channel_->Post(CallDone{call, Value(true)});
}

void Connection::Subscribe(virConnectPtr connection, uint64_t listener, const std::vector<std::string>& kinds) {
  Registration registration;
  try {
    for (const auto& kind : kinds) {
      if (kind == kConnectionClosed) {
        registration.close_callback = RegisterClose(connection, channel_, listener);
      } else {
        registration.events.push_back(RegisterEvent(connection, kind, channel_, listener));
      }
    }
  } catch (Failure&) {
    Deregister(connection, registration);
    throw;
  }
  const std::lock_guard lock(mutex_);
  registrations_.emplace(listener, std::move(registration));
}

void Connection::Unsubscribe(uint64_t listener) {
  Registration registration;
  virConnectPtr connection;
  {
    const std::lock_guard lock(mutex_);
    const auto found = registrations_.find(listener);
    if (found == registrations_.end()) return;
    registration = std::move(found->second);
    registrations_.erase(found);
    connection = connection_;
  }
  Deregister(connection, registration);
  channel_->Post(ListenerDone{listener});
}

void Connection::Deregister(virConnectPtr connection, const Registration& registration) {
  DeregisterEvents(connection, registration.events);
  if (registration.close_callback != nullptr) DeregisterClose(connection);
}

void Connection::Adopt(Domain* domain) {
  const std::lock_guard lock(mutex_);
  domains_.insert(domain);
}

void Connection::Forget(Domain* domain) {
  const std::lock_guard lock(mutex_);
  domains_.erase(domain);
  domain->FreeLocked();
}

void Connection::Adopt(const std::shared_ptr<Stream>& stream) {
  const std::lock_guard lock(mutex_);
  std::erase_if(streams_, [](const auto& one) { return one.expired(); });
  streams_.push_back(stream);
}

}  // namespace virtkit
