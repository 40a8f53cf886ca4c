// /dev/kvm: the device, virtual machines and their vCPUs.
//
// Each owns a file descriptor and shares ownership of what it was made from, so they may be closed or collected in any
// order. Calls run on the device's own threads: a vCPU in guest mode holds one for as long as it runs.
#pragma once
#include <linux/kvm.h>
#include <napi.h>
#include <pthread.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "counters.h"
#include "failure.h"
#include "value.h"
#include "workers.h"

namespace virtkit {

// A file descriptor, closed with its owner or before; counted while it is open.
class Descriptor {
 public:
  Descriptor(int number, std::atomic<int>& counter) : number_(number), counter_(counter) { counter_++; }
  ~Descriptor() { Close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  // Throws Failure `closed`.
  int get() const;
  void Close();

 private:
  std::atomic<int> number_;
  std::atomic<int>& counter_;
};

// ioctl, again when a signal interrupts it. Throws Failure `ioctl-failed` with `what` in its message.
int KvmCall(const Descriptor& descriptor, unsigned long request, void* argument, const char* what);
int KvmCall(const Descriptor& descriptor, unsigned long request, unsigned long argument, const char* what);

class Kvm {
 public:
  static constexpr napi_type_tag kTag = {0x7d2e8b5a4c6f4b9b, 0xa5e1f09b3d7c4e11};
  static constexpr const char* kKind = "KVM";
  static constexpr Failure::Source kSource = Failure::Source::kKvm;

  // Blocks. Throws Failure `absent`, `forbidden`, `api-version`, `not-x86`.
  Kvm(const std::string& path, std::shared_ptr<Workers> workers);

  int ApiVersion() const;
  int CheckExtension(int capability) const;
  List SupportedCpuid() const;
  Object MsrIndices() const;

  const Descriptor& descriptor() const { return descriptor_; }
  const std::shared_ptr<Workers>& workers() const { return workers_; }
  void Close() { descriptor_.Close(); }

 private:
  List MsrList(unsigned long request, const char* what) const;

  Descriptor descriptor_;
  const std::shared_ptr<Workers> workers_;
};

// Guest memory; mapped for as long as a VM or a JavaScript buffer refers to it.
class GuestMemory {
 public:
  // Throws Failure `ioctl-failed`.
  explicit GuestMemory(size_t bytes);
  ~GuestMemory();
  GuestMemory(const GuestMemory&) = delete;
  GuestMemory& operator=(const GuestMemory&) = delete;
  void* data() const { return data_; }
  size_t size() const { return size_; }

 private:
  void* data_;
  const size_t size_;
};

class Vm {
 public:
  static constexpr napi_type_tag kTag = {0x51b0c9e2f8a74d13, 0x8f2ad47b60914e12};
  static constexpr const char* kKind = "VM";
  static constexpr Failure::Source kSource = Failure::Source::kKvm;

  explicit Vm(std::shared_ptr<Kvm> kvm);
  std::shared_ptr<GuestMemory> AddMemory(uint32_t slot, uint64_t guest_address, uint64_t bytes);

  const Descriptor& descriptor() const { return descriptor_; }
  const std::shared_ptr<Kvm>& kvm() const { return kvm_; }
  void Close() { descriptor_.Close(); }

 private:
  const std::shared_ptr<Kvm> kvm_;
  Descriptor descriptor_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<GuestMemory>> memory_;
};

class Vcpu {
 public:
  static constexpr napi_type_tag kTag = {0x0e94d7c1b35a4f27, 0x93c85be1270d4e13};
  static constexpr const char* kKind = "vCPU";
  static constexpr Failure::Source kSource = Failure::Source::kKvm;

  Vcpu(std::shared_ptr<Vm> vm, uint32_t id);
  ~Vcpu();
  Vcpu(const Vcpu&) = delete;
  Vcpu& operator=(const Vcpu&) = delete;

  void SetCpuid(const std::vector<kvm_cpuid_entry2>& entries);
  kvm_regs Regs() const;
  void SetRegs(kvm_regs regs);
  kvm_sregs Sregs() const;
  void SetSregs(kvm_sregs sregs);
  // Until the guest exits or the time is over. Throws Failure `busy` when it runs already.
  Object Run(uint32_t timeout_ms, const Bytes* input);
  // Ends the present run; from any thread.
  void Kick();
  // Kicks, waits for the run's end, closes.
  void Close();

  const std::shared_ptr<Vm>& vm() const { return vm_; }

 private:
  // Holds the vCPU for one call; the kernel serialises them, but a caller must not wait behind a running guest.
  std::unique_lock<std::mutex> Claim() const;
  Object DecodeExit() const;
  void AnswerInput(const Bytes& input);

  const std::shared_ptr<Vm> vm_;
  Descriptor descriptor_;
  size_t run_size_ = 0;
  kvm_run* run_ = nullptr;
  mutable std::mutex claimed_;
  std::mutex runner_mutex_;
  pthread_t runner_{};
  bool running_ = false;
};

// Runs the loop that the guest runs (`dec; jnz`) on this CPU; nanoseconds. Throws Failure `not-x86`.
uint64_t HostLoop(uint64_t iterations);

}  // namespace virtkit
