#include "event_watches.h"

#include <cerrno>
#include <iterator>

namespace virtkit {
namespace {

// Reported by epoll whether asked for or not.
constexpr int kAlways = VIR_EVENT_HANDLE_ERROR | VIR_EVENT_HANDLE_HANGUP;

constexpr struct {
  int libvirt;
  uint32_t kernel;
} kEvents[] = {{VIR_EVENT_HANDLE_READABLE, EPOLLIN},
               {VIR_EVENT_HANDLE_WRITABLE, EPOLLOUT},
               {VIR_EVENT_HANDLE_ERROR, EPOLLERR},
               {VIR_EVENT_HANDLE_HANGUP, EPOLLHUP}};

uint32_t ToKernel(int events) {
  uint32_t result = 0;
  for (const auto& [libvirt, kernel] : kEvents) result |= (events & libvirt) != 0 ? kernel : 0;
  return result;
}

int FromKernel(uint32_t events) {
  int result = 0;
  for (const auto& [libvirt, kernel] : kEvents) result |= (events & kernel) != 0 ? libvirt : 0;
  return result;
}

}  // namespace

int EventWatches::Add(const Watch& watch) {
  const int number = ++last_number_;
  watches_.emplace(number, watch);
  if (Apply(watch.fd)) return number;
  watches_.erase(number);
  return -1;
}

bool EventWatches::Update(int number, int events, bool soon) {
  const auto found = watches_.find(number);
  if (found == watches_.end()) return false;
  const int fd = found->second.fd;
  found->second.events = events;
  if (soon && !told_.contains(fd) && Wanted(fd)) {
    pending_[fd] = false;
    return true;
  }
  Apply(fd);
  return false;
}

bool EventWatches::Tick() {
  for (auto one = pending_.begin(); one != pending_.end();) {
    auto& [fd, lasted] = *one;
    if (lasted) {
      const int ready = fd;
      one = std::next(one);
      Apply(ready);
    } else {
      lasted = true;
      one = std::next(one);
    }
  }
  return !pending_.empty();
}

EventWatches::Watch EventWatches::Remove(int number) {
  const auto found = watches_.find(number);
  if (found == watches_.end()) return {};
  const Watch watch = found->second;
  watches_.erase(found);
  Apply(watch.fd);
  return watch;
}

std::vector<EventWatches::Ready> EventWatches::Affected(const epoll_event& event) const {
  std::vector<Ready> affected;
  for (const auto& [number, watch] : watches_) {
    if (watch.fd == event.data.fd) affected.push_back({number, FromKernel(event.events)});
  }
  return affected;
}

const EventWatches::Watch* EventWatches::Wanting(Ready& ready) const {
  const auto found = watches_.find(ready.watch);
  if (found == watches_.end() || found->second.events == 0) return nullptr;
  ready.events &= found->second.events | kAlways;
  return ready.events == 0 ? nullptr : &found->second;
}

bool EventWatches::Wanted(int fd) const {
  for (const auto& [number, watch] : watches_) {
    if (watch.fd == fd && watch.events != 0) return true;
  }
  return false;
}

// Tells the kernel what all watches of a descriptor want together; false with errno when it refuses.
bool EventWatches::Apply(int fd) {
  pending_.erase(fd);
  const bool told = told_.contains(fd);
  if (!Wanted(fd)) {
    if (!told) return true;
    told_.erase(fd);
    // A descriptor that was closed is forgotten by the kernel already.
    return epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr) == 0 || errno == EBADF || errno == ENOENT;
  }
  epoll_event event{};
  event.data.fd = fd;
  for (const auto& [number, watch] : watches_) {
    if (watch.fd == fd) event.events |= ToKernel(watch.events);
  }
  int result = epoll_ctl(epoll_, told ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
  // The number was closed unremoved and is another descriptor's now.
  if (result < 0 && told && errno == ENOENT) result = epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  if (result < 0) {
    told_.erase(fd);
    return false;
  }
  told_.insert(fd);
  return true;
}

}  // namespace virtkit
