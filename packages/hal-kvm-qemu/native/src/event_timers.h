// Timers that libvirt asked for. Not locked: their owner does that.
#pragma once
#include <libvirt/libvirt.h>

#include <chrono>
#include <map>
#include <vector>

namespace virtkit {

class EventTimers {
 public:
  using Clock = std::chrono::steady_clock;
  struct Target {
    virEventTimeoutCallback callback;
    void* opaque;
    virFreeCallback free;
  };

  // `interval` in milliseconds; 0: in every round of the loop; below 0: not until it is updated.
  int Add(int interval, const Target& target);
  void Update(int number, int interval);
  // The removed timer, whose `free` is to be called; an empty one when there is none of this number.
  Target Remove(int number);

  // When the first one is due; the end of time when none is.
  Clock::time_point Next() const;
  std::vector<int> Due(Clock::time_point now) const;
  // Sets a timer for its next time and says whom to call; an empty target when it is not due any more.
  Target Fire(int number, Clock::time_point now);

  // For epoll_wait(2): rounded up, -1 for the end of time.
  static int MillisecondsUntil(Clock::time_point time);

 private:
  struct Timer {
    int interval;
    Clock::time_point due;
    Target target;
  };
  static Clock::time_point DueAfter(int interval, Clock::time_point now);

  std::map<int, Timer> timers_;
  int last_number_ = 0;
};

}  // namespace virtkit
