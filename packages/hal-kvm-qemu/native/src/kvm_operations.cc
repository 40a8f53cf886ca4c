// KvmBinding (src/native/kvm-binding.ts): the /dev/kvm half of the addon.
#include <utility>

#include "environment.h"
#include "kvm.h"
#include "kvm_registers.h"
#include "operations.h"

namespace virtkit {
namespace {

constexpr auto kKvm = Failure::Source::kKvm;
// A running vCPU holds a thread: more vCPUs than this cannot run at a time on one device handle.
constexpr size_t kMostCalls = 64;
constexpr uint64_t kMostMemory = 1ull << 40;

// Runs `work` on one of these threads and posts its outcome.
void RunOn(const std::shared_ptr<Workers>& workers, std::shared_ptr<Channel> channel, uint64_t call,
           std::function<Value()> work) {
  workers->Submit([channel = std::move(channel), call, work = std::move(work)]() mutable {
    Outcome outcome;
    try {
      outcome = work();
    } catch (Failure& failure) {
      outcome = std::move(failure);
    }
    work = nullptr;
    channel->Post(CallDone{call, std::move(outcome)});
  });
}

const std::shared_ptr<Workers>& WorkersOf(const Kvm& kvm) { return kvm.workers(); }
const std::shared_ptr<Workers>& WorkersOf(const Vm& vm) { return vm.kvm()->workers(); }
const std::shared_ptr<Workers>& WorkersOf(const Vcpu& vcpu) { return vcpu.vm()->kvm()->workers(); }

// A function of the addon whose first argument is a handle of T; `prepare` reads the others and returns what to run.
template <typename T>
using Prepare = std::function<Value()> (*)(const std::shared_ptr<T>& target, Arguments& arguments);

template <typename T, Prepare<T> prepare>
Napi::Value Call(const Napi::CallbackInfo& info) {
  return Promised(info, kKvm, [&](Arguments& arguments, uint64_t call) {
    const auto target = arguments.Handle<T>();
    RunOn(WorkersOf(*target), Environment::Of(info.Env()).channel(), call, prepare(target, arguments));
  });
}

using Work = std::function<Value()>;
using KvmPtr = std::shared_ptr<Kvm>;
using VmPtr = std::shared_ptr<Vm>;
using VcpuPtr = std::shared_ptr<Vcpu>;

template <typename T>
Value HandleOf(std::shared_ptr<T> target) {
  return Maker([target = std::move(target)](Napi::Env env) { return MakeHandle(env, target); });
}

Napi::Value KvmOpen(const Napi::CallbackInfo& info) {
  return Promised(info, kKvm, [&](Arguments& arguments, uint64_t call) {
    const auto workers = std::make_shared<Workers>(kMostCalls);
    RunOn(workers, Environment::Of(info.Env()).channel(), call,
          [workers, path = arguments.Text()] { return HandleOf(std::make_shared<Kvm>(path, workers)); });
  });
}

Napi::Value HostLoopCall(const Napi::CallbackInfo& info) {
  return Promised(info, kKvm, [&](Arguments& arguments, uint64_t call) {
    const uint64_t iterations = arguments.Uint64();
    if (iterations < 1) arguments.Refuse("a number of iterations from 1");
    const auto workers = std::make_shared<Workers>(1);
    RunOn(workers, Environment::Of(info.Env()).channel(), call, [workers, iterations] {
      workers->Retire();
      return Value(HostLoop(iterations));
    });
  });
}

Work CloseKvm(const KvmPtr& kvm, Arguments&) {
  return [=] {
    kvm->Close();
    kvm->workers()->Retire();
    return Value();
  };
}
Work GetApiVersion(const KvmPtr& kvm, Arguments&) {
  return [=] { return Value(kvm->ApiVersion()); };
}
Work CheckExtension(const KvmPtr& kvm, Arguments& arguments) {
  return [=, capability = arguments.Int32()] { return Value(kvm->CheckExtension(capability)); };
}
Work GetSupportedCpuid(const KvmPtr& kvm, Arguments&) {
  return [=] { return Value(kvm->SupportedCpuid()); };
}
Work GetMsrIndices(const KvmPtr& kvm, Arguments&) {
  return [=] { return Value(kvm->MsrIndices()); };
}
Work CreateVm(const KvmPtr& kvm, Arguments&) {
  return [=] { return HandleOf(std::make_shared<Vm>(kvm)); };
}

Work CloseVm(const VmPtr& vm, Arguments&) {
  return [=] {
    vm->Close();
    return Value();
  };
}

// The buffer shares ownership of the mapping, so that it outlives the VM if need be.
Napi::Value MemoryBuffer(Napi::Env env, const std::shared_ptr<GuestMemory>& memory) {
  auto* owner = new std::shared_ptr<GuestMemory>(memory);
  return Napi::ArrayBuffer::New(
      env, memory->data(), memory->size(), [](Napi::Env, void*, std::shared_ptr<GuestMemory>* held) { delete held; },
      owner);
}

Work AddMemory(const VmPtr& vm, Arguments& arguments) {
  const uint32_t slot = arguments.Uint32();
  const uint64_t address = arguments.Uint64(), bytes = arguments.Uint64();
  if (bytes == 0 || bytes % 4096 != 0 || bytes > kMostMemory) arguments.Refuse("a positive multiple of 4096 bytes");
  return [=] {
    const auto memory = vm->AddMemory(slot, address, bytes);
    return Value(Maker([memory](Napi::Env env) { return MemoryBuffer(env, memory); }));
  };
}
Work CreateVcpu(const VmPtr& vm, Arguments& arguments) {
  return [=, id = arguments.Uint32()] { return HandleOf(std::make_shared<Vcpu>(vm, id)); };
}

Work CloseVcpu(const VcpuPtr& vcpu, Arguments&) {
  return [=] {
    vcpu->Close();
    return Value();
  };
}
Work SetCpuid(const VcpuPtr& vcpu, Arguments& arguments) {
  return [=, entries = ReadCpuid(arguments)] {
    vcpu->SetCpuid(entries);
    return Value();
  };
}
Work GetRegs(const VcpuPtr& vcpu, Arguments&) {
  return [=] { return Value(ToObject(vcpu->Regs())); };
}
Work SetRegs(const VcpuPtr& vcpu, Arguments& arguments) {
  return [=, regs = ReadRegs(arguments)] {
    vcpu->SetRegs(regs);
    return Value();
  };
}
Work GetSregs(const VcpuPtr& vcpu, Arguments&) {
  return [=] { return Value(ToObject(vcpu->Sregs())); };
}
Work SetSregs(const VcpuPtr& vcpu, Arguments& arguments) {
  return [=, change = ReadSregs(arguments)] {
    kvm_sregs sregs = vcpu->Sregs();
    change.ApplyTo(sregs);
    vcpu->SetSregs(sregs);
    return Value();
  };
}
Work RunVcpu(const VcpuPtr& vcpu, Arguments& arguments) {
  const uint32_t timeout = arguments.Uint32();
  return [=, input = arguments.OptionalData()] { return Value(vcpu->Run(timeout, input ? &*input : nullptr)); };
}

void KickVcpu(const Napi::CallbackInfo& info) {
  try {
    TakeHandle<Vcpu>(info[0])->Kick();
  } catch (const Failure& failure) {
    throw Environment::Of(info.Env()).ToError(info.Env(), failure);
  }
}

}  // namespace

void ExportKvmOperations(Napi::Env env, Napi::Object exports) {
  const auto add = [&](const char* name, auto function) {
    exports.Set(name, Napi::Function::New(env, function, name));
  };
  add("kvmOpen", KvmOpen);
  add("kvmClose", Call<Kvm, CloseKvm>);
  add("kvmGetApiVersion", Call<Kvm, GetApiVersion>);
  add("kvmCheckExtension", Call<Kvm, CheckExtension>);
  add("kvmGetSupportedCpuid", Call<Kvm, GetSupportedCpuid>);
  add("kvmGetMsrIndices", Call<Kvm, GetMsrIndices>);
  add("kvmCreateVm", Call<Kvm, CreateVm>);
  add("vmClose", Call<Vm, CloseVm>);
  add("vmAddMemory", Call<Vm, AddMemory>);
  add("vmCreateVcpu", Call<Vm, CreateVcpu>);
  add("vcpuClose", Call<Vcpu, CloseVcpu>);
  add("vcpuSetCpuid", Call<Vcpu, SetCpuid>);
  add("vcpuGetRegs", Call<Vcpu, GetRegs>);
  add("vcpuSetRegs", Call<Vcpu, SetRegs>);
  add("vcpuGetSregs", Call<Vcpu, GetSregs>);
  add("vcpuSetSregs", Call<Vcpu, SetSregs>);
  add("vcpuRun", Call<Vcpu, RunVcpu>);
  add("vcpuKick", KickVcpu);
  add("hostLoop", HostLoopCall);
}

}  // namespace virtkit
