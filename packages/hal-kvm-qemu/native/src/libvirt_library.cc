#include "libvirt_library.h"

#include <dlfcn.h>

#include <atomic>
#include <cstdlib>
#include <mutex>

#include "event_loop.h"

namespace virtkit {
namespace {

// Never freed: threads may be inside libvirt while the process exits.
std::atomic<const Library*> loaded{nullptr};

void Silent(void*, virErrorPtr) {}

void* Open(const std::string& name) {
  // NODELETE: its threads and exit handlers outlive any environment.
  return dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
}

void Resolve(Library& library, void* main, void* qemu) {
#define VIRTKIT_RESOLVE(handle, f) \
  library.f.function = reinterpret_cast<decltype(library.f.function)>(handle == nullptr ? nullptr : dlsym(handle, #f));
#define VIRTKIT_RESOLVE_MAIN(f) VIRTKIT_RESOLVE(main, f)
#define VIRTKIT_RESOLVE_QEMU(f) VIRTKIT_RESOLVE(qemu, f)
  VIRTKIT_LIBVIRT_FUNCTIONS(VIRTKIT_RESOLVE_MAIN)
  VIRTKIT_LIBVIRT_QEMU_FUNCTIONS(VIRTKIT_RESOLVE_QEMU)
}

unsigned long Version(const Library& library) {
  unsigned long version = 0;
  Check(library.virGetVersion(&version, nullptr, nullptr));
  return version;
}

}  // namespace

unsigned long LoadLibvirt(const std::string& name, const std::string& qemu_name) {
  static std::mutex& once = *new std::mutex;
  static void* opened = nullptr;
  const std::lock_guard lock(once);
  void* main = Open(name);
  if (main == nullptr) {
    const char* reason = dlerror();
    throw Failure::Own("library-missing",
                       "libvirt is not installed on this machine (" + std::string(reason) +
                           "). On Debian and Ubuntu install libvirt0, and for virtual machines "
                           "libvirt-daemon-driver-qemu and qemu-system-x86.");
  }
  if (const Library* library = loaded) {
    if (main != opened) {
      throw Failure::Own("invalid-argument", "This process uses another libvirt library than " + name + " already.");
    }
    return Version(*library);
  }
  auto* library = new Library;
  Resolve(*library, main, Open(qemu_name));
  try {
    // Errors are returned, not printed.
    library->virSetErrorFunc(nullptr, Silent);
    if (library->virInitialize() < 0) throw Failure::Own("library-missing", "libvirt could not initialise.");
    StartEventLoop(*library);
  } catch (...) {
    delete library;
    throw;
  }
  opened = main;
  loaded = library;
  return Version(*library);
}

const Library& Lv() {
  const Library* library = loaded;
  if (library == nullptr) throw Failure::Own("library-missing", "libvirt is not loaded: call libvirtLoad first.");
  return *library;
}

Failure LastError() {
  const auto& lv = Lv();
  const virError* error = lv.virGetLastError();
  if (error == nullptr || error->code == VIR_ERR_OK) {
    return {Failure::Source::kLibvirt, "unknown", "libvirt reported a failure without a reason.", 0, 0};
  }
  Failure failure{Failure::Source::kLibvirt, "", error->message == nullptr ? "" : error->message, error->code,
                  error->domain};
  lv.virResetLastError();
  return failure;
}

std::string TakeText(char* text) {
  std::string copy(Check(text));
  std::free(text);
  return copy;
}

}  // namespace virtkit
