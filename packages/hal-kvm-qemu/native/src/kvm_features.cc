// What the kernel offers to guests: CPUID leaves and model-specific registers.
#include <errno.h>
#include <sys/ioctl.h>

#include <cstddef>
#include <new>

#include "kvm.h"

namespace virtkit {
namespace {

// A kernel structure that ends in an array, with room for `count` entries.
template <typename Header, typename Entry>
class WithEntries {
 public:
  explicit WithEntries(size_t count) : storage_(sizeof(Header) + count * sizeof(Entry)) {}
  Header* get() { return reinterpret_cast<Header*>(storage_.data()); }

 private:
  std::vector<std::byte> storage_;
};

constexpr size_t kMostEntries = 65536;

// Asks with room for more and more entries until the kernel no longer finds it too little (E2BIG).
template <typename Header, typename Entry, typename Count>
WithEntries<Header, Entry> Ask(const Descriptor& descriptor, unsigned long request, Count Header::*count,
                               const char* what) {
  for (size_t room = 128; room <= kMostEntries; room *= 2) {
    WithEntries<Header, Entry> answer(room);
    answer.get()->*count = static_cast<Count>(room);
    if (ioctl(descriptor.get(), request, answer.get()) == 0) return answer;
    if (errno != E2BIG) break;
  }
  throw Failure::Kvm("ioctl-failed", what, errno);
}

}  // namespace

List Kvm::SupportedCpuid() const {
  auto answer = Ask<kvm_cpuid2, kvm_cpuid_entry2>(descriptor_, KVM_GET_SUPPORTED_CPUID, &kvm_cpuid2::nent,
                                                  "KVM_GET_SUPPORTED_CPUID");
  List list;
  for (size_t i = 0; i < answer.get()->nent; i++) {
    const kvm_cpuid_entry2& entry = answer.get()->entries[i];
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
  auto answer = Ask<kvm_msr_list, uint32_t>(descriptor_, request, &kvm_msr_list::nmsrs, what);
  List list;
  for (size_t i = 0; i < answer.get()->nmsrs; i++) list.push_back(answer.get()->indices[i]);
  return list;
}

Object Kvm::MsrIndices() const {
  return {{"saved", MsrList(KVM_GET_MSR_INDEX_LIST, "KVM_GET_MSR_INDEX_LIST")},
          {"features", MsrList(KVM_GET_MSR_FEATURE_INDEX_LIST, "KVM_GET_MSR_FEATURE_INDEX_LIST")}};
}

void Vcpu::SetCpuid(std::vector<kvm_cpuid_entry2> entries) {
  const auto claim = Claim();
  WithEntries<kvm_cpuid2, kvm_cpuid_entry2> request(entries.size());
  request.get()->nent = static_cast<uint32_t>(entries.size());
  for (size_t i = 0; i < entries.size(); i++) request.get()->entries[i] = entries[i];
  KvmCall(descriptor_, KVM_SET_CPUID2, request.get(), "KVM_SET_CPUID2");
}

}  // namespace virtkit
