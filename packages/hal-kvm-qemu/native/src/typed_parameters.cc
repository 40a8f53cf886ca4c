#include "typed_parameters.h"

#include <cmath>
#include <map>
#include <utility>

namespace virtkit {
namespace {

Value ToValue(const virTypedParameter& parameter) {
  switch (parameter.type) {
    case VIR_TYPED_PARAM_INT:
      return parameter.value.i;
    case VIR_TYPED_PARAM_UINT:
      return parameter.value.ui;
    case VIR_TYPED_PARAM_LLONG:
      return parameter.value.l;
    case VIR_TYPED_PARAM_ULLONG:
      return parameter.value.ul;
    case VIR_TYPED_PARAM_DOUBLE:
      return parameter.value.d;
    case VIR_TYPED_PARAM_BOOLEAN:
      return parameter.value.b != 0;
    case VIR_TYPED_PARAM_STRING:
      return parameter.value.s;
    default:
      return {};
  }
}

const std::map<std::string, int> kTypes = {
    {"int", VIR_TYPED_PARAM_INT},       {"uint", VIR_TYPED_PARAM_UINT},       {"llong", VIR_TYPED_PARAM_LLONG},
    {"ullong", VIR_TYPED_PARAM_ULLONG}, {"double", VIR_TYPED_PARAM_DOUBLE},   {"boolean", VIR_TYPED_PARAM_BOOLEAN},
    {"string", VIR_TYPED_PARAM_STRING},
};

bool Fits(int type, double number) {
  switch (type) {
    case VIR_TYPED_PARAM_INT:
      return number >= -2147483648.0 && number <= 2147483647.0 && std::floor(number) == number;
    case VIR_TYPED_PARAM_UINT:
      return number >= 0 && number <= 4294967295.0 && std::floor(number) == number;
    case VIR_TYPED_PARAM_LLONG:
      return std::abs(number) <= 9007199254740991.0 && std::floor(number) == number;
    case VIR_TYPED_PARAM_ULLONG:
      return number >= 0 && number <= 9007199254740991.0 && std::floor(number) == number;
    default:
      return true;
  }
}

ParameterInput ReadParameter(Arguments& arguments, const Napi::Value& value) {
  if (!value.IsObject()) arguments.Refuse("an array of { name, type, value }");
  const auto object = value.As<Napi::Object>();
  const Napi::Value name = object.Get("name"), type = object.Get("type"), content = object.Get("value");
  if (!name.IsString() || !type.IsString()) arguments.Refuse("an array of { name, type, value }");
  const auto known = kTypes.find(type.As<Napi::String>());
  if (known == kTypes.end()) arguments.Refuse("parameters of a known type");
  ParameterInput input{name.As<Napi::String>(), known->second, 0, ""};
  if (input.type == VIR_TYPED_PARAM_STRING && content.IsString()) {
    input.text = content.As<Napi::String>().Utf8Value();
  } else if (input.type == VIR_TYPED_PARAM_BOOLEAN && content.IsBoolean()) {
    input.number = content.As<Napi::Boolean>() ? 1 : 0;
  } else if (input.type != VIR_TYPED_PARAM_STRING && input.type != VIR_TYPED_PARAM_BOOLEAN && content.IsNumber() &&
             Fits(input.type, content.As<Napi::Number>().DoubleValue())) {
    input.number = content.As<Napi::Number>().DoubleValue();
  } else {
    arguments.Refuse("parameters whose values fit their types; " + input.name + " does not");
  }
  return input;
}

int AddOne(TypedParameters& to, const ParameterInput& input) {
  const auto& lv = Lv();
  auto* data = &to.data;
  int *count = &to.count, *capacity = &to.capacity;
  const char* name = input.name.c_str();
  switch (input.type) {
    case VIR_TYPED_PARAM_INT:
      return lv.virTypedParamsAddInt(data, count, capacity, name, static_cast<int>(input.number));
    case VIR_TYPED_PARAM_UINT:
      return lv.virTypedParamsAddUInt(data, count, capacity, name, static_cast<unsigned>(input.number));
    case VIR_TYPED_PARAM_LLONG:
      return lv.virTypedParamsAddLLong(data, count, capacity, name, static_cast<long long>(input.number));
    case VIR_TYPED_PARAM_ULLONG:
      return lv.virTypedParamsAddULLong(data, count, capacity, name, static_cast<unsigned long long>(input.number));
    case VIR_TYPED_PARAM_DOUBLE:
      return lv.virTypedParamsAddDouble(data, count, capacity, name, input.number);
    case VIR_TYPED_PARAM_BOOLEAN:
      return lv.virTypedParamsAddBoolean(data, count, capacity, name, input.number != 0 ? 1 : 0);
    default:
      return lv.virTypedParamsAddString(data, count, capacity, name, input.text.c_str());
  }
}

}  // namespace

Object ToObject(const virTypedParameter* parameters, int count) {
  Object object;
  std::map<std::string, List> repeated;
  std::map<std::string, size_t> seen;
  for (int i = 0; i < count; i++) {
    const std::string name = parameters[i].field;
    const auto [entry, first] = seen.emplace(name, object.size());
    if (first) {
      object.emplace_back(name, ToValue(parameters[i]));
      continue;
    }
    auto& list = repeated[name];
    if (list.empty()) list.push_back(std::move(object[entry->second].second));
    list.push_back(ToValue(parameters[i]));
  }
  for (auto& [name, list] : repeated) object[seen[name]].second = std::move(list);
  return object;
}

std::vector<ParameterInput> ReadParameters(Arguments& arguments) {
  const Napi::Value value = arguments.Next();
  if (!value.IsArray()) arguments.Refuse("an array of { name, type, value }");
  const auto array = value.As<Napi::Array>();
  std::vector<ParameterInput> inputs;
  for (uint32_t i = 0; i < array.Length(); i++) inputs.push_back(ReadParameter(arguments, array.Get(i)));
  return inputs;
}

void Add(TypedParameters& target, const std::vector<ParameterInput>& inputs) {
  for (const auto& input : inputs) Check(AddOne(target, input));
}

}  // namespace virtkit
