#include "domain.h"

#include <utility>

#include "handle.h"

namespace virtkit {

Domain::Domain(std::shared_ptr<Connection> connection, virDomainPtr domain)
    : connection_(std::move(connection)), domain_(domain), counted_(std::make_unique<Counted>(counters.domains)) {
  connection_->Adopt(this);
}

Domain::~Domain() { Free(); }

void Domain::Free() { connection_->Forget(this); }

void Domain::FreeLocked() {
  if (domain_ == nullptr) return;
  Lv().virDomainFree(std::exchange(domain_, nullptr));
  counted_.reset();
}

DomainUse::DomainUse(const Domain& domain) {
  const std::lock_guard lock(domain.connection_->mutex());
  domain_ = domain.domain_;
  if (domain_ == nullptr) throw Failure::Closed();
  Check(Lv().virDomainRef(domain_));
}

Object Identity(virDomainPtr domain) {
  const auto& lv = Lv();
  char uuid[VIR_UUID_STRING_BUFLEN] = "";
  const char* name = lv.virDomainGetName(domain);
  lv.virDomainGetUUIDString(domain, uuid);
  // The number of a domain that does not run is -1, which libvirt returns as the largest unsigned number.
  return {{"name", name}, {"uuid", uuid}, {"id", static_cast<int>(lv.virDomainGetID(domain))}};
}

Value Reference(const std::shared_ptr<Connection>& connection, virDomainPtr domain) {
  Object reference = Identity(Check(domain));
  auto owner = std::make_shared<Domain>(connection, domain);
  reference.emplace_back("handle", Maker([owner](Napi::Env env) { return MakeHandle(env, owner); }));
  return reference;
}

}  // namespace virtkit
