#include "event_loop.h"

#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "workers.h"

namespace virtkit {
namespace {

class EventLoop {
 public:
  explicit EventLoop(const Library& library) : library_(library) {
    const bool registered = library_.virEventRegisterDefaultImpl() == 0;
    if (registered) {
      timer_ = library_.virEventAddTimeout(
          -1, [](int, void* self) { static_cast<EventLoop*>(self)->RunPosted(); }, this, nullptr);
    }
    if (timer_ < 0) throw Failure::Own("unknown", "libvirt's event loop could not be set up.");
    StartThread([this] { Run(); });
  }

  void Post(std::function<void()> work) {
    {
      const std::lock_guard lock(mutex_);
      posted_.push_back(std::move(work));
    }
    library_.virEventUpdateTimeout(timer_, 0);
  }

 private:
  [[noreturn]] void Run() {
    for (;;) {
      // A failed round must not turn into a busy loop.
      if (library_.virEventRunDefaultImpl() < 0) std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }

  void RunPosted() {
    library_.virEventUpdateTimeout(timer_, -1);
    std::vector<std::function<void()>> work;
    {
      const std::lock_guard lock(mutex_);
      work.swap(posted_);
    }
    for (auto& one : work) one();
  }

  const Library& library_;
  int timer_ = -1;
  std::mutex mutex_;
  std::vector<std::function<void()>> posted_;
};

EventLoop* loop = nullptr;  // Set once, before any connection exists; never freed, its thread never ends.

}  // namespace

void StartEventLoop(const Library& library) { loop = new EventLoop(library); }

void PostToEventLoop(std::function<void()> work) { loop->Post(std::move(work)); }

void RunOnEventLoop(const std::function<void()>& work) {
  // Shared, because the waiter may be gone before set_value() has returned.
  const auto done = std::make_shared<std::promise<void>>();
  PostToEventLoop([&work, done] {
    work();
    done->set_value();
  });
  done->get_future().wait();
}

}  // namespace virtkit
