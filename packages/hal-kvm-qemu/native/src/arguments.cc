#include "arguments.h"

#include <cmath>
#include <limits>

namespace virtkit {

void Arguments::Refuse(const std::string& expected) const {
  Failure failure = Failure::Own("invalid-argument", "Argument " + std::to_string(next_) + " must be " + expected + ".");
  failure.source = source_;
  throw failure;
}

double Arguments::Integer(double least, double most) {
  const Napi::Value value = Next();
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : std::nan("");
  if (!(number >= least && number <= most) || std::floor(number) != number) {
    Refuse("an integer from " + std::to_string(static_cast<int64_t>(least)) + " to " +
           std::to_string(static_cast<int64_t>(most)));
  }
  return number;
}

bool Arguments::Bool() {
  const Napi::Value value = Next();
  if (!value.IsBoolean()) Refuse("a boolean");
  return value.As<Napi::Boolean>().Value();
}

int32_t Arguments::Int32() {
  using Limits = std::numeric_limits<int32_t>;
  return static_cast<int32_t>(Integer(Limits::min(), Limits::max()));
}

uint32_t Arguments::Uint32() { return static_cast<uint32_t>(Integer(0, std::numeric_limits<uint32_t>::max())); }

uint64_t Arguments::Uint64() { return static_cast<uint64_t>(Integer(0, 9007199254740991.0 /* 2^53 - 1 */)); }

namespace {

// C strings end at the first NUL: one inside would cut the text short without a word.
bool IsCText(const Napi::Value& value, std::string& text) {
  if (!value.IsString()) return false;
  text = value.As<Napi::String>().Utf8Value();
  return text.find('\0') == std::string::npos;
}

}  // namespace

std::string Arguments::Text() {
  std::string text;
  if (!IsCText(Next(), text)) Refuse("a string without NUL");
  return text;
}

std::optional<std::string> Arguments::OptionalText() {
  const Napi::Value value = Next();
  if (value.IsUndefined()) return std::nullopt;
  std::string text;
  if (!IsCText(value, text)) Refuse("a string without NUL, or undefined");
  return text;
}

std::vector<std::string> Arguments::Texts() {
  const Napi::Value value = Next();
  if (!value.IsArray()) Refuse("an array of strings");
  const auto array = value.As<Napi::Array>();
  std::vector<std::string> texts(array.Length());
  for (uint32_t i = 0; i < texts.size(); i++) {
    if (!IsCText(array.Get(i), texts[i])) Refuse("an array of strings without NUL");
  }
  return texts;
}

Napi::Function Arguments::Function() {
  const Napi::Value value = Next();
  if (!value.IsFunction()) Refuse("a function");
  return value.As<Napi::Function>();
}

Napi::Object Arguments::Fields() {
  const Napi::Value value = Next();
  if (!value.IsObject()) Refuse("an object");
  return value.As<Napi::Object>();
}

Bytes Arguments::Data() {
  const Napi::Value value = Next();
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    Refuse("a Uint8Array");
  }
  const auto array = value.As<Napi::Uint8Array>();
  return Bytes(array.Data(), array.Data() + array.ByteLength());
}

std::optional<Bytes> Arguments::OptionalData() {
  if (info_[next_].IsUndefined()) {
    next_++;
    return std::nullopt;
  }
  return Data();
}

}  // namespace virtkit
