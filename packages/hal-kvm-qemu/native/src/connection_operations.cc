// NativeBinding: loading libvirt and calls on a connection.
#include <cstdlib>
#include <optional>
#include <utility>

#include "connection.h"
#include "domain.h"
#include "environment.h"
#include "operations.h"
#include "typed_parameters.h"

namespace virtkit {
namespace {

constexpr auto kLibvirt = Failure::Source::kLibvirt;

// Ends a listener whose subscription is dropped before it stands.
class ListenerGuard {
 public:
  ListenerGuard(std::shared_ptr<Channel> channel, uint64_t listener) : channel_(std::move(channel)), listener_(listener) {}
  ~ListenerGuard() {
    if (!kept_) channel_->Post(ListenerDone{listener_});
  }
  ListenerGuard(const ListenerGuard&) = delete;
  ListenerGuard& operator=(const ListenerGuard&) = delete;
  void Keep() { kept_ = true; }

 private:
  const std::shared_ptr<Channel> channel_;
  const uint64_t listener_;
  bool kept_ = false;
};

Napi::Value LibvirtLoad(const Napi::CallbackInfo& info) {
  return Promised(info, kLibvirt, [&](Arguments& arguments, uint64_t call) {
    auto name = arguments.Text(), qemu_name = arguments.Text();
    StartThread([name, qemu_name, call, channel = Environment::Of(info.Env()).channel()] {
      Outcome outcome;
      try {
        outcome = Value(LoadLibvirt(name, qemu_name));
      } catch (Failure& failure) {
        outcome = std::move(failure);
      }
      channel->Post(CallDone{call, std::move(outcome)});
    });
  });
}

Napi::Value ConnectOpen(const Napi::CallbackInfo& info) {
  return Promised(info, kLibvirt, [&](Arguments& arguments, uint64_t call) {
    auto uri = arguments.Text();
    const bool read_only = arguments.Bool();
    const uint32_t max_calls = arguments.Uint32();
    if (max_calls < 1 || max_calls > 256) arguments.Refuse("a number of calls from 1 to 256");
    std::make_shared<Connection>(Environment::Of(info.Env()).channel(), max_calls)->Open(call, std::move(uri), read_only);
  });
}

Napi::Value ConnectClose(const Napi::CallbackInfo& info) {
  return Promised(info, kLibvirt,
                  [](Arguments& arguments, uint64_t call) { arguments.Handle<Connection>()->Close(call); });
}

Napi::Value ConnectSubscribe(const Napi::CallbackInfo& info) {
  return Promised(info, kLibvirt, [&](Arguments& arguments, uint64_t call) {
    const auto connection = arguments.Handle<Connection>();
    auto kinds = arguments.Texts();
    const uint64_t listener = Environment::Of(info.Env()).AddListener(arguments.Function(), connection);
    auto guard = std::make_shared<ListenerGuard>(connection->channel(), listener);
    connection->Run(call, [connection, listener, kinds = std::move(kinds), guard](virConnectPtr native) {
      connection->Subscribe(native, listener, kinds);
      guard->Keep();
      return Value(listener);
    });
  });
}

Napi::Value ConnectUnsubscribe(const Napi::CallbackInfo& info) {
  return Promised(info, kLibvirt, [](Arguments& arguments, uint64_t call) {
    const auto connection = arguments.Handle<Connection>();
    connection->Run(call, [connection, listener = arguments.Uint64()](virConnectPtr) {
      connection->Unsubscribe(listener);
      return Value();
    });
  });
}

void ConnectAbandon(const Napi::CallbackInfo& info) {
  try {
    TakeHandle<Connection>(info[0])->Abandon();
  } catch (const Failure& failure) {
    throw Environment::Of(info.Env()).ToError(info.Env(), failure);
  }
}

using ConnectionCall = std::function<Value(virConnectPtr)>;

struct ConnectionOperation {
  const char* name;
  ConnectionCall (*prepare)(const std::shared_ptr<Connection>& connection, Arguments& arguments);
};

Napi::Value CallConnection(const Napi::CallbackInfo& info) {
  const auto& operation = *static_cast<const ConnectionOperation*>(info.Data());
  return Promised(info, kLibvirt, [&](Arguments& arguments, uint64_t call) {
    const auto connection = arguments.Handle<Connection>();
    connection->Run(call, operation.prepare(connection, arguments));
  });
}

using Owner = std::shared_ptr<Connection>;

Value NodeInfo(virConnectPtr connection) {
  virNodeInfo node;
  Check(Lv().virNodeGetInfo(connection, &node));
  return Object{{"model", node.model}, {"memoryKiB", node.memory}, {"cpus", node.cpus},   {"mhz", node.mhz},
                {"nodes", node.nodes}, {"sockets", node.sockets},  {"cores", node.cores}, {"threads", node.threads}};
}

Value ListDomains(const Owner& owner, virConnectPtr connection, unsigned flags) {
  virDomainPtr* domains = nullptr;
  const int count = Check(Lv().virConnectListAllDomains(connection, &domains, flags));
  List list;
  for (int i = 0; i < count; i++) list.push_back(Reference(owner, domains[i]));
  std::free(domains);
  return list;
}

Value AllDomainStats(virConnectPtr connection, unsigned groups, unsigned flags) {
  virDomainStatsRecordPtr* records = nullptr;
  const int count = Check(Lv().virConnectGetAllDomainStats(connection, groups, &records, flags));
  List list;
  for (int i = 0; i < count; i++) {
    list.push_back(Object{{"domain", Identity(records[i]->dom)},
                          {"stats", ToObject(records[i]->params, records[i]->nparams)}});
  }
  Lv().virDomainStatsRecordListFree(records);
  return list;
}

template <typename Function>
Value VersionOf(const Function& get, virConnectPtr connection) {
  unsigned long version = 0;
  Check(get(connection, &version));
  return version;
}

const ConnectionOperation kOperations[] = {
    {"connectGetLibVersion", [](const Owner&, Arguments&) -> ConnectionCall {
       return [](virConnectPtr c) { return VersionOf(Lv().virConnectGetLibVersion, c); };
     }},
    {"connectGetVersion", [](const Owner&, Arguments&) -> ConnectionCall {
       return [](virConnectPtr c) { return VersionOf(Lv().virConnectGetVersion, c); };
     }},
    {"connectGetHostname", [](const Owner&, Arguments&) -> ConnectionCall {
       return [](virConnectPtr c) { return Value(TakeText(Lv().virConnectGetHostname(c))); };
     }},
    {"connectGetURI", [](const Owner&, Arguments&) -> ConnectionCall {
       return [](virConnectPtr c) { return Value(TakeText(Lv().virConnectGetURI(c))); };
     }},
    {"connectGetType", [](const Owner&, Arguments&) -> ConnectionCall {
       return [](virConnectPtr c) { return Value(Check(Lv().virConnectGetType(c))); };
     }},
    {"connectSetKeepAlive", [](const Owner&, Arguments& arguments) -> ConnectionCall {
       const int interval = arguments.Int32();
       const unsigned count = arguments.Uint32();
       return [=](virConnectPtr c) { return Value(Check(Lv().virConnectSetKeepAlive(c, interval, count)) == 0); };
     }},
    {"connectIsAlive", [](const Owner&, Arguments&) -> ConnectionCall {
       return [](virConnectPtr c) { return Value(Check(Lv().virConnectIsAlive(c)) == 1); };
     }},
    {"connectGetCapabilities", [](const Owner&, Arguments&) -> ConnectionCall {
       return [](virConnectPtr c) { return Value(TakeText(Lv().virConnectGetCapabilities(c))); };
     }},
    {"connectGetDomainCapabilities", [](const Owner&, Arguments& arguments) -> ConnectionCall {
       auto emulator = arguments.OptionalText(), arch = arguments.OptionalText();
       auto machine = arguments.OptionalText(), type = arguments.OptionalText();
       return [=](virConnectPtr c) {
         return Value(TakeText(Lv().virConnectGetDomainCapabilities(c, OrNull(emulator), OrNull(arch),
                                                                    OrNull(machine), OrNull(type), 0u)));
       };
     }},
    {"nodeGetInfo", [](const Owner&, Arguments&) -> ConnectionCall { return NodeInfo; }},
    {"connectListAllDomains", [](const Owner& owner, Arguments& arguments) -> ConnectionCall {
       return [owner, flags = arguments.Uint32()](virConnectPtr c) { return ListDomains(owner, c, flags); };
     }},
    {"connectGetAllDomainStats", [](const Owner&, Arguments& arguments) -> ConnectionCall {
       const unsigned groups = arguments.Uint32(), flags = arguments.Uint32();
       return [=](virConnectPtr c) { return AllDomainStats(c, groups, flags); };
     }},
    {"domainDefineXMLFlags", [](const Owner& owner, Arguments& arguments) -> ConnectionCall {
       auto xml = arguments.Text();
       return [owner, xml, flags = arguments.Uint32()](virConnectPtr c) {
         return Reference(owner, Lv().virDomainDefineXMLFlags(c, xml.c_str(), flags));
       };
     }},
    {"domainCreateXML", [](const Owner& owner, Arguments& arguments) -> ConnectionCall {
       auto xml = arguments.Text();
       return [owner, xml, flags = arguments.Uint32()](virConnectPtr c) {
         return Reference(owner, Lv().virDomainCreateXML(c, xml.c_str(), flags));
       };
     }},
    {"domainLookupByName", [](const Owner& owner, Arguments& arguments) -> ConnectionCall {
       return [owner, name = arguments.Text()](virConnectPtr c) {
         return Reference(owner, Lv().virDomainLookupByName(c, name.c_str()));
       };
     }},
    {"domainLookupByUUIDString", [](const Owner& owner, Arguments& arguments) -> ConnectionCall {
       return [owner, uuid = arguments.Text()](virConnectPtr c) {
         return Reference(owner, Lv().virDomainLookupByUUIDString(c, uuid.c_str()));
       };
     }},
};

}  // namespace

void ExportConnectionOperations(Napi::Env env, Napi::Object exports) {
  exports.Set("libvirtLoad", Napi::Function::New(env, LibvirtLoad, "libvirtLoad"));
  exports.Set("connectOpen", Napi::Function::New(env, ConnectOpen, "connectOpen"));
  exports.Set("connectClose", Napi::Function::New(env, ConnectClose, "connectClose"));
  exports.Set("connectAbandon", Napi::Function::New(env, ConnectAbandon, "connectAbandon"));
  exports.Set("connectSubscribe", Napi::Function::New(env, ConnectSubscribe, "connectSubscribe"));
  exports.Set("connectUnsubscribe", Napi::Function::New(env, ConnectUnsubscribe, "connectUnsubscribe"));
  for (const auto& operation : kOperations) {
    exports.Set(operation.name, Napi::Function::New(env, CallConnection, operation.name,
                                                    const_cast<ConnectionOperation*>(&operation)));
  }
}

}  // namespace virtkit
