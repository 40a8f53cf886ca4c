// What the kernel offers to guests: CPUID leaves and model-specific registers.
#include <errno.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cstddef>

#include "kvm.h"

namespace virtkit {
namespace {

// The kernel's header declares these structures with flexible arrays, which have the wrong size in C++ (and with it the
// numbers of the requests): here are their fixed parts, and the requests by the kernel's numbers.
struct CpuidHeader {
  uint32_t count;
  uint32_t padding;
};
struct MsrHeader {
  uint32_t count;
};
constexpr unsigned long kGetSupportedCpuid = _IOWR(KVMIO, 0x05, CpuidHeader);
constexpr unsigned long kSetCpuid2 = _IOW(KVMIO, 0x90, CpuidHeader);
constexpr unsigned long kGetMsrIndexList = _IOWR(KVMIO, 0x02, MsrHeader);
constexpr unsigned long kGetMsrFeatureIndexList = _IOWR(KVMIO, 0x0a, MsrHeader);

// A fixed part and room for `count` entries behind it.
template <typename Header, typename Entry>
class WithEntries {
  static_assert(sizeof(Header) % alignof(Entry) == 0);

 public:
  explicit WithEntries(uint32_t count) : storage_(sizeof(Header) + count * sizeof(Entry)) { header().count = count; }
  Header& header() { return *reinterpret_cast<Header*>(storage_.data()); }
  Entry* entries() { return reinterpret_cast<Entry*>(storage_.data() + sizeof(Header)); }
  void* data() { return storage_.data(); }

 private:
  std::vector<std::byte> storage_;
};

constexpr uint32_t kMostEntries = 65536;

// Asks with room for more and more entries until the kernel no longer finds it too little (E2BIG).
template <typename Header, typename Entry>
WithEntries<Header, Entry> Ask(const Descriptor& descriptor, unsigned long request, const char* what) {
  for (uint32_t room = 128; room <= kMostEntries; room *= 2) {
    WithEntries<Header, Entry> answer(room);
    if (ioctl(descriptor.get(), request, answer.data()) == 0) return answer;
    if (errno != E2BIG) break;
  }
  throw Failure::Kvm("ioctl-failed", what, errno);
}

}  // namespace

List Kvm::SupportedCpuid() const {
  auto answer = Ask<CpuidHeader, kvm_cpuid_entry2>(descriptor_, kGetSupportedCpuid, "KVM_GET_SUPPORTED_CPUID");
  List list;
  for (uint32_t i = 0; i < answer.header().count; i++) {
    const kvm_cpuid_entry2& entry = answer.entries()[i];
    list.push_back(Object{{"function", entry.function},
                          {"index", entry.index},
                          {"flags", entry.flags},
                          {"eax", entry.eax},
                          {"ebx", entry.ebx},
                          {"ecx", entry.ecx},
                          {"edx", entry.edx}});
  }
  return list;
}

List Kvm::MsrList(unsigned long request, const char* what) const {
  auto answer = Ask<MsrHeader, uint32_t>(descriptor_, request, what);
  List list;
  for (uint32_t i = 0; i < answer.header().count; i++) list.push_back(answer.entries()[i]);
  return list;
}

Object Kvm::MsrIndices() const {
  return {{"saved", MsrList(kGetMsrIndexList, "KVM_GET_MSR_INDEX_LIST")},
          {"features", MsrList(kGetMsrFeatureIndexList, "KVM_GET_MSR_FEATURE_INDEX_LIST")}};
}

void Vcpu::SetCpuid(const std::vector<kvm_cpuid_entry2>& entries) {
  const auto claim = Claim();
  WithEntries<CpuidHeader, kvm_cpuid_entry2> request(static_cast<uint32_t>(entries.size()));
  std::copy(entries.begin(), entries.end(), request.entries());
  KvmCall(descriptor_, kSetCpuid2, request.data(), "KVM_SET_CPUID2");
}

}  // namespace virtkit
