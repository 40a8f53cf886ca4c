#include "event_timers.h"

#include <algorithm>
#include <limits>

namespace virtkit {

int EventTimers::Add(int interval, const Target& target) {
  const int number = ++last_number_;
  timers_.emplace(number, Timer{interval, DueAfter(interval, Clock::now()), target});
  return number;
}

void EventTimers::Update(int number, int interval) {
  const auto found = timers_.find(number);
  if (found == timers_.end()) return;
  found->second.interval = interval;
  found->second.due = DueAfter(interval, Clock::now());
}

EventTimers::Target EventTimers::Remove(int number) {
  const auto found = timers_.find(number);
  if (found == timers_.end()) return {};
  const Target target = found->second.target;
  timers_.erase(found);
  return target;
}

EventTimers::Clock::time_point EventTimers::Next() const {
  auto next = Clock::time_point::max();
  for (const auto& [number, timer] : timers_) next = std::min(next, timer.due);
  return next;
}

std::vector<int> EventTimers::Due(Clock::time_point now) const {
  std::vector<int> due;
  for (const auto& [number, timer] : timers_) {
    if (timer.due <= now) due.push_back(number);
  }
  return due;
}

EventTimers::Target EventTimers::Fire(int number, Clock::time_point now) {
  const auto found = timers_.find(number);
  if (found == timers_.end() || found->second.due > now) return {};
  found->second.due = DueAfter(found->second.interval, now);
  return found->second.target;
}

int EventTimers::MillisecondsUntil(Clock::time_point time) {
  if (time == Clock::time_point::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(time - Clock::now()).count();
  return static_cast<int>(std::clamp<long long>(left, 0, std::numeric_limits<int>::max()));
}

EventTimers::Clock::time_point EventTimers::DueAfter(int interval, Clock::time_point now) {
  return interval < 0 ? Clock::time_point::max() : now + std::chrono::milliseconds(interval);
}

}  // namespace virtkit
