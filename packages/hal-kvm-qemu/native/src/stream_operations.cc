// NativeBinding: console streams.
#include "operations.h"
#include "stream.h"

namespace virtkit {
namespace {

constexpr auto kLibvirt = Failure::Source::kLibvirt;

Napi::Value StreamRead(const Napi::CallbackInfo& info) {
  return Promised(info, kLibvirt, [](Arguments& arguments, uint64_t call) { arguments.Handle<Stream>()->Read(call); });
}

Napi::Value StreamWrite(const Napi::CallbackInfo& info) {
  return Promised(info, kLibvirt, [](Arguments& arguments, uint64_t call) {
    const auto stream = arguments.Handle<Stream>();
    stream->Write(call, arguments.Data());
  });
}

Napi::Value StreamClose(const Napi::CallbackInfo& info) {
  return Promised(info, kLibvirt, [](Arguments& arguments, uint64_t call) {
    const auto stream = arguments.Handle<Stream>();
    stream->Close(call, arguments.Bool());
  });
}

}  // namespace

void ExportStreamOperations(Napi::Env env, Napi::Object exports) {
  exports.Set("streamRead", Napi::Function::New(env, StreamRead, "streamRead"));
  exports.Set("streamWrite", Napi::Function::New(env, StreamWrite, "streamWrite"));
  exports.Set("streamClose", Napi::Function::New(env, StreamClose, "streamClose"));
}

}  // namespace virtkit
