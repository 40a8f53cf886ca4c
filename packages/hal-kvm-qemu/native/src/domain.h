// A reference to a domain of one connection.
#pragma once
#include <napi.h>

#include <memory>

#include "connection.h"
#include "counters.h"

namespace virtkit {

class Domain {
 public:
  static constexpr napi_type_tag kTag = {0x4a7c3e0d86b14c55, 0xb1d6c0c3e8f24e02};
  static constexpr const char* kKind = "domain";
  static constexpr Failure::Source kSource = Failure::Source::kLibvirt;

  // Takes the reference over. Any thread.
  Domain(std::shared_ptr<Connection> connection, virDomainPtr domain);
  ~Domain();
  Domain(const Domain&) = delete;
  Domain& operator=(const Domain&) = delete;

  const std::shared_ptr<Connection>& connection() const { return connection_; }

  // Frees the reference; calls that run keep theirs. Repeatable.
  void Free();
  // With the connection's mutex held.
  void FreeLocked();

 private:
  friend class DomainUse;
  const std::shared_ptr<Connection> connection_;
  virDomainPtr domain_;
  std::unique_ptr<Counted> counted_;
};

// A call's own reference, so that dispose() and close() may come in between. Throws Failure `closed`.
class DomainUse {
 public:
  explicit DomainUse(const Domain& domain);
  ~DomainUse() { Lv().virDomainFree(domain_); }
  DomainUse(const DomainUse&) = delete;
  DomainUse& operator=(const DomainUse&) = delete;
  virDomainPtr get() const { return domain_; }

 private:
  virDomainPtr domain_;
};

// Name, UUID and number (DomainIdentity in domain-data.ts), without asking the daemon.
Object Identity(virDomainPtr domain);

// The result of a call that found or made a domain: a DomainReference. Takes the reference over.
Value Reference(const std::shared_ptr<Connection>& connection, virDomainPtr domain);

}  // namespace virtkit
