#include "subscription.h"

#include <utility>

#include "domain.h"
#include "typed_parameters.h"

namespace virtkit {
namespace {

// Where one registration's events go; owned by libvirt, which frees it after the last callback.
struct Sink {
  std::shared_ptr<Channel> channel;
  uint64_t listener;

  void Send(const char* kind, virDomainPtr domain, Object fields) const {
    fields.insert(fields.begin(), {{"kind", kind}, {"domain", Identity(domain)}});
    channel->Post(EventSeen{listener, std::move(fields)});
  }
};

const Sink& SinkOf(void* opaque) { return *static_cast<Sink*>(opaque); }
void FreeSink(void* opaque) { delete static_cast<Sink*>(opaque); }

int OnLifecycle(virConnectPtr, virDomainPtr domain, int event, int detail, void* sink) {
  SinkOf(sink).Send("lifecycle", domain, {{"event", event}, {"detail", detail}});
  return 0;
}
void OnReboot(virConnectPtr, virDomainPtr domain, void* sink) { SinkOf(sink).Send("reboot", domain, {}); }
void OnWatchdog(virConnectPtr, virDomainPtr domain, int action, void* sink) {
  SinkOf(sink).Send("watchdog", domain, {{"action", action}});
}
void OnIoError(virConnectPtr, virDomainPtr domain, const char* path, const char* device, int action,
               const char* reason, void* sink) {
  SinkOf(sink).Send("io-error", domain,
                    {{"path", path}, {"device", device}, {"action", action}, {"reason", reason}});
}
void OnBlockJob(virConnectPtr, virDomainPtr domain, const char* disk, int type, int status, void* sink) {
  SinkOf(sink).Send("block-job", domain, {{"disk", disk}, {"type", type}, {"status", status}});
}
void OnBalloon(virConnectPtr, virDomainPtr domain, unsigned long long actual, void* sink) {
  SinkOf(sink).Send("balloon-change", domain, {{"actual", actual}});
}
void OnDeviceRemoved(virConnectPtr, virDomainPtr domain, const char* device, void* sink) {
  SinkOf(sink).Send("device-removed", domain, {{"device", device}});
}
void OnDeviceAdded(virConnectPtr, virDomainPtr domain, const char* device, void* sink) {
  SinkOf(sink).Send("device-added", domain, {{"device", device}});
}
void OnRemovalFailed(virConnectPtr, virDomainPtr domain, const char* device, void* sink) {
  SinkOf(sink).Send("device-removal-failed", domain, {{"device", device}});
}
void OnAgent(virConnectPtr, virDomainPtr domain, int state, int reason, void* sink) {
  SinkOf(sink).Send("agent", domain, {{"state", state}, {"reason", reason}});
}
void OnMigrationIteration(virConnectPtr, virDomainPtr domain, int iteration, void* sink) {
  SinkOf(sink).Send("migration-iteration", domain, {{"iteration", iteration}});
}
void OnJobCompleted(virConnectPtr, virDomainPtr domain, virTypedParameterPtr parameters, int count, void* sink) {
  SinkOf(sink).Send("job-completed", domain, {{"stats", ToObject(parameters, count)}});
}
void OnMemorySize(virConnectPtr, virDomainPtr domain, const char* alias, unsigned long long bytes, void* sink) {
  SinkOf(sink).Send("memory-device-size-change", domain, {{"device", alias}, {"size", bytes}});
}

struct EventKind {
  const char* name;
  int id;
  virConnectDomainEventGenericCallback callback;
};

const EventKind kKinds[] = {
    {"lifecycle", VIR_DOMAIN_EVENT_ID_LIFECYCLE, VIR_DOMAIN_EVENT_CALLBACK(OnLifecycle)},
    {"reboot", VIR_DOMAIN_EVENT_ID_REBOOT, VIR_DOMAIN_EVENT_CALLBACK(OnReboot)},
    {"watchdog", VIR_DOMAIN_EVENT_ID_WATCHDOG, VIR_DOMAIN_EVENT_CALLBACK(OnWatchdog)},
    {"io-error", VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON, VIR_DOMAIN_EVENT_CALLBACK(OnIoError)},
    {"block-job", VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2, VIR_DOMAIN_EVENT_CALLBACK(OnBlockJob)},
    {"balloon-change", VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(OnBalloon)},
    {"device-removed", VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, VIR_DOMAIN_EVENT_CALLBACK(OnDeviceRemoved)},
    {"device-added", VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, VIR_DOMAIN_EVENT_CALLBACK(OnDeviceAdded)},
    {"device-removal-failed", VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED, VIR_DOMAIN_EVENT_CALLBACK(OnRemovalFailed)},
    {"agent", VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE, VIR_DOMAIN_EVENT_CALLBACK(OnAgent)},
    {"migration-iteration", VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION, VIR_DOMAIN_EVENT_CALLBACK(OnMigrationIteration)},
    {"job-completed", VIR_DOMAIN_EVENT_ID_JOB_COMPLETED, VIR_DOMAIN_EVENT_CALLBACK(OnJobCompleted)},
    {"memory-device-size-change", VIR_DOMAIN_EVENT_ID_MEMORY_DEVICE_SIZE_CHANGE,
     VIR_DOMAIN_EVENT_CALLBACK(OnMemorySize)},
};

const EventKind& KindOf(const std::string& name) {
  for (const auto& kind : kKinds) {
    if (name == kind.name) return kind;
  }
  throw Failure::Own("invalid-argument", "There is no kind of event named " + name + ".");
}

void OnClose(virConnectPtr, int reason, void* opaque) {
  const auto& sink = SinkOf(opaque);
  sink.channel->Post(EventSeen{sink.listener, Object{{"kind", kConnectionClosed}, {"reason", reason}}});
}

}  // namespace

int RegisterEvent(virConnectPtr connection, const std::string& kind, const std::shared_ptr<Channel>& channel,
                  uint64_t listener) {
  const EventKind& known = KindOf(kind);
  auto sink = std::make_unique<Sink>(Sink{channel, listener});
  const int number = Check(Lv().virConnectDomainEventRegisterAny(connection, static_cast<virDomainPtr>(nullptr),
                                                                 known.id, known.callback, sink.get(), FreeSink));
  sink.release();  // NOLINT: libvirt owns it now.
  return number;
}

void DeregisterEvents(virConnectPtr connection, const std::vector<int>& numbers) {
  for (const int number : numbers) Lv().virConnectDomainEventDeregisterAny(connection, number);
}

std::shared_ptr<void> RegisterClose(virConnectPtr connection, const std::shared_ptr<Channel>& channel,
                                    uint64_t listener) {
  auto sink = std::make_shared<Sink>(Sink{channel, listener});
  Check(Lv().virConnectRegisterCloseCallback(connection, OnClose, static_cast<void*>(sink.get()),
                                             static_cast<virFreeCallback>(nullptr)));
  return sink;
}

void DeregisterClose(virConnectPtr connection) { Lv().virConnectUnregisterCloseCallback(connection, OnClose); }

}  // namespace virtkit
