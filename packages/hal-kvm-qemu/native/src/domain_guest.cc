// NativeBinding: what the guest agent can do and tell.
#include <cstdlib>

#include "operations.h"
#include "typed_parameters.h"

namespace virtkit {
namespace {

using Call = std::function<Value(virDomainPtr)>;

Value ToValue(const virDomainInterface& interface) {
  List addresses;
  for (unsigned i = 0; i < interface.naddrs; i++) {
    const auto& address = interface.addrs[i];
    addresses.push_back(Object{{"family", address.type == VIR_IP_ADDR_TYPE_IPV4 ? "ipv4" : "ipv6"},
                               {"address", address.addr},
                               {"prefix", address.prefix}});
  }
  Object object{{"name", interface.name}, {"addresses", std::move(addresses)}};
  if (interface.hwaddr != nullptr) object.emplace_back("mac", interface.hwaddr);
  return object;
}

Value InterfaceAddresses(virDomainPtr domain, unsigned source) {
  const auto& lv = Lv();
  virDomainInterfacePtr* interfaces = nullptr;
  const int count = Check(lv.virDomainInterfaceAddresses(domain, &interfaces, source, 0u));
  List list;
  for (int i = 0; i < count; i++) {
    list.push_back(ToValue(*interfaces[i]));
    lv.virDomainInterfaceFree(interfaces[i]);
  }
  std::free(interfaces);
  return list;
}

Value ToValue(const virDomainFSInfo& filesystem) {
  List disks;
  for (size_t i = 0; i < filesystem.ndevAlias; i++) disks.push_back(filesystem.devAlias[i]);
  return Object{{"mountpoint", filesystem.mountpoint},
                {"name", filesystem.name},
                {"type", filesystem.fstype},
                {"disks", std::move(disks)}};
}

Value Filesystems(virDomainPtr domain) {
  const auto& lv = Lv();
  virDomainFSInfoPtr* filesystems = nullptr;
  const int count = Check(lv.virDomainGetFSInfo(domain, &filesystems, 0u));
  List list;
  for (int i = 0; i < count; i++) {
    list.push_back(ToValue(*filesystems[i]));
    lv.virDomainFSInfoFree(filesystems[i]);
  }
  std::free(filesystems);
  return list;
}

Value GuestInfo(virDomainPtr domain, unsigned groups) {
  TypedParameters info;
  Check(Lv().virDomainGetGuestInfo(domain, groups, &info.data, &info.count, 0u));
  return ToObject(info.data, info.count);
}

std::vector<const char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<const char*> pointers;
  for (const auto& text : texts) pointers.push_back(text.c_str());
  return pointers;
}

// Freeze and thaw: no mount points means all.
template <typename Function>
Value OnMountpoints(const Function& function, virDomainPtr domain, const std::vector<std::string>& mountpoints) {
  auto pointers = Pointers(mountpoints);
  const char** list = pointers.empty() ? nullptr : pointers.data();
  return Value(Check(function(domain, list, static_cast<unsigned>(pointers.size()), 0u)));
}

Value MonitorCommand(virDomainPtr domain, const char* command, bool human) {
  char* answer = nullptr;
  const unsigned flags = human ? VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP : VIR_DOMAIN_QEMU_MONITOR_COMMAND_DEFAULT;
  Check(Lv().virDomainQemuMonitorCommand(domain, command, &answer, flags));
  return Value(TakeText(answer));
}

const DomainOperation kOperations[] = {
    {"domainGetHostname", [](Arguments& arguments) -> Call {
       return [flags = arguments.Uint32()](virDomainPtr d) {
         return Value(TakeText(Lv().virDomainGetHostname(d, flags)));
       };
     }},
    {"domainInterfaceAddresses", [](Arguments& arguments) -> Call {
       return [source = arguments.Uint32()](virDomainPtr d) { return InterfaceAddresses(d, source); };
     }},
    {"domainFSFreeze", [](Arguments& arguments) -> Call {
       return [mountpoints = arguments.Texts()](virDomainPtr d) {
         return OnMountpoints(Lv().virDomainFSFreeze, d, mountpoints);
       };
     }},
    {"domainFSThaw", [](Arguments& arguments) -> Call {
       return [mountpoints = arguments.Texts()](virDomainPtr d) {
         return OnMountpoints(Lv().virDomainFSThaw, d, mountpoints);
       };
     }},
    {"domainGetFSInfo", [](Arguments&) -> Call { return Filesystems; }},
    {"domainGetGuestInfo", [](Arguments& arguments) -> Call {
       return [groups = arguments.Uint32()](virDomainPtr d) { return GuestInfo(d, groups); };
     }},
    {"domainQemuAgentCommand", [](Arguments& arguments) -> Call {
       auto command = arguments.Text();
       const int timeout = arguments.Int32();
       return [=](virDomainPtr d) {
         return Value(TakeText(Lv().virDomainQemuAgentCommand(d, command.c_str(), timeout, 0u)));
       };
     }},
    {"domainQemuMonitorCommand", [](Arguments& arguments) -> Call {
       auto command = arguments.Text();
       const bool human = arguments.Bool();
       return [=](virDomainPtr d) { return MonitorCommand(d, command.c_str(), human); };
     }},
};

}  // namespace

void ExportDomainGuest(Napi::Object exports) { ExportDomainOperations(exports, kOperations); }

}  // namespace virtkit
