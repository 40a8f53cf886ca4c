#include "workers.h"

#include <pthread.h>
#include <signal.h>

#include <chrono>
#include <system_error>
#include <thread>

#include "counters.h"

namespace virtkit {
namespace {

constexpr auto kIdle = std::chrono::seconds(10);

// Signals are Node's business; only faults of the thread itself must stay deliverable.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGPROF}) sigdelset(&all, fault);
    pthread_sigmask(SIG_BLOCK, &all, &previous_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &previous_, nullptr); }

 private:
  sigset_t previous_;
};

}  // namespace

void StartThread(Job job) {
  const SignalsBlocked inherited_by_the_thread;
  std::thread([job = std::move(job)]() mutable {
    const Counted counted(counters.threads);
    job();
    job = nullptr;  // What the job holds is freed before the thread stops counting.
  }).detach();
}

void Workers::Submit(Job job) {
  std::unique_lock lock(mutex_);
  queue_.push_back(std::move(job));
  if (idle_ >= queue_.size() || threads_ >= limit_) {
    const bool wake = idle_ > 0;
    lock.unlock();  // First, so that the woken thread does not run into the lock.
    if (wake) wake_.notify_one();
    return;
  }
  threads_++;
  try {
    StartThread([self = shared_from_this()] { self->Run(); });
  } catch (const std::system_error&) {
    threads_--;
    if (threads_ > 0) return;  // A busy thread will come to it.
    queue_.pop_back();
    throw;
  }
}

void Workers::Retire() {
  const std::lock_guard lock(mutex_);
  retired_ = true;
  wake_.notify_all();
}

void Workers::Run() {
  Job job;
  while (Next(job)) {
    job();
    job = nullptr;
  }
}

bool Workers::Next(Job& job) {
  std::unique_lock lock(mutex_);
  if (queue_.empty() && !retired_) {
    idle_++;
    wake_.wait_for(lock, kIdle, [this] { return !queue_.empty() || retired_; });
    idle_--;
  }
  if (queue_.empty()) {
    threads_--;
    return false;
  }
  job = std::move(queue_.front());
  queue_.pop_front();
  return true;
}

}  // namespace virtkit
