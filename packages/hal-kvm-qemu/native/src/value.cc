#include "value.h"

namespace virtkit {
namespace {

struct Converter {
  Napi::Env env;

  Napi::Value operator()(std::monostate) const { return env.Undefined(); }
  Napi::Value operator()(bool value) const { return Napi::Boolean::New(env, value); }
  Napi::Value operator()(double value) const { return Napi::Number::New(env, value); }
  Napi::Value operator()(Big value) const { return Napi::BigInt::New(env, value.value); }
  Napi::Value operator()(const std::string& value) const { return Napi::String::New(env, value); }
  Napi::Value operator()(const Bytes& value) const {
    return Napi::Buffer<uint8_t>::Copy(env, value.data(), value.size());
  }
  Napi::Value operator()(List& list) const {
    auto array = Napi::Array::New(env, list.size());
    for (uint32_t i = 0; i < list.size(); i++) array.Set(i, list[i].ToJavaScript(env));
    return array;
  }
  Napi::Value operator()(Object& fields) const {
    auto object = Napi::Object::New(env);
    for (auto& [name, value] : fields) object.Set(name, value.ToJavaScript(env));
    return object;
  }
  Napi::Value operator()(const std::shared_ptr<const Maker>& make) const { return (*make)(env); }
};

}  // namespace

Napi::Value Value::ToJavaScript(Napi::Env env) { return std::visit(Converter{env}, data_); }

}  // namespace virtkit
