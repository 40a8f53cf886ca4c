// libvirt, found at run time: the addon must load on machines without it.
#pragma once
#include <libvirt/libvirt-qemu.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include <string>

#include "failure.h"

namespace virtkit {

// clang-format off
#define VIRTKIT_LIBVIRT_FUNCTIONS(X) \
  X(virInitialize) X(virGetVersion) X(virSetErrorFunc) X(virGetLastError) X(virResetLastError) \
  X(virEventRegisterImpl) \
  X(virTypedParamsFree) X(virTypedParamsAddInt) X(virTypedParamsAddUInt) X(virTypedParamsAddLLong) \
  X(virTypedParamsAddULLong) X(virTypedParamsAddDouble) X(virTypedParamsAddBoolean) X(virTypedParamsAddString) \
  X(virConnectOpen) X(virConnectOpenReadOnly) X(virConnectClose) X(virConnectGetLibVersion) X(virConnectGetVersion) \
  X(virConnectGetHostname) X(virConnectGetURI) X(virConnectGetType) X(virConnectSetKeepAlive) X(virConnectIsAlive) \
  X(virConnectGetCapabilities) X(virConnectGetDomainCapabilities) X(virNodeGetInfo) X(virConnectListAllDomains) \
  X(virConnectGetAllDomainStats) X(virDomainListGetStats) X(virDomainStatsRecordListFree) \
  X(virConnectRegisterCloseCallback) X(virConnectUnregisterCloseCallback) \
  X(virConnectDomainEventRegisterAny) X(virConnectDomainEventDeregisterAny) \
  X(virDomainDefineXMLFlags) X(virDomainCreateXML) X(virDomainLookupByName) X(virDomainLookupByUUIDString) \
  X(virDomainRef) X(virDomainFree) X(virDomainGetName) X(virDomainGetUUIDString) X(virDomainGetID) \
  X(virDomainCreateWithFlags) X(virDomainShutdownFlags) X(virDomainReboot) X(virDomainReset) X(virDomainSuspend) \
  X(virDomainResume) X(virDomainDestroyFlags) X(virDomainUndefineFlags) X(virDomainGetXMLDesc) X(virDomainGetState) \
  X(virDomainGetInfo) X(virDomainIsPersistent) X(virDomainSetMetadata) X(virDomainGetMetadata) X(virDomainSetVcpusFlags) \
  X(virDomainSetMemoryFlags) X(virDomainMemoryStats) X(virDomainInterfaceStats) X(virDomainAttachDeviceFlags) \
  X(virDomainDetachDeviceFlags) X(virDomainUpdateDeviceFlags) X(virDomainSendKey) X(virDomainScreenshot) \
  X(virDomainOpenConsole) X(virDomainGetBlockInfo) X(virDomainBlockResize) X(virDomainBlockStatsFlags) \
  X(virDomainBlockCommit) X(virDomainBlockJobAbort) X(virDomainGetBlockJobInfo) X(virDomainBackupBegin) \
  X(virDomainBackupGetXMLDesc) X(virDomainCheckpointCreateXML) X(virDomainCheckpointLookupByName) \
  X(virDomainCheckpointGetName) X(virDomainCheckpointDelete) X(virDomainCheckpointFree) X(virDomainListAllCheckpoints) \
  X(virDomainGetJobInfo) X(virDomainGetJobStats) X(virDomainAbortJob) X(virDomainMigrateToURI3) \
  X(virDomainMigrateSetMaxDowntime) X(virDomainMigrateSetMaxSpeed) X(virDomainMigrateStartPostCopy) \
  X(virDomainCoreDumpWithFormat) \
  X(virDomainGetHostname) X(virDomainInterfaceAddresses) X(virDomainInterfaceFree) X(virDomainFSFreeze) X(virDomainFSThaw) \
  X(virDomainGetFSInfo) X(virDomainFSInfoFree) X(virDomainGetGuestInfo) \
  X(virStreamNew) X(virStreamFree) X(virStreamRecv) X(virStreamSend) X(virStreamFinish) X(virStreamAbort) \
  X(virStreamEventAddCallback) X(virStreamEventUpdateCallback) X(virStreamEventRemoveCallback)
#define VIRTKIT_LIBVIRT_QEMU_FUNCTIONS(X) X(virDomainQemuAgentCommand) X(virDomainQemuMonitorCommand)
// clang-format on

// A function of the library, callable like itself; one that this library does not have fails with `no-support`.
template <typename Function>
struct Symbol {
  const char* name;
  Function* function = nullptr;

  template <typename... A>
  auto operator()(A... arguments) const {
    if (function == nullptr) {
      throw Failure::Own("no-support", std::string("The installed libvirt has no ") + name + ".");
    }
    return function(arguments...);
  }
};

struct Library {
#define VIRTKIT_SYMBOL(f) Symbol<decltype(::f)> f{#f};
  VIRTKIT_LIBVIRT_FUNCTIONS(VIRTKIT_SYMBOL)
  VIRTKIT_LIBVIRT_QEMU_FUNCTIONS(VIRTKIT_SYMBOL)
#undef VIRTKIT_SYMBOL
};

// Loads once per process; blocks. Returns the version. Throws Failure `library-missing`, or `invalid-argument` for a second,
// different library.
unsigned long LoadLibvirt(const std::string& name, const std::string& qemu_name);

// The loaded library. Throws Failure `library-missing` before LoadLibvirt has succeeded.
const Library& Lv();

// What libvirt last reported on this thread.
Failure LastError();

// Throws LastError() when a call reported failure.
inline int Check(int result) {
  if (result < 0) throw LastError();
  return result;
}
template <typename T>
T* Check(T* result) {
  if (result == nullptr) throw LastError();
  return result;
}

// A string that libvirt allocated.
std::string TakeText(char* text);

}  // namespace virtkit
