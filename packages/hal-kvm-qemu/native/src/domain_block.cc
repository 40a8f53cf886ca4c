// NativeBinding: disks of a domain, block jobs, backup and checkpoints.
#include <cstdlib>

#include "operations.h"
#include "typed_parameters.h"

namespace virtkit {
namespace {

using Call = std::function<Value(virDomainPtr)>;

Value BlockInfo(virDomainPtr domain, const char* disk) {
  virDomainBlockInfo info;
  Check(Lv().virDomainGetBlockInfo(domain, disk, &info, 0u));
  return Object{{"capacity", info.capacity}, {"allocation", info.allocation}, {"physical", info.physical}};
}

// libvirt wants to be asked for the number of parameters first; the caller allocates.
Value BlockStats(virDomainPtr domain, const char* disk) {
  const auto& lv = Lv();
  int count = 0;
  Check(lv.virDomainBlockStatsFlags(domain, disk, static_cast<virTypedParameterPtr>(nullptr), &count, 0u));
  TypedParameters stats;
  stats.data = static_cast<virTypedParameterPtr>(std::calloc(static_cast<size_t>(count) + 1, sizeof(virTypedParameter)));
  Check(stats.data);
  Check(lv.virDomainBlockStatsFlags(domain, disk, stats.data, &count, 0u));
  stats.count = count;
  return ToObject(stats.data, count);
}

Value BlockJobInfo(virDomainPtr domain, const char* disk) {
  virDomainBlockJobInfo info{};
  if (Check(Lv().virDomainGetBlockJobInfo(domain, disk, &info, 0u)) == 0) return {};
  return Object{{"type", info.type}, {"bandwidth", info.bandwidth}, {"current", info.cur}, {"end", info.end}};
}

class Checkpoint {
 public:
  explicit Checkpoint(virDomainCheckpointPtr checkpoint) : checkpoint_(Check(checkpoint)) {}
  ~Checkpoint() { Lv().virDomainCheckpointFree(checkpoint_); }
  Checkpoint(const Checkpoint&) = delete;
  Checkpoint& operator=(const Checkpoint&) = delete;
  virDomainCheckpointPtr get() const { return checkpoint_; }
  std::string Name() const { return Check(Lv().virDomainCheckpointGetName(checkpoint_)); }

 private:
  virDomainCheckpointPtr checkpoint_;
};

Value Checkpoints(virDomainPtr domain, unsigned flags) {
  virDomainCheckpointPtr* checkpoints = nullptr;
  const int count = Check(Lv().virDomainListAllCheckpoints(domain, &checkpoints, flags));
  List names;
  for (int i = 0; i < count; i++) names.push_back(Checkpoint(checkpoints[i]).Name());
  std::free(checkpoints);
  return names;
}

const DomainOperation kOperations[] = {
    {"domainGetBlockInfo", [](Arguments& arguments) -> Call {
       return [disk = arguments.Text()](virDomainPtr d) { return BlockInfo(d, disk.c_str()); };
     }},
    {"domainBlockResize", [](Arguments& arguments) -> Call {
       auto disk = arguments.Text();
       const uint64_t size = arguments.Uint64();
       const unsigned flags = arguments.Uint32();
       return [=](virDomainPtr d) { return Done(Lv().virDomainBlockResize(d, disk.c_str(), size, flags)); };
     }},
    {"domainBlockStatsFlags", [](Arguments& arguments) -> Call {
       return [disk = arguments.Text()](virDomainPtr d) { return BlockStats(d, disk.c_str()); };
     }},
    {"domainBlockCommit", [](Arguments& arguments) -> Call {
       auto disk = arguments.Text();
       auto base = arguments.OptionalText(), top = arguments.OptionalText();
       const uint64_t bandwidth = arguments.Uint64();
       const unsigned flags = arguments.Uint32();
       return [=](virDomainPtr d) {
         return Done(Lv().virDomainBlockCommit(d, disk.c_str(), OrNull(base), OrNull(top), bandwidth, flags));
       };
     }},
    {"domainBlockJobAbort", [](Arguments& arguments) -> Call {
       auto disk = arguments.Text();
       const unsigned flags = arguments.Uint32();
       return [=](virDomainPtr d) { return Done(Lv().virDomainBlockJobAbort(d, disk.c_str(), flags)); };
     }},
    {"domainGetBlockJobInfo", [](Arguments& arguments) -> Call {
       return [disk = arguments.Text()](virDomainPtr d) { return BlockJobInfo(d, disk.c_str()); };
     }},
    {"domainBackupBegin", [](Arguments& arguments) -> Call {
       auto backup = arguments.Text();
       auto checkpoint = arguments.OptionalText();
       const unsigned flags = arguments.Uint32();
       return [=](virDomainPtr d) {
         return Done(Lv().virDomainBackupBegin(d, backup.c_str(), OrNull(checkpoint), flags));
       };
     }},
    {"domainBackupGetXMLDesc", [](Arguments&) -> Call {
       return [](virDomainPtr d) { return Value(TakeText(Lv().virDomainBackupGetXMLDesc(d, 0u))); };
     }},
    {"domainCheckpointCreateXML", [](Arguments& arguments) -> Call {
       auto xml = arguments.Text();
       const unsigned flags = arguments.Uint32();
       return [=](virDomainPtr d) {
         return Value(Checkpoint(Lv().virDomainCheckpointCreateXML(d, xml.c_str(), flags)).Name());
       };
     }},
    {"domainCheckpointDelete", [](Arguments& arguments) -> Call {
       auto name = arguments.Text();
       const unsigned flags = arguments.Uint32();
       return [=](virDomainPtr d) {
         const Checkpoint checkpoint(Lv().virDomainCheckpointLookupByName(d, name.c_str(), 0u));
         return Done(Lv().virDomainCheckpointDelete(checkpoint.get(), flags));
       };
     }},
    {"domainListAllCheckpoints", [](Arguments& arguments) -> Call {
       return [flags = arguments.Uint32()](virDomainPtr d) { return Checkpoints(d, flags); };
     }},
};

}  // namespace

void ExportDomainBlock(Napi::Object exports) { ExportDomainOperations(exports, kOperations); }

}  // namespace virtkit
