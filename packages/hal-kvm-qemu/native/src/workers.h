// Threads for calls that block.
//
// Not libuv's pool: it has four threads for the whole process, which files and DNS need, and a libvirt call can take
// minutes (a migration). One pool per connection, so that a daemon which hangs can only exhaust its own connection's threads.
// Threads are made when a call finds none idle and end after some seconds without work.
#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace virtkit {

using Job = std::function<void()>;

// Runs `job` on a detached thread of its own that takes no signals. Throws std::system_error without resources.
void StartThread(Job job);

class Workers : public std::enable_shared_from_this<Workers> {
 public:
  explicit Workers(size_t limit) : limit_(limit) {}

  // Queues a job; from any thread. A job must not throw. Throws std::system_error when no thread can be had at all.
  void Submit(Job job);
  // Lets the threads end as soon as the queue is empty. Jobs may still be submitted.
  void Retire();

 private:
  void Run();
  bool Next(Job& job);

  const size_t limit_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> queue_;
  size_t threads_ = 0;
  size_t idle_ = 0;
  bool retired_ = false;
};

}  // namespace virtkit
