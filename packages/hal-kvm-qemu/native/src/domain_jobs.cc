// NativeBinding: migration, memory dumps and the job of a domain.
#include "operations.h"
#include "typed_parameters.h"

namespace virtkit {
namespace {

using Call = std::function<Value(virDomainPtr)>;

Value JobInfo(virDomainPtr domain) {
  virDomainJobInfo info;
  Check(Lv().virDomainGetJobInfo(domain, &info));
  return Object{{"type", info.type},
                {"timeElapsedMs", info.timeElapsed},
                {"timeRemainingMs", info.timeRemaining},
                {"dataTotal", info.dataTotal},
                {"dataProcessed", info.dataProcessed},
                {"dataRemaining", info.dataRemaining},
                {"memTotal", info.memTotal},
                {"memProcessed", info.memProcessed},
                {"memRemaining", info.memRemaining},
                {"fileTotal", info.fileTotal},
                {"fileProcessed", info.fileProcessed},
                {"fileRemaining", info.fileRemaining}};
}

Value JobStats(virDomainPtr domain, unsigned flags) {
  int type = 0;
  TypedParameters stats;
  Check(Lv().virDomainGetJobStats(domain, &type, &stats.data, &stats.count, flags));
  return Object{{"type", type}, {"stats", ToObject(stats.data, stats.count)}};
}

const DomainOperation kOperations[] = {
    {"domainGetJobInfo", [](Arguments&) -> Call { return JobInfo; }},
    {"domainGetJobStats", [](Arguments& arguments) -> Call {
       return [flags = arguments.Uint32()](virDomainPtr d) { return JobStats(d, flags); };
     }},
    {"domainAbortJob", [](Arguments&) -> Call {
       return [](virDomainPtr d) { return Done(Lv().virDomainAbortJob(d)); };
     }},
    {"domainCoreDumpWithFormat", [](Arguments& arguments) -> Call {
       auto path = arguments.Text();
       const unsigned format = arguments.Uint32(), flags = arguments.Uint32();
       return [=](virDomainPtr d) { return Done(Lv().virDomainCoreDumpWithFormat(d, path.c_str(), format, flags)); };
     }},
    {"domainMigrateToURI3", [](Arguments& arguments) -> Call {
       auto destination = arguments.OptionalText();
       auto inputs = ReadParameters(arguments);
       const unsigned flags = arguments.Uint32();
       return [=](virDomainPtr d) {
         TypedParameters parameters;
         Add(parameters, inputs);
         return Done(Lv().virDomainMigrateToURI3(d, OrNull(destination), parameters.data,
                                                 static_cast<unsigned>(parameters.count), flags));
       };
     }},
    {"domainMigrateSetMaxDowntime", [](Arguments& arguments) -> Call {
       return [milliseconds = arguments.Uint64()](virDomainPtr d) {
         return Done(Lv().virDomainMigrateSetMaxDowntime(d, milliseconds, 0u));
       };
     }},
    {"domainMigrateSetMaxSpeed", [](Arguments& arguments) -> Call {
       const uint64_t speed = arguments.Uint64();
       const unsigned flags = arguments.Uint32();
       return [=](virDomainPtr d) { return Done(Lv().virDomainMigrateSetMaxSpeed(d, speed, flags)); };
     }},
    {"domainMigrateStartPostCopy", [](Arguments&) -> Call {
       return [](virDomainPtr d) { return Done(Lv().virDomainMigrateStartPostCopy(d, 0u)); };
     }},
};

}  // namespace

void ExportDomainJobs(Napi::Object exports) { ExportDomainOperations(exports, kOperations); }

}  // namespace virtkit
