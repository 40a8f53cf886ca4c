// Results of calls as plain data: made on any thread, turned into JavaScript values on the thread that owns them.
#pragma once
#include <napi.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace virtkit {

class Value;
using List = std::vector<Value>;
using Field = std::pair<std::string, Value>;
using Object = std::vector<Field>;
using Bytes = std::vector<uint8_t>;
// For what only the JavaScript thread can make: handles and external buffers.
using Maker = std::function<Napi::Value(Napi::Env)>;

// A number that JavaScript sees as a bigint (registers); every other integer becomes a number.
struct Big {
  uint64_t value;
};

class Value {
 public:
  Value() = default;
  Value(bool value) : data_(value) {}
  Value(double value) : data_(value) {}
  Value(int value) : data_(static_cast<double>(value)) {}
  Value(unsigned value) : data_(static_cast<double>(value)) {}
  Value(long value) : data_(static_cast<double>(value)) {}
  Value(unsigned long value) : data_(static_cast<double>(value)) {}
  Value(long long value) : data_(static_cast<double>(value)) {}
  Value(unsigned long long value) : data_(static_cast<double>(value)) {}
  Value(Big value) : data_(value) {}
  Value(const char* value) : data_(std::string(value == nullptr ? "" : value)) {}
  Value(std::string value) : data_(std::move(value)) {}
  Value(Bytes value) : data_(std::move(value)) {}
  Value(List value) : data_(std::move(value)) {}
  Value(Object value) : data_(std::move(value)) {}
  Value(Maker value) : data_(std::make_shared<const Maker>(std::move(value))) {}

  // Only on the JavaScript thread. Leaves this value empty where that saves a copy.
  Napi::Value ToJavaScript(Napi::Env env);

 private:
  std::variant<std::monostate, bool, double, Big, std::string, Bytes, List, Object, std::shared_ptr<const Maker>> data_;
};

}  // namespace virtkit
