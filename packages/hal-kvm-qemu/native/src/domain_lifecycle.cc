// NativeBinding: starting, stopping and describing a domain.
#include "domain.h"
#include "environment.h"
#include "operations.h"
#include "typed_parameters.h"

namespace virtkit {
namespace {

using Call = std::function<Value(virDomainPtr)>;

// A call whose only argument is its flags.
#define VIRTKIT_FLAGS_CALL(js_name, function)                                                \
  {js_name, [](Arguments& arguments) -> Call {                                               \
     return [flags = arguments.Uint32()](virDomainPtr d) { return Done(Lv().function(d, flags)); }; \
   }}
// A call without arguments.
#define VIRTKIT_PLAIN_CALL(js_name, function) \
  {js_name, [](Arguments&) -> Call { return [](virDomainPtr d) { return Done(Lv().function(d)); }; }}

Value State(virDomainPtr domain) {
  int state = 0, reason = 0;
  Check(Lv().virDomainGetState(domain, &state, &reason, 0u));
  return Object{{"state", state}, {"reason", reason}};
}

Value Info(virDomainPtr domain) {
  virDomainInfo info;
  Check(Lv().virDomainGetInfo(domain, &info));
  return Object{{"state", info.state},
                {"maxMemoryKiB", info.maxMem},
                {"memoryKiB", info.memory},
                {"vcpus", info.nrVirtCpu},
                {"cpuTimeNs", info.cpuTime}};
}

Value Stats(virDomainPtr domain, unsigned groups, unsigned flags) {
  virDomainPtr one[] = {domain, nullptr};
  virDomainStatsRecordPtr* records = nullptr;
  const int count = Check(Lv().virDomainListGetStats(one, groups, &records, flags));
  Object stats;
  if (count > 0) stats = ToObject(records[0]->params, records[0]->nparams);
  Lv().virDomainStatsRecordListFree(records);
  return stats;
}

const DomainOperation kOperations[] = {
    VIRTKIT_FLAGS_CALL("domainCreateWithFlags", virDomainCreateWithFlags),
    VIRTKIT_FLAGS_CALL("domainShutdownFlags", virDomainShutdownFlags),
    VIRTKIT_FLAGS_CALL("domainReboot", virDomainReboot),
    VIRTKIT_FLAGS_CALL("domainDestroyFlags", virDomainDestroyFlags),
    VIRTKIT_FLAGS_CALL("domainUndefineFlags", virDomainUndefineFlags),
    VIRTKIT_PLAIN_CALL("domainSuspend", virDomainSuspend),
    VIRTKIT_PLAIN_CALL("domainResume", virDomainResume),
    {"domainReset", [](Arguments&) -> Call { return [](virDomainPtr d) { return Done(Lv().virDomainReset(d, 0u)); }; }},
    {"domainGetXMLDesc", [](Arguments& arguments) -> Call {
       return [flags = arguments.Uint32()](virDomainPtr d) {
         return Value(TakeText(Lv().virDomainGetXMLDesc(d, flags)));
       };
     }},
    {"domainGetState", [](Arguments&) -> Call { return State; }},
    {"domainGetInfo", [](Arguments&) -> Call { return Info; }},
    {"domainIsPersistent", [](Arguments&) -> Call {
       return [](virDomainPtr d) { return Value(Check(Lv().virDomainIsPersistent(d)) == 1); };
     }},
    {"domainSetMetadata", [](Arguments& arguments) -> Call {
       const int type = arguments.Int32();
       auto metadata = arguments.OptionalText(), key = arguments.OptionalText(), uri = arguments.OptionalText();
       const unsigned flags = arguments.Uint32();
       return [=](virDomainPtr d) {
         return Done(Lv().virDomainSetMetadata(d, type, OrNull(metadata), OrNull(key), OrNull(uri), flags));
       };
     }},
    {"domainGetMetadata", [](Arguments& arguments) -> Call {
       const int type = arguments.Int32();
       auto uri = arguments.OptionalText();
       const unsigned flags = arguments.Uint32();
       return [=](virDomainPtr d) { return Value(TakeText(Lv().virDomainGetMetadata(d, type, OrNull(uri), flags))); };
     }},
    {"domainSetVcpusFlags", [](Arguments& arguments) -> Call {
       const unsigned vcpus = arguments.Uint32(), flags = arguments.Uint32();
       return [=](virDomainPtr d) { return Done(Lv().virDomainSetVcpusFlags(d, vcpus, flags)); };
     }},
    {"domainSetMemoryFlags", [](Arguments& arguments) -> Call {
       const uint64_t kib = arguments.Uint64();
       const unsigned flags = arguments.Uint32();
       return [=](virDomainPtr d) { return Done(Lv().virDomainSetMemoryFlags(d, kib, flags)); };
     }},
    {"domainGetStats", [](Arguments& arguments) -> Call {
       const unsigned groups = arguments.Uint32(), flags = arguments.Uint32();
       return [=](virDomainPtr d) { return Stats(d, groups, flags); };
     }},
};

void DomainFree(const Napi::CallbackInfo& info) {
  try {
    TakeHandle<Domain>(info[0])->Free();
  } catch (const Failure& failure) {
    throw Environment::Of(info.Env()).ToError(info.Env(), failure);
  }
}

}  // namespace

void ExportDomainLifecycle(Napi::Object exports) {
  exports.Set("domainFree", Napi::Function::New(exports.Env(), DomainFree, "domainFree"));
  ExportDomainOperations(exports, kOperations);
}

}  // namespace virtkit
