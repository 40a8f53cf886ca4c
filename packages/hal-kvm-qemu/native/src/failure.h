// What a call ended with when it did not succeed, in a form that any thread can carry to JavaScript.
#pragma once
#include <cstring>
#include <string>
#include <utility>

namespace virtkit {

struct Failure {
  enum class Source { kLibvirt, kKvm };

  Source source = Source::kLibvirt;
  // One of the closed code unions of libvirt-error.ts and kvm-error.ts; empty when libvirt's own number decides.
  std::string code;
  std::string message;
  int number = 0;  // virErrorNumber, or errno for KVM.
  int domain = 0;  // virErrorDomain.

  static Failure Own(std::string code, std::string message) {
    return {Source::kLibvirt, std::move(code), std::move(message), 0, 0};
  }
  static Failure Kvm(std::string code, std::string message, int error = 0) {
    if (error != 0) message += std::string(": ") + std::strerror(error);
    return {Source::kKvm, std::move(code), std::move(message), error, 0};
  }
  static Failure Closed() { return Own("closed", "The connection or handle is closed."); }
};

}  // namespace virtkit
