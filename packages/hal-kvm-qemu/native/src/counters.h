// How many objects and threads of each kind exist in this process: the leak tests compare these before and after.
#pragma once
#include <atomic>

namespace virtkit {

struct Counters {
  std::atomic<int> connections{0}, domains{0}, streams{0}, subscriptions{0}, threads{0}, calls{0}, kvms{0}, vms{0},
      vcpus{0};
};

// Constant-initialised and never destroyed, so that threads may count while the process exits.
inline constinit Counters counters;

// Counts its owner for as long as that lives.
class Counted {
 public:
  explicit Counted(std::atomic<int>& counter) : counter_(counter) { counter_++; }
  ~Counted() { counter_--; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  std::atomic<int>& counter_;
};

}  // namespace virtkit
