// Type-tagged JavaScript objects that own a native object: a handle of another kind, or any other value, is refused.
#pragma once
#include <napi.h>

#include <memory>
#include <utility>

#include "failure.h"

namespace virtkit {

// Each class that JavaScript may hold defines `static constexpr napi_type_tag kTag`, `static constexpr const char* kKind`
// and `static constexpr Failure::Source kSource`.
template <typename T>
Napi::Value MakeHandle(Napi::Env env, std::shared_ptr<T> target) {
  auto object = Napi::Object::New(env);
  auto* box = new std::shared_ptr<T>(std::move(target));
  const napi_status status = napi_wrap(
      env, object, box, [](napi_env, void* data, void*) { delete static_cast<std::shared_ptr<T>*>(data); }, nullptr,
      nullptr);
  if (status != napi_ok) {
    delete box;
    throw Napi::Error::New(env);
  }
  object.TypeTag(&T::kTag);
  return object;
}

template <typename T>
std::shared_ptr<T> TakeHandle(Napi::Value value) {
  void* box = nullptr;
  if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&T::kTag) ||
      napi_unwrap(value.Env(), value, &box) != napi_ok) {
    Failure failure = Failure::Own("invalid-handle", std::string("This is not a ") + T::kKind + " handle.");
    failure.source = T::kSource;
    throw failure;
  }
  return *static_cast<std::shared_ptr<T>*>(box);
}

}  // namespace virtkit
