// File descriptors that libvirt wants to hear of, kept in an epoll instance. Changes need no word to the thread that waits.
// Not locked: its owner does that.
//
// libvirt's client turns the watch of its socket off when a call begins to read the answer, and on when it has it. While one
// call follows the other, a watch that is turned on at once would wake the loop for answers that are others'. So turning on
// takes effect when it has lasted for a moment; see Tick().
#pragma once
#include <libvirt/libvirt.h>
#include <sys/epoll.h>

#include <map>
#include <set>
#include <vector>

namespace virtkit {

class EventWatches {
 public:
  struct Watch {
    int fd;
    int events;  // virEventHandleType bits; 0: none for now, not even errors.
    virEventHandleCallback callback;
    void* opaque;
    virFreeCallback free;
  };
  struct Ready {
    int watch;
    int events;
  };

  explicit EventWatches(int epoll) : epoll_(epoll) {}

  // The number of the watch; -1 when the descriptor cannot be waited for, with errno.
  int Add(const Watch& watch);
  // Turning on `soon` waits for Tick(), everything else happens at once. Returns whether Tick() has something to do.
  bool Update(int number, int events, bool soon);
  // To be called some time after Update() asked for it: turns on what has been wanted since before the last call.
  // Returns whether it has to be called again.
  bool Tick();
  // The removed watch, whose `free` is to be called; an empty one when there is none of this number.
  Watch Remove(int number);

  // Which watches an answer of epoll_wait(2) concerns.
  std::vector<Ready> Affected(const epoll_event& event) const;
  // The watch and what of `ready` it wants at this moment; nullptr when it is gone or wants nothing.
  const Watch* Wanting(Ready& ready) const;

 private:
  bool Wanted(int fd) const;
  bool Apply(int fd);

  const int epoll_;
  std::map<int, Watch> watches_;
  // Descriptors that the kernel was told of; several watches may share one.
  std::set<int> told_;
  // Descriptors to be turned on, and whether that was wanted at the last Tick() already.
  std::map<int, bool> pending_;
  int last_number_ = 0;
};

}  // namespace virtkit
