// Registers of a vCPU from and to JavaScript objects (KvmRegisters and KvmSystemRegisters in kvm-binding.ts).
#pragma once
#include <linux/kvm.h>

#include <vector>

#include "arguments.h"
#include "value.h"

namespace virtkit {

Object ToObject(const kvm_regs& regs);
Object ToObject(const kvm_sregs& sregs);

// The next argument. Throw Failure `invalid-argument`.
kvm_regs ReadRegs(Arguments& arguments);
std::vector<kvm_cpuid_entry2> ReadCpuid(Arguments& arguments);

// System registers to be written over those that the vCPU has: what the object does not name stays.
struct SregsChange {
  kvm_sregs values;
  void ApplyTo(kvm_sregs& sregs) const;
};
SregsChange ReadSregs(Arguments& arguments);

}  // namespace virtkit
