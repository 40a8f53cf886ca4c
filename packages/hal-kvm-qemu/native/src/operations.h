// Calls as JavaScript functions: arguments are read on the JavaScript thread, the call runs on a thread of its connection.
#pragma once
#include <napi.h>

#include <functional>
#include <span>

#include "arguments.h"
#include "libvirt_library.h"
#include "value.h"

namespace virtkit {

// A call on a domain: reads the arguments after the handle and returns what to run.
struct DomainOperation {
  const char* name;
  std::function<Value(virDomainPtr)> (*prepare)(Arguments& arguments);
};

void ExportDomainOperations(Napi::Object exports, std::span<const DomainOperation> operations);

// Runs `start` with a new promise's number (see Environment::Promise); reads arguments in it.
Napi::Value Promised(const Napi::CallbackInfo& info, Failure::Source source,
                     const std::function<void(Arguments& arguments, uint64_t call)>& start);

// Each exports the functions of one part of NativeBinding (binding.ts).
void ExportConnectionOperations(Napi::Env env, Napi::Object exports);
void ExportDomainLifecycle(Napi::Object exports);
void ExportDomainDevices(Napi::Object exports);
void ExportDomainBlock(Napi::Object exports);
void ExportDomainJobs(Napi::Object exports);
void ExportDomainGuest(Napi::Object exports);
void ExportStreamOperations(Napi::Env env, Napi::Object exports);
void ExportKvmOperations(Napi::Env env, Napi::Object exports);

// The result of a call that only succeeds or fails.
inline Value Done(int result) {
  Check(result);
  return {};
}

}  // namespace virtkit
