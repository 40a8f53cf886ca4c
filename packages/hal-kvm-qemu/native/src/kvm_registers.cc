#include "kvm_registers.h"

#include <string>

namespace virtkit {
namespace {

struct RegisterField {
  const char* name;
  __u64 kvm_regs::*member;
};
constexpr RegisterField kRegisters[] = {
    {"rax", &kvm_regs::rax}, {"rbx", &kvm_regs::rbx}, {"rcx", &kvm_regs::rcx}, {"rdx", &kvm_regs::rdx},
    {"rsi", &kvm_regs::rsi}, {"rdi", &kvm_regs::rdi}, {"rsp", &kvm_regs::rsp}, {"rbp", &kvm_regs::rbp},
    {"r8", &kvm_regs::r8},   {"r9", &kvm_regs::r9},   {"r10", &kvm_regs::r10}, {"r11", &kvm_regs::r11},
    {"r12", &kvm_regs::r12}, {"r13", &kvm_regs::r13}, {"r14", &kvm_regs::r14}, {"r15", &kvm_regs::r15},
    {"rip", &kvm_regs::rip}, {"rflags", &kvm_regs::rflags},
};

struct SegmentField {
  const char* name;
  kvm_segment kvm_sregs::*member;
};
constexpr SegmentField kSegments[] = {
    {"cs", &kvm_sregs::cs}, {"ds", &kvm_sregs::ds}, {"es", &kvm_sregs::es}, {"fs", &kvm_sregs::fs},
    {"gs", &kvm_sregs::gs}, {"ss", &kvm_sregs::ss}, {"tr", &kvm_sregs::tr}, {"ldt", &kvm_sregs::ldt},
};

struct ControlField {
  const char* name;
  __u64 kvm_sregs::*member;
};
constexpr ControlField kControls[] = {
    {"cr0", &kvm_sregs::cr0}, {"cr2", &kvm_sregs::cr2}, {"cr3", &kvm_sregs::cr3},
    {"cr4", &kvm_sregs::cr4}, {"cr8", &kvm_sregs::cr8}, {"efer", &kvm_sregs::efer},
};

struct SegmentBits {
  const char* name;
  __u8 kvm_segment::*member;
};
constexpr SegmentBits kSegmentBits[] = {
    {"type", &kvm_segment::type}, {"present", &kvm_segment::present}, {"dpl", &kvm_segment::dpl},
    {"db", &kvm_segment::db},     {"s", &kvm_segment::s},             {"l", &kvm_segment::l},
    {"g", &kvm_segment::g},       {"avl", &kvm_segment::avl},         {"unusable", &kvm_segment::unusable},
};

Object SegmentObject(const kvm_segment& segment) {
  Object object{{"base", Big{segment.base}}, {"limit", segment.limit}, {"selector", segment.selector}};
  for (const auto& field : kSegmentBits) object.emplace_back(field.name, static_cast<unsigned>(segment.*field.member));
  return object;
}

uint64_t ReadBig(Arguments& arguments, const Napi::Object& object, const char* name) {
  const Napi::Value value = object.Get(name);
  bool lossless = false;
  const uint64_t number = value.IsBigInt() ? value.As<Napi::BigInt>().Uint64Value(&lossless) : 0;
  if (!lossless) arguments.Refuse(std::string("an object whose ") + name + " is an unsigned 64-bit bigint");
  return number;
}

uint32_t ReadNumber(Arguments& arguments, const Napi::Object& object, const char* name, double most) {
  const Napi::Value value = object.Get(name);
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
  if (!(number >= 0 && number <= most)) arguments.Refuse(std::string("an object whose ") + name + " is in range");
  return static_cast<uint32_t>(number);
}

kvm_segment ReadSegment(Arguments& arguments, const Napi::Value& value, const char* name) {
  if (!value.IsObject()) arguments.Refuse(std::string("an object whose ") + name + " is a segment");
  const auto object = value.As<Napi::Object>();
  kvm_segment segment{};
  segment.base = ReadBig(arguments, object, "base");
  segment.limit = ReadNumber(arguments, object, "limit", 0xffffffffu);
  segment.selector = static_cast<__u16>(ReadNumber(arguments, object, "selector", 0xffff));
  for (const auto& field : kSegmentBits) {
    segment.*field.member = static_cast<__u8>(ReadNumber(arguments, object, field.name, 15));
  }
  return segment;
}

}  // namespace

Object ToObject(const kvm_regs& regs) {
  Object object;
  for (const auto& field : kRegisters) object.emplace_back(field.name, Big{regs.*field.member});
  return object;
}

Object ToObject(const kvm_sregs& sregs) {
  Object object;
  for (const auto& field : kSegments) object.emplace_back(field.name, SegmentObject(sregs.*field.member));
  for (const auto& field : kControls) object.emplace_back(field.name, Big{sregs.*field.member});
  return object;
}

kvm_regs ReadRegs(Arguments& arguments) {
  const Napi::Object object = arguments.Fields();
  kvm_regs regs{};
  for (const auto& field : kRegisters) regs.*field.member = ReadBig(arguments, object, field.name);
  return regs;
}

SregsChange ReadSregs(Arguments& arguments) {
  const Napi::Object object = arguments.Fields();
  SregsChange change{};
  for (const auto& field : kSegments) {
    change.values.*field.member = ReadSegment(arguments, object.Get(field.name), field.name);
  }
  for (const auto& field : kControls) change.values.*field.member = ReadBig(arguments, object, field.name);
  return change;
}

void SregsChange::ApplyTo(kvm_sregs& sregs) const {
  for (const auto& field : kSegments) sregs.*field.member = values.*field.member;
  for (const auto& field : kControls) sregs.*field.member = values.*field.member;
}

std::vector<kvm_cpuid_entry2> ReadCpuid(Arguments& arguments) {
  const Napi::Value value = arguments.Next();
  if (!value.IsArray()) arguments.Refuse("an array of CPUID entries");
  const auto array = value.As<Napi::Array>();
  std::vector<kvm_cpuid_entry2> entries(array.Length());
  for (uint32_t i = 0; i < entries.size(); i++) {
    const Napi::Value one = array.Get(i);
    if (!one.IsObject()) arguments.Refuse("an array of CPUID entries");
    const auto object = one.As<Napi::Object>();
    const auto read = [&](const char* name) { return ReadNumber(arguments, object, name, 0xffffffffu); };
    entries[i].function = read("function");
    entries[i].index = read("index");
    entries[i].flags = read("flags");
    entries[i].eax = read("eax");
    entries[i].ebx = read("ebx");
    entries[i].ecx = read("ecx");
    entries[i].edx = read("edx");
  }
  return entries;
}

}  // namespace virtkit
