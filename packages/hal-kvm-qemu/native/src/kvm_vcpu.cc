// Running a vCPU with a wall-clock limit.
//
// KVM_RUN returns when a signal is delivered to its thread. One that arrives just before the ioctl would be missed, so
// its handler also sets `immediate_exit`, which makes the ioctl return at once. The limit is a timer that signals this
// thread, and goes on signalling until it is deleted.
#include <errno.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstring>
#include <mutex>
#include <utility>

#include "kvm.h"

namespace virtkit {
namespace {

// A real-time signal that neither libc, libuv nor V8 uses.
int KickSignal() { return SIGRTMIN + 6; }

// The structure that the signal handler marks; only this thread's own.
thread_local volatile kvm_run* running_here = nullptr;

void OnKick(int) {
  if (running_here != nullptr) running_here->immediate_exit = 1;
}

void InstallHandler() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction action {};
    action.sa_handler = OnKick;  // Without SA_RESTART, so that the ioctl returns.
    sigaction(KickSignal(), &action, nullptr);
  });
}

// Lets the kick signal through on this thread and ends the run after a time.
class RunGuard {
 public:
  RunGuard(kvm_run* run, uint32_t timeout_ms) {
    InstallHandler();
    run->immediate_exit = 0;
    running_here = run;
    sigset_t kick;
    sigemptyset(&kick);
    sigaddset(&kick, KickSignal());
    // A late signal of an earlier run must not end this one.
    const timespec at_once{};
    while (sigtimedwait(&kick, nullptr, &at_once) >= 0) continue;
    pthread_sigmask(SIG_UNBLOCK, &kick, &previous_);
    struct sigevent event {};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = KickSignal();
    event._sigev_un._tid = static_cast<pid_t>(syscall(SYS_gettid));
    if (timer_create(CLOCK_MONOTONIC, &event, &timer_) != 0) {
      Leave();
      throw Failure::Kvm("ioctl-failed", "A timer for the time limit", errno);
    }
    itimerspec limit{};
    limit.it_value.tv_sec = timeout_ms / 1000;
    limit.it_value.tv_nsec = static_cast<long>(timeout_ms % 1000) * 1000000 + 1;
    limit.it_interval.tv_nsec = 5000000;
    timer_settime(timer_, 0, &limit, nullptr);
  }
  ~RunGuard() {
    timer_delete(timer_);
    Leave();
  }
  RunGuard(const RunGuard&) = delete;
  RunGuard& operator=(const RunGuard&) = delete;

 private:
  void Leave() {
    running_here = nullptr;
    pthread_sigmask(SIG_SETMASK, &previous_, nullptr);
  }

  sigset_t previous_;
  timer_t timer_;
};

uint64_t Now() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000000000u + static_cast<uint64_t>(now.tv_nsec);
}

}  // namespace

Vcpu::Vcpu(std::shared_ptr<Vm> vm, uint32_t id)
    : vm_(std::move(vm)),
      descriptor_(KvmCall(vm_->descriptor(), KVM_CREATE_VCPU, static_cast<unsigned long>(id), "KVM_CREATE_VCPU"),
                  counters.vcpus),
      run_size_(static_cast<size_t>(
          KvmCall(vm_->kvm()->descriptor(), KVM_GET_VCPU_MMAP_SIZE, 0ul, "KVM_GET_VCPU_MMAP_SIZE"))) {
  void* mapped = mmap(nullptr, run_size_, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_.get(), 0);
  if (mapped == MAP_FAILED) throw Failure::Kvm("ioctl-failed", "Mapping the vCPU", errno);
  run_ = static_cast<kvm_run*>(mapped);
}

Vcpu::~Vcpu() {
  if (run_ != nullptr) munmap(run_, run_size_);
}

std::unique_lock<std::mutex> Vcpu::Claim() const {
  std::unique_lock lock(claimed_, std::try_to_lock);
  if (!lock) throw Failure::Kvm("busy", "The vCPU is in use by another call.");
  return lock;
}

kvm_regs Vcpu::Regs() const {
  const auto claim = Claim();
  kvm_regs regs;
  KvmCall(descriptor_, KVM_GET_REGS, &regs, "KVM_GET_REGS");
  return regs;
}

void Vcpu::SetRegs(kvm_regs regs) {
  const auto claim = Claim();
  KvmCall(descriptor_, KVM_SET_REGS, &regs, "KVM_SET_REGS");
}

kvm_sregs Vcpu::Sregs() const {
  const auto claim = Claim();
  kvm_sregs sregs;
  KvmCall(descriptor_, KVM_GET_SREGS, &sregs, "KVM_GET_SREGS");
  return sregs;
}

void Vcpu::SetSregs(kvm_sregs sregs) {
  const auto claim = Claim();
  KvmCall(descriptor_, KVM_SET_SREGS, &sregs, "KVM_SET_SREGS");
}

Object Vcpu::Run(uint32_t timeout_ms, const Bytes* input) {
  const auto claim = Claim();
  const int descriptor = descriptor_.get();
  if (input != nullptr) AnswerInput(*input);
  const RunGuard guard(run_, timeout_ms);
  {
    const std::lock_guard lock(runner_mutex_);
    runner_ = pthread_self();
    running_ = true;
  }
  const uint64_t begin = Now();
  const int result = ioctl(descriptor, KVM_RUN, 0);
  const int error = errno;
  const uint64_t elapsed = Now() - begin;
  {
    const std::lock_guard lock(runner_mutex_);
    running_ = false;
  }
  if (result < 0 && error != EINTR && error != EAGAIN) throw Failure::Kvm("ioctl-failed", "KVM_RUN", error);
  Object exit = result < 0 ? Object{{"kind", "interrupted"}} : DecodeExit();
  return {{"exit", std::move(exit)}, {"elapsedNs", elapsed}};
}

void Vcpu::Kick() {
  const std::lock_guard lock(runner_mutex_);
  if (running_) pthread_kill(runner_, KickSignal());
}

void Vcpu::Close() {
  // A kick may come just before the run begins, which resets the mark, so it is repeated until the claim is free.
  std::unique_lock lock(claimed_, std::defer_lock);
  while (!lock.try_lock()) {
    Kick();
    usleep(200);
  }
  descriptor_.Close();
}

void Vcpu::AnswerInput(const Bytes& input) {
  uint8_t* target = nullptr;
  size_t expected = 0;
  if (run_->exit_reason == KVM_EXIT_IO && run_->io.direction == KVM_EXIT_IO_IN) {
    target = reinterpret_cast<uint8_t*>(run_) + run_->io.data_offset;
    expected = static_cast<size_t>(run_->io.size) * run_->io.count;
  } else if (run_->exit_reason == KVM_EXIT_MMIO && run_->mmio.is_write == 0) {
    target = run_->mmio.data;
    expected = run_->mmio.len;
  }
  if (target == nullptr || input.size() != expected) {
    throw Failure::Kvm("invalid-argument", "The guest is not waiting for this much input.");
  }
  std::memcpy(target, input.data(), expected);
}

Object Vcpu::DecodeExit() const {
  switch (run_->exit_reason) {
    case KVM_EXIT_IO: {
      const auto* data = reinterpret_cast<const uint8_t*>(run_) + run_->io.data_offset;
      const bool out = run_->io.direction == KVM_EXIT_IO_OUT;
      return {{"kind", "io"},
              {"direction", out ? "out" : "in"},
              {"port", run_->io.port},
              {"size", run_->io.size},
              {"data", Bytes(data, data + (out ? static_cast<size_t>(run_->io.size) * run_->io.count : 0))}};
    }
    case KVM_EXIT_MMIO:
      return {{"kind", "mmio"},
              {"write", run_->mmio.is_write != 0},
              {"address", Big{run_->mmio.phys_addr}},
              {"data", Bytes(run_->mmio.data, run_->mmio.data + run_->mmio.len)}};
    case KVM_EXIT_HLT:
      return {{"kind", "hlt"}};
    case KVM_EXIT_SHUTDOWN:
      return {{"kind", "shutdown"}};
    case KVM_EXIT_FAIL_ENTRY:
      return {{"kind", "fail-entry"}, {"hardwareReason", Big{run_->fail_entry.hardware_entry_failure_reason}}};
    case KVM_EXIT_INTERNAL_ERROR:
      return {{"kind", "internal-error"}, {"suberror", run_->internal.suberror}};
    case KVM_EXIT_INTR:
      return {{"kind", "interrupted"}};
    default:
      return {{"kind", "other"}, {"reason", run_->exit_reason}};
  }
}

}  // namespace virtkit
