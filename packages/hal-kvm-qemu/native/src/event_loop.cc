#include "event_loop.h"

#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "event_timers.h"
#include "event_watches.h"
#include "workers.h"

namespace virtkit {
namespace {

using Clock = EventTimers::Clock;

// How long a watch must have been wanted before it is turned on: longer than JavaScript takes from one call to the next,
// short enough for an event that comes right after a call.
constexpr long kMomentNs = 500'000;

class EventLoop {
 public:
  // Throws Failure.
  EventLoop()
      : epoll_(Opened(epoll_create1(EPOLL_CLOEXEC))),
        wake_(Opened(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))),
        tick_(Opened(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK))) {
    for (const int own : {wake_, tick_}) {
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.fd = own;
      Opened(epoll_ctl(epoll_, EPOLL_CTL_ADD, own, &event));
    }
    StartThread([this] { Run(); });
  }

  void Post(std::function<void()> work) {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(work));
    WakeLocked();
  }

  int AddHandle(const EventWatches::Watch& watch) {
    const std::lock_guard lock(mutex_);
    return watches_.Add(watch);
  }
  void UpdateHandle(int number, int events) {
    const std::lock_guard lock(mutex_);
    // On the loop's own thread no call follows in a moment, but the next round.
    if (watches_.Update(number, events, std::this_thread::get_id() != thread_)) TickSoonLocked();
  }
  int RemoveHandle(int number) {
    const std::lock_guard lock(mutex_);
    const auto watch = watches_.Remove(number);
    if (watch.callback == nullptr) return -1;
    FreeLaterLocked(watch.free, watch.opaque);
    return 0;
  }

  int AddTimeout(int interval, virEventTimeoutCallback callback, void* opaque, virFreeCallback free) {
    const std::lock_guard lock(mutex_);
    const int number = timers_.Add(interval, {callback, opaque, free});
    WakeForTimerLocked();
    return number;
  }
  void UpdateTimeout(int number, int interval) {
    const std::lock_guard lock(mutex_);
    timers_.Update(number, interval);
    WakeForTimerLocked();
  }
  int RemoveTimeout(int number) {
    const std::lock_guard lock(mutex_);
    const auto target = timers_.Remove(number);
    if (target.callback == nullptr) return -1;
    FreeLaterLocked(target.free, target.opaque);
    return 0;
  }

 private:
  static int Opened(int result) {
    if (result < 0) {
      throw Failure::Own("unknown", std::string("libvirt's event loop could not be set up: ") + std::strerror(errno));
    }
    return result;
  }

  // What a callback may still use is freed by the loop's thread, between callbacks.
  void FreeLaterLocked(virFreeCallback free, void* opaque) {
    if (free == nullptr) return;
    posted_.push_back([free, opaque] { free(opaque); });
    WakeLocked();
  }

  // Of the calling thread only a system call is asked, not to wake the loop's.
  void TickSoonLocked() {
    if (ticking_) return;
    ticking_ = true;
    itimerspec moment{};
    moment.it_value.tv_nsec = kMomentNs;
    // Cannot fail: all of its arguments are constant.
    if (timerfd_settime(tick_, 0, &moment, nullptr) < 0) std::abort();
  }

  void Tick() {
    const std::lock_guard lock(mutex_);
    ticking_ = false;
    if (watches_.Tick()) TickSoonLocked();
  }

  void WakeForTimerLocked() {
    if (timers_.Next() < sleeps_until_) WakeLocked();
  }

  void WakeLocked() {
    if (!sleeping_) return;  // It looks at everything before it sleeps.
    sleeping_ = false;
    const uint64_t one = 1;
    // Cannot fail: the counter is far from its limit, and the descriptor stays open.
    if (write(wake_, &one, sizeof one) < 0) std::abort();
  }

  [[noreturn]] void Run() {
    thread_ = std::this_thread::get_id();
    for (;;) {
      epoll_event events[16];
      const int count = epoll_wait(epoll_, events, 16, BeforeSleep());
      {
        const std::lock_guard lock(mutex_);
        sleeping_ = false;
      }
      for (int i = 0; i < count; i++) Dispatch(events[i]);
      RunTimers();
      RunPosted();
    }
  }

  // Milliseconds that may be slept.
  int BeforeSleep() {
    const std::lock_guard lock(mutex_);
    if (!posted_.empty()) return 0;
    sleeps_until_ = timers_.Next();
    sleeping_ = true;
    return EventTimers::MillisecondsUntil(sleeps_until_);
  }

  void Dispatch(const epoll_event& event) {
    if (event.data.fd == wake_ || event.data.fd == tick_) {
      uint64_t count;
      // EAGAIN is as good: somebody wants to wake the loop, and it is awake.
      if (read(event.data.fd, &count, sizeof count) < 0 && errno != EAGAIN) std::abort();
      if (event.data.fd == tick_) Tick();
      return;
    }
    std::unique_lock lock(mutex_);
    for (auto ready : watches_.Affected(event)) {
      const auto* found = watches_.Wanting(ready);
      if (found == nullptr) continue;
      const auto watch = *found;
      lock.unlock();
      watch.callback(ready.watch, watch.fd, ready.events, watch.opaque);
      lock.lock();
    }
  }

  void RunTimers() {
    std::unique_lock lock(mutex_);
    for (const int number : timers_.Due(Clock::now())) {
      const auto target = timers_.Fire(number, Clock::now());
      if (target.callback == nullptr) continue;
      lock.unlock();
      target.callback(number, target.opaque);
      lock.lock();
    }
  }

  void RunPosted() {
    std::vector<std::function<void()>> work;
    {
      const std::lock_guard lock(mutex_);
      work.swap(posted_);
    }
    for (auto& one : work) one();
  }

  const int epoll_, wake_, tick_;
  std::mutex mutex_;
  EventWatches watches_{epoll_};
  EventTimers timers_;
  std::vector<std::function<void()>> posted_;
  bool sleeping_ = false;
  bool ticking_ = false;
  std::atomic<std::thread::id> thread_{};
  Clock::time_point sleeps_until_{};
};

EventLoop* loop = nullptr;  // Set once, before any connection exists; never freed, its thread never ends.

}  // namespace

void StartEventLoop(const Library& library) {
  loop = new EventLoop;
  library.virEventRegisterImpl(
      [](int fd, int events, virEventHandleCallback callback, void* opaque, virFreeCallback free) {
        return loop->AddHandle({fd, events, callback, opaque, free});
      },
      [](int watch, int events) { loop->UpdateHandle(watch, events); },
      [](int watch) { return loop->RemoveHandle(watch); },
      [](int interval, virEventTimeoutCallback callback, void* opaque, virFreeCallback free) {
        return loop->AddTimeout(interval, callback, opaque, free);
      },
      [](int timer, int interval) { loop->UpdateTimeout(timer, interval); },
      [](int timer) { return loop->RemoveTimeout(timer); });
}

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
