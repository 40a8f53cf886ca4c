#include "operations.h"

#include "domain.h"
#include "environment.h"

namespace virtkit {

Napi::Value Promised(const Napi::CallbackInfo& info, Failure::Source source,
                     const std::function<void(Arguments& arguments, uint64_t call)>& start) {
  Arguments arguments(info, source);
  return Environment::Of(info.Env()).Promise(info.Env(), [&](uint64_t call) { start(arguments, call); });
}

namespace {

Napi::Value CallDomain(const Napi::CallbackInfo& info) {
  const auto& operation = *static_cast<const DomainOperation*>(info.Data());
  return Promised(info, Failure::Source::kLibvirt, [&](Arguments& arguments, uint64_t call) {
    auto domain = arguments.Handle<Domain>();
    const auto connection = domain->connection();
    connection->Run(call, [domain = std::move(domain), work = operation.prepare(arguments)](virConnectPtr) {
      const DomainUse use(*domain);
      return work(use.get());
    });
  });
}

}  // namespace

void ExportDomainOperations(Napi::Object exports, std::span<const DomainOperation> operations) {
  for (const auto& operation : operations) {
    exports.Set(operation.name, Napi::Function::New(exports.Env(), CallDomain, operation.name,
                                                    const_cast<DomainOperation*>(&operation)));
  }
}

}  // namespace virtkit
