#include "channel.h"

#include <utility>

namespace virtkit {

Channel::Channel(Napi::Env env, Receiver receiver) : receiver_(receiver) {
  const napi_status status =
      napi_create_threadsafe_function(env, nullptr, nullptr, Napi::String::New(env, "virtkit"), 0, 1, nullptr, nullptr,
                                      this, OnSignal, &signal_);
  NAPI_THROW_IF_FAILED_VOID(env, status);
  KeepAlive(env, false);
}

void Channel::Post(Message message) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    queue_.push_back(std::move(message));
    if (queue_.size() > 1) return;
  }
  const std::lock_guard lock(signal_mutex_);
  if (closed_) return;
  // The queue is unbounded, so the only refusal is that the environment is closing.
  if (napi_call_threadsafe_function(signal_, nullptr, napi_tsfn_nonblocking) != napi_ok) closed_ = true;
}

void Channel::KeepAlive(Napi::Env env, bool alive) {
  if (alive) {
    napi_ref_threadsafe_function(env, signal_);
  } else {
    napi_unref_threadsafe_function(env, signal_);
  }
}

void Channel::Close() {
  {
    const std::lock_guard lock(signal_mutex_);
    if (closed_) return;
    closed_ = true;
    napi_release_threadsafe_function(signal_, napi_tsfn_abort);
  }
  const std::lock_guard lock(mutex_);
  queue_.clear();
}

void Channel::OnSignal(napi_env env, napi_value, void* context, void*) {
  if (env == nullptr) return;  // The environment is closing.
  auto* self = static_cast<Channel*>(context);
  std::vector<Message> batch;
  {
    const std::lock_guard lock(self->mutex_);
    batch.swap(self->queue_);
  }
  self->receiver_(env, batch);
}

}  // namespace virtkit
