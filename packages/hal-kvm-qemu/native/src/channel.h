// The way from any thread to one JavaScript thread: outcomes of calls, events of subscriptions.
//
// One thread-safe function per environment carries batches: it is signalled when the queue stops being empty, so a
// thousand outcomes cost one wake-up of the loop. Threads own no JavaScript references, only numbers that the environment looks up; so
// nothing is lost or freed on the wrong thread when an environment ends before its calls.
#pragma once
#include <napi.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <variant>
#include <vector>

#include "failure.h"
#include "value.h"

namespace virtkit {

using Outcome = std::variant<Value, Failure>;

struct CallDone {
  uint64_t call;
  Outcome outcome;
};
struct EventSeen {
  uint64_t listener;
  Value event;
};
// No event for this listener comes after this.
struct ListenerDone {
  uint64_t listener;
};
using Message = std::variant<CallDone, EventSeen, ListenerDone>;

class Channel {
 public:
  // Called on the JavaScript thread for each batch.
  using Receiver = void (*)(Napi::Env env, std::vector<Message>& batch);

  Channel(Napi::Env env, Receiver receiver);
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // From any thread; dropped when the environment is gone.
  void Post(Message message);

  // On the JavaScript thread: whether the event loop must stay alive for what is still to come.
  void KeepAlive(Napi::Env env, bool alive);
  // On the JavaScript thread, as the environment ends: nothing is posted into it any more.
  void Close();

 private:
  static void OnSignal(napi_env env, napi_value, void* context, void*);

  const Receiver receiver_;
  std::mutex mutex_;
  std::vector<Message> queue_;
  // Apart from the queue's, so that the thread that is woken does not run into the lock of the one that wakes it.
  std::mutex signal_mutex_;
  napi_threadsafe_function signal_ = nullptr;
  std::atomic<bool> closed_ = false;
};

}  // namespace virtkit
