// What belongs to one JavaScript environment (the main thread or a worker): its channel, the promises it waits for, its
// listeners and its error classes. Instance data of the addon; used on that environment's thread only.
#pragma once
#include <napi.h>

#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "channel.h"

namespace virtkit {

class Environment {
 public:
  explicit Environment(Napi::Env env);
  ~Environment();
  static Environment& Of(Napi::Env env);

  // How errors are made; see ErrorFactories in binding.ts.
  void Configure(Napi::Object factories);
  Napi::Error ToError(Napi::Env env, const Failure& failure);

  const std::shared_ptr<Channel>& channel() const { return channel_; }

  // Runs `start` with the number of a new promise. Whoever posts CallDone with that number settles it, the first wins;
  // a Failure that `start` throws rejects it.
  Napi::Value Promise(Napi::Env env, const std::function<void(uint64_t call)>& start);

  // `owner` is kept as long as the listener is.
  uint64_t AddListener(Napi::Function listener, std::shared_ptr<void> owner);

 private:
  struct Listener {
    Napi::FunctionReference function;
    std::shared_ptr<void> owner;
  };

  static void Receive(Napi::Env env, std::vector<Message>& batch);
  void Handle(Napi::Env env, CallDone& done);
  void Handle(Napi::Env env, EventSeen& seen);
  void Handle(Napi::Env env, ListenerDone& done);

  std::shared_ptr<Channel> channel_;
  Napi::FunctionReference make_libvirt_error_, make_kvm_error_;
  std::unordered_map<uint64_t, Napi::Promise::Deferred> calls_;
  std::unordered_map<uint64_t, Listener> listeners_;
  uint64_t last_number_ = 0;
};

}  // namespace virtkit
