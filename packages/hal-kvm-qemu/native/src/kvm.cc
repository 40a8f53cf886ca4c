#include "kvm.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <cstddef>
#include <utility>

namespace virtkit {
namespace {

constexpr int kApiVersion = 12;  // The only stable version; the kernel's KVM documentation says to refuse all others.

[[noreturn]] void FailIoctl(const char* what) { throw Failure::Kvm("ioctl-failed", what, errno); }

int OpenDevice(const std::string& path) {
  const int number = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (number >= 0) return number;
  switch (errno) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
    case ENOTDIR:
      throw Failure::Kvm("absent", "There is no KVM at " + path, errno);
    case EACCES:
    case EPERM:
      throw Failure::Kvm("forbidden", "This process may not open " + path, errno);
    default:
      throw Failure::Kvm("ioctl-failed", "Opening " + path, errno);
  }
}

}  // namespace

int Descriptor::get() const {
  const int number = number_;
  if (number < 0) throw Failure::Kvm("closed", "This handle is closed.");
  return number;
}

void Descriptor::Close() {
  const int number = number_.exchange(-1);
  if (number < 0) return;
  close(number);
  counter_--;
}

int KvmCall(const Descriptor& descriptor, unsigned long request, void* argument, const char* what) {
  return KvmCall(descriptor, request, reinterpret_cast<unsigned long>(argument), what);
}

int KvmCall(const Descriptor& descriptor, unsigned long request, unsigned long argument, const char* what) {
  for (;;) {
    const int result = ioctl(descriptor.get(), request, argument);
    if (result >= 0) return result;
    if (errno != EINTR) FailIoctl(what);
  }
}

Kvm::Kvm(const std::string& path, std::shared_ptr<Workers> workers)
    : descriptor_(OpenDevice(path), counters.kvms), workers_(std::move(workers)) {
#if !defined(__x86_64__)
  throw Failure::Kvm("not-x86", "This binding knows KVM's x86-64 interface only.");
#endif
  const int version = ioctl(descriptor_.get(), KVM_GET_API_VERSION, 0);
  if (version < 0) throw Failure::Kvm("absent", path + " is not a KVM device", errno);
  if (version != kApiVersion) {
    throw Failure::Kvm("api-version", "KVM's API version is " + std::to_string(version) + ", not 12.");
  }
}

int Kvm::ApiVersion() const { return KvmCall(descriptor_, KVM_GET_API_VERSION, 0ul, "KVM_GET_API_VERSION"); }

int Kvm::CheckExtension(int capability) const {
  return KvmCall(descriptor_, KVM_CHECK_EXTENSION, static_cast<unsigned long>(capability), "KVM_CHECK_EXTENSION");
}

GuestMemory::GuestMemory(size_t bytes)
    : data_(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)),
      size_(bytes) {
  if (data_ == MAP_FAILED) FailIoctl("Mapping guest memory");
}

GuestMemory::~GuestMemory() { munmap(data_, size_); }

Vm::Vm(std::shared_ptr<Kvm> kvm)
    : kvm_(std::move(kvm)), descriptor_(KvmCall(kvm_->descriptor(), KVM_CREATE_VM, 0ul, "KVM_CREATE_VM"), counters.vms) {
#if defined(__x86_64__)
  // Intel CPUs without unrestricted guest mode keep three pages here to run real mode; below the BIOS, outside memory.
  KvmCall(descriptor_, KVM_SET_TSS_ADDR, 0xfffbd000ul, "KVM_SET_TSS_ADDR");
#endif
}

std::shared_ptr<GuestMemory> Vm::AddMemory(uint32_t slot, uint64_t guest_address, uint64_t bytes) {
  const auto memory = std::make_shared<GuestMemory>(bytes);
  kvm_userspace_memory_region region{};
  region.slot = slot;
  region.guest_phys_addr = guest_address;
  region.memory_size = bytes;
  region.userspace_addr = reinterpret_cast<uint64_t>(memory->data());
  const std::lock_guard lock(mutex_);
  KvmCall(descriptor_, KVM_SET_USER_MEMORY_REGION, &region, "KVM_SET_USER_MEMORY_REGION");
  // Kept until the VM is gone, also when its slot is replaced: the guest may run at this moment.
  memory_.push_back(memory);
  return memory;
}

uint64_t HostLoop(uint64_t iterations) {
#if defined(__x86_64__)
  timespec before, after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  uint64_t left = iterations;
  asm volatile("1: dec %0\n\tjnz 1b" : "+r"(left) : : "cc");
  clock_gettime(CLOCK_MONOTONIC, &after);
  return static_cast<uint64_t>((after.tv_sec - before.tv_sec) * 1000000000ll + (after.tv_nsec - before.tv_nsec));
#else
  (void)iterations;
  throw Failure::Kvm("not-x86", "The host loop exists for x86-64 only.");
#endif
}

}  // namespace virtkit
