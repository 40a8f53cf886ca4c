// libvirt's typed parameters from and to plain data.
#pragma once
#include <napi.h>

#include <string>
#include <variant>
#include <vector>

#include "arguments.h"
#include "libvirt_library.h"
#include "value.h"

namespace virtkit {

// Names and values; a name that occurs more than once becomes a list.
Object ToObject(const virTypedParameter* parameters, int count);

// Parameters that libvirt allocates, freed with this object.
struct TypedParameters {
  virTypedParameterPtr data = nullptr;
  int count = 0;
  int capacity = 0;

  TypedParameters() = default;
  ~TypedParameters() { Lv().virTypedParamsFree(data, count); }
  TypedParameters(const TypedParameters&) = delete;
  TypedParameters& operator=(const TypedParameters&) = delete;
};

// One parameter that a caller sends (TypedParameterInput in binding.ts).
struct ParameterInput {
  std::string name;
  int type;  // virTypedParameterType
  double number = 0;
  std::string text;
};

// The next argument as a list of parameters. Throws Failure `invalid-argument`.
std::vector<ParameterInput> ReadParameters(Arguments& arguments);

// Adds them to what a call sends. Throws Failure.
void Add(TypedParameters& target, const std::vector<ParameterInput>& inputs);

}  // namespace virtkit
