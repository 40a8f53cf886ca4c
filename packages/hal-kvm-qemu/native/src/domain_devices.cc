// NativeBinding: devices of a running domain, their counters, its screen, keyboard and consoles.
#include <iterator>

#include "connection.h"
#include "domain.h"
#include "environment.h"
#include "operations.h"
#include "stream.h"

namespace virtkit {
namespace {

using Call = std::function<Value(virDomainPtr)>;

#define VIRTKIT_DEVICE_CALL(js_name, function)                                                          \
  {js_name, [](Arguments& arguments) -> Call {                                                          \
     auto xml = arguments.Text();                                                                       \
     const unsigned flags = arguments.Uint32();                                                         \
     return [=](virDomainPtr d) { return Done(Lv().function(d, xml.c_str(), flags)); };                 \
   }}

// By virDomainMemoryStatTags.
constexpr const char* kMemoryStats[] = {"swapIn",    "swapOut",       "majorFault", "minorFault", "unused",
                                        "available", "actualBalloon", "rss",        "usable",     "lastUpdate",
                                        "diskCaches", "hugetlbPgalloc", "hugetlbPgfail"};

Value MemoryStats(virDomainPtr domain) {
  virDomainMemoryStatStruct stats[VIR_DOMAIN_MEMORY_STAT_NR];
  const int count = Check(Lv().virDomainMemoryStats(domain, stats, static_cast<unsigned>(VIR_DOMAIN_MEMORY_STAT_NR), 0u));
  Object object;
  for (int i = 0; i < count; i++) {
    const auto tag = static_cast<size_t>(stats[i].tag);
    if (tag < std::size(kMemoryStats)) object.emplace_back(kMemoryStats[tag], stats[i].val);
  }
  return object;
}

Value InterfaceStats(virDomainPtr domain, const char* device) {
  virDomainInterfaceStatsStruct stats;
  Check(Lv().virDomainInterfaceStats(domain, device, &stats, sizeof stats));
  return Object{{"rxBytes", stats.rx_bytes}, {"rxPackets", stats.rx_packets}, {"rxErrors", stats.rx_errs},
                {"rxDropped", stats.rx_drop}, {"txBytes", stats.tx_bytes},    {"txPackets", stats.tx_packets},
                {"txErrors", stats.tx_errs}, {"txDropped", stats.tx_drop}};
}

// A stream used by one call, aborted unless it was finished.
class OwnStream {
 public:
  explicit OwnStream(virStreamPtr stream) : stream_(stream) {}
  ~OwnStream() {
    if (stream_ == nullptr) return;
    if (started_) Lv().virStreamAbort(stream_);
    Lv().virStreamFree(stream_);
  }
  OwnStream(const OwnStream&) = delete;
  OwnStream& operator=(const OwnStream&) = delete;
  virStreamPtr get() const { return stream_; }
  void Started() { started_ = true; }
  void Finish() {
    started_ = false;
    Check(Lv().virStreamFinish(stream_));
  }
  virStreamPtr Release() { return std::exchange(stream_, nullptr); }

 private:
  virStreamPtr stream_;
  bool started_ = false;
};

// The blocking form of the stream interface: this is a thread that may wait.
Value Screenshot(virConnectPtr connection, virDomainPtr domain, unsigned screen, size_t limit) {
  const auto& lv = Lv();
  OwnStream stream(Check(lv.virStreamNew(connection, 0u)));
  std::string mime = TakeText(lv.virDomainScreenshot(domain, stream.get(), screen, 0u));
  stream.Started();
  Bytes image;
  for (;;) {
    char buffer[65536];
    const int received = Check(lv.virStreamRecv(stream.get(), buffer, sizeof buffer));
    if (received == 0) break;
    if (image.size() + static_cast<size_t>(received) > limit) {
      throw Failure::Own("result-too-large", "The screenshot is larger than " + std::to_string(limit) + " bytes.");
    }
    image.insert(image.end(), buffer, buffer + received);
  }
  stream.Finish();
  return Object{{"mimeType", std::move(mime)}, {"data", std::move(image)}};
}

Napi::Value DomainScreenshot(const Napi::CallbackInfo& info) {
  return Promised(info, Failure::Source::kLibvirt, [](Arguments& arguments, uint64_t call) {
    const auto domain = arguments.Handle<Domain>();
    const unsigned screen = arguments.Uint32();
    const uint64_t limit = arguments.Uint64();
    domain->connection()->Run(call, [=](virConnectPtr connection) {
      const DomainUse use(*domain);
      return Screenshot(connection, use.get(), screen, limit);
    });
  });
}

Napi::Value DomainOpenConsole(const Napi::CallbackInfo& info) {
  return Promised(info, Failure::Source::kLibvirt, [](Arguments& arguments, uint64_t call) {
    const auto domain = arguments.Handle<Domain>();
    const auto device = arguments.OptionalText();
    const unsigned flags = arguments.Uint32();
    domain->connection()->Run(call, [=](virConnectPtr connection) {
      const DomainUse use(*domain);
      OwnStream stream(Check(Lv().virStreamNew(connection, static_cast<unsigned>(VIR_STREAM_NONBLOCK))));
      Check(Lv().virDomainOpenConsole(use.get(), OrNull(device), stream.get(), flags));
      const auto watched = Stream::Watch(domain->connection(), stream.Release());
      return Value(Maker([watched](Napi::Env env) { return MakeHandle(env, watched); }));
    });
  });
}

const DomainOperation kOperations[] = {
    VIRTKIT_DEVICE_CALL("domainAttachDeviceFlags", virDomainAttachDeviceFlags),
    VIRTKIT_DEVICE_CALL("domainDetachDeviceFlags", virDomainDetachDeviceFlags),
    VIRTKIT_DEVICE_CALL("domainUpdateDeviceFlags", virDomainUpdateDeviceFlags),
    {"domainMemoryStats", [](Arguments&) -> Call { return MemoryStats; }},
    {"domainInterfaceStats", [](Arguments& arguments) -> Call {
       return [device = arguments.Text()](virDomainPtr d) { return InterfaceStats(d, device.c_str()); };
     }},
    {"domainSendKey", [](Arguments& arguments) -> Call {
       const unsigned codeset = arguments.Uint32(), hold = arguments.Uint32();
       std::vector<unsigned> keys;
       const Napi::Value list = arguments.Next();
       if (list.IsArray()) {
         const auto array = list.As<Napi::Array>();
         for (uint32_t i = 0; i < array.Length(); i++) keys.push_back(array.Get(i).ToNumber().Uint32Value());
       }
       if (keys.empty() || keys.size() > VIR_DOMAIN_SEND_KEY_MAX_KEYS) arguments.Refuse("an array of 1 to 16 key codes");
       return [=](virDomainPtr d) {
         auto codes = keys;
         return Done(Lv().virDomainSendKey(d, codeset, hold, codes.data(), static_cast<int>(codes.size()), 0u));
       };
     }},
};

}  // namespace

void ExportDomainDevices(Napi::Object exports) {
  exports.Set("domainScreenshot", Napi::Function::New(exports.Env(), DomainScreenshot, "domainScreenshot"));
  exports.Set("domainOpenConsole", Napi::Function::New(exports.Env(), DomainOpenConsole, "domainOpenConsole"));
  ExportDomainOperations(exports, kOperations);
}

}  // namespace virtkit
