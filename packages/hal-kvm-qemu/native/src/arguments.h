// Reads the arguments of a call one after the other, with a Failure that names the one that does not fit.
#pragma once
#include <napi.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "failure.h"
#include "handle.h"
#include "value.h"

namespace virtkit {

class Arguments {
 public:
  Arguments(const Napi::CallbackInfo& info, Failure::Source source) : info_(info), source_(source) {}

  Napi::Env Env() const { return info_.Env(); }
  Napi::Value Next() { return info_[next_++]; }

  template <typename T>
  std::shared_ptr<T> Handle() {
    return TakeHandle<T>(Next());
  }

  bool Bool();
  int32_t Int32();
  uint32_t Uint32();
  uint64_t Uint64();
  std::string Text();
  std::optional<std::string> OptionalText();
  std::vector<std::string> Texts();
  Napi::Function Function();
  Napi::Object Fields();
  Bytes Data();
  std::optional<Bytes> OptionalData();

  [[noreturn]] void Refuse(const std::string& expected) const;

 private:
  double Integer(double least, double most);

  const Napi::CallbackInfo& info_;
  const Failure::Source source_;
  size_t next_ = 0;
};

// The C form of a text that may be absent.
inline const char* OrNull(const std::optional<std::string>& text) { return text ? text->c_str() : nullptr; }

}  // namespace virtkit
