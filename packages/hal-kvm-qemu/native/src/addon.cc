// The addon's entry: one environment's instance data and everything of NativeBinding (src/native/binding.ts).
#include <napi.h>

#include "counters.h"
#include "environment.h"
#include "operations.h"

namespace virtkit {
namespace {

void Configure(const Napi::CallbackInfo& info) { Environment::Of(info.Env()).Configure(info[0].As<Napi::Object>()); }

Napi::Value LiveHandles(const Napi::CallbackInfo& info) {
  return Value(Object{{"connections", counters.connections.load()},
                      {"domains", counters.domains.load()},
                      {"streams", counters.streams.load()},
                      {"subscriptions", counters.subscriptions.load()},
                      {"threads", counters.threads.load()},
                      {"calls", counters.calls.load()},
                      {"kvms", counters.kvms.load()},
                      {"vms", counters.vms.load()},
                      {"vcpus", counters.vcpus.load()}})
      .ToJavaScript(info.Env());
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(new Environment(env));
  exports.Set("configure", Napi::Function::New(env, Configure, "configure"));
  exports.Set("liveHandles", Napi::Function::New(env, LiveHandles, "liveHandles"));
  ExportConnectionOperations(env, exports);
  ExportDomainLifecycle(exports);
  ExportDomainDevices(exports);
  ExportDomainBlock(exports);
  ExportDomainJobs(exports);
  ExportDomainGuest(exports);
  ExportStreamOperations(env, exports);
  ExportKvmOperations(env, exports);
  return exports;
}

}  // namespace
}  // namespace virtkit

static Napi::Object InitAddon(Napi::Env env, Napi::Object exports) { return virtkit::Init(env, exports); }
NODE_API_MODULE(virtkit_native, InitAddon)
