// A connection to libvirt, its threads, and what is made through it.
//
// States: open -> closing -> closed. JavaScript handles, domains, streams and running calls share ownership.
// close() refuses what has not begun, waits for what runs, then tears down on a thread of its own:
// subscriptions, streams, domains, the connection. One that is dropped without close() is freed the same way,
// so no RPC ever happens on a JavaScript thread.
#pragma once
#include <napi.h>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "channel.h"
#include "counters.h"
#include "failure.h"
#include "libvirt_library.h"
#include "value.h"
#include "workers.h"

namespace virtkit {

class Domain;
class Stream;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  static constexpr napi_type_tag kTag = {0x6c1f0a9a5d0b4f1e, 0x9f52c1f7a1d04e01};
  static constexpr const char* kKind = "connection";
  static constexpr Failure::Source kSource = Failure::Source::kLibvirt;

  Connection(std::shared_ptr<Channel> channel, size_t max_calls);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Opens `uri` on a thread and posts the outcome of `call`: this connection's handle.
  void Open(uint64_t call, std::string uri, bool read_only);

  // Runs `work` on one of this connection's threads and posts its outcome. Throws Failure `closed`.
  void Run(uint64_t call, std::function<Value(virConnectPtr)> work);

  // Refuses everything new, now. The outcome of `call` is true, posted when all is freed; see Abandon().
  void Close(uint64_t call);
  // Rejects the calls that still run with `closed`; close() answers false. They go on in the background.
  void Abandon();

  // Events; `kinds` are RawEvent kinds. On a thread of this connection. All or none.
  void Subscribe(virConnectPtr connection, uint64_t listener, const std::vector<std::string>& kinds);
  void Unsubscribe(uint64_t listener);

  const std::shared_ptr<Channel>& channel() const { return channel_; }

  // What close() has to free; called by their constructors and destructors.
  void Adopt(Domain* domain);
  void Forget(Domain* domain);
  void Adopt(const std::shared_ptr<Stream>& stream);
  // Guards the pointers in domains.
  std::mutex& mutex() { return mutex_; }

 private:
  enum class State { kOpen, kClosing, kClosed };
  struct Registration {
    std::vector<int> events;
    std::shared_ptr<void> close_callback;
  };

  virConnectPtr Begin(uint64_t call);
  void End(uint64_t call);
  void TearDown();
  static void Deregister(virConnectPtr connection, const Registration& registration);

  const std::shared_ptr<Channel> channel_;
  const std::shared_ptr<Workers> workers_;
  std::mutex mutex_;
  std::condition_variable idle_;
  State state_ = State::kOpen;
  virConnectPtr connection_ = nullptr;
  std::set<uint64_t> running_;
  std::vector<uint64_t> closers_;
  std::set<Domain*> domains_;
  std::vector<std::weak_ptr<Stream>> streams_;
  std::map<uint64_t, Registration> registrations_;
  std::unique_ptr<Counted> counted_;
};

}  // namespace virtkit
