#include "environment.h"

#include <system_error>
#include <utility>

#include "counters.h"

namespace virtkit {
namespace {

void CloseChannel(void* channel) { static_cast<Channel*>(channel)->Close(); }

}  // namespace

Environment::Environment(Napi::Env env) : channel_(std::make_shared<Channel>(env, Receive)) {
  // Hooks run in reverse order, so this one comes before the thread-safe function's own: no thread signals a dead one.
  napi_add_env_cleanup_hook(env, CloseChannel, channel_.get());
}

Environment::~Environment() {
  channel_->Close();
  counters.calls -= static_cast<int>(calls_.size());
  counters.subscriptions -= static_cast<int>(listeners_.size());
}

Environment& Environment::Of(Napi::Env env) { return *env.GetInstanceData<Environment>(); }

void Environment::Configure(Napi::Object factories) {
  make_libvirt_error_ = Napi::Persistent(factories.Get("libvirt").As<Napi::Function>());
  make_kvm_error_ = Napi::Persistent(factories.Get("kvm").As<Napi::Function>());
}

Napi::Error Environment::ToError(Napi::Env env, const Failure& failure) {
  const bool kvm = failure.source == Failure::Source::kKvm;
  auto& make = kvm ? make_kvm_error_ : make_libvirt_error_;
  if (make.IsEmpty()) return Napi::Error::New(env, "configure() was not called: " + failure.message);
  auto fields = Napi::Object::New(env);
  fields.Set("message", failure.message);
  if (!failure.code.empty()) fields.Set("code", failure.code);
  if (kvm) {
    fields.Set("errno", failure.number);
  } else if (failure.number != 0) {
    fields.Set("libvirtCode", failure.number);
    fields.Set("domain", failure.domain);
  }
  return Napi::Error(env, make.Call({fields}));
}

Napi::Value Environment::Promise(Napi::Env env, const std::function<void(uint64_t call)>& start) {
  auto deferred = Napi::Promise::Deferred::New(env);
  const uint64_t call = ++last_number_;
  if (calls_.empty()) channel_->KeepAlive(env, true);
  calls_.emplace(call, deferred);
  counters.calls++;
  try {
    start(call);
  } catch (Failure& failure) {
    CallDone done{call, std::move(failure)};
    Handle(env, done);
  } catch (const std::system_error& error) {
    CallDone done{call, Failure{Failure::Source::kLibvirt, "", std::string("No thread for the call: ") + error.what(),
                                2 /* VIR_ERR_NO_MEMORY */, 0}};
    Handle(env, done);
  }
  return deferred.Promise();
}

uint64_t Environment::AddListener(Napi::Function listener, std::shared_ptr<void> owner) {
  const uint64_t number = ++last_number_;
  listeners_.emplace(number, Listener{Napi::Persistent(listener), std::move(owner)});
  counters.subscriptions++;
  return number;
}

void Environment::Receive(Napi::Env env, std::vector<Message>& batch) {
  auto& self = Of(env);
  for (auto& message : batch) {
    const Napi::HandleScope scope(env);
    try {
      std::visit([&](auto& one) { self.Handle(env, one); }, message);
    } catch (const Napi::Error& thrown) {
      // What a listener throws is an uncaught exception; the rest of the batch is still delivered.
      napi_fatal_exception(env, thrown.Value());
    }
  }
}

void Environment::Handle(Napi::Env env, CallDone& done) {
  const auto found = calls_.find(done.call);
  if (found == calls_.end()) return;  // Settled earlier: the call was abandoned by close().
  const auto deferred = found->second;
  calls_.erase(found);
  counters.calls--;
  if (calls_.empty()) channel_->KeepAlive(env, false);
  if (auto* value = std::get_if<Value>(&done.outcome)) {
    deferred.Resolve(value->ToJavaScript(env));
  } else {
    deferred.Reject(ToError(env, std::get<Failure>(done.outcome)).Value());
  }
}

void Environment::Handle(Napi::Env env, EventSeen& seen) {
  const auto found = listeners_.find(seen.listener);
  if (found != listeners_.end()) found->second.function.Call({seen.event.ToJavaScript(env)});
}

void Environment::Handle(Napi::Env, ListenerDone& done) {
  if (listeners_.erase(done.listener) > 0) counters.subscriptions--;
}

}  // namespace virtkit
