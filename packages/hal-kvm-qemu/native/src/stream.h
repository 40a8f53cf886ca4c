// A console of a domain: bytes in both directions through libvirt's non-blocking stream interface.
//
// All reading, writing and callback changes happen on libvirt's event loop thread, so they need no locks among themselves.
// Reading is by request: libvirt is asked for bytes only while a read is outstanding.
#pragma once
#include <napi.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>

#include "connection.h"
#include "counters.h"

namespace virtkit {

class Stream : public std::enable_shared_from_this<Stream> {
 public:
  static constexpr napi_type_tag kTag = {0x2f9b5e7710c34a68, 0x8c4be0d95a774e03};
  static constexpr const char* kKind = "stream";
  static constexpr Failure::Source kSource = Failure::Source::kLibvirt;

  // Takes an open, non-blocking stream over and starts watching it. Not on the event loop's thread.
  static std::shared_ptr<Stream> Watch(std::shared_ptr<Connection> connection, virStreamPtr stream);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // The outcomes of `call`: bytes or, at the end, undefined; nothing once all is handed to libvirt.
  void Read(uint64_t call);
  void Write(uint64_t call, Bytes data);
  // Ends the stream, aborting or in order, and frees it. Repeatable.
  void Close(uint64_t call, bool abort);
  // The same without an outcome, for the connection's end; blocks.
  void Abort();

  const std::shared_ptr<Connection>& connection() const { return connection_; }

 private:
  struct PendingWrite {
    uint64_t call;
    Bytes data;
    size_t sent;
  };

  Stream(std::shared_ptr<Connection> connection, virStreamPtr stream);

  // On the event loop's thread:
  static void OnEvent(virStreamPtr, int events, void* weak);
  void StartWatching();
  void StopWatching();
  void UpdateWatching();
  void Advance();
  void TryRead();
  void TryWrite();
  void Break(const Failure& failure);
  void Detach();

  // On any other thread, once:
  void End(bool abort);
  void Done(uint64_t call, Outcome outcome) const;

  const std::shared_ptr<Connection> connection_;
  virStreamPtr stream_;  // Used on the event loop's thread until Detach(), then by whoever ends it.
  std::atomic<bool> ended_{false};
  std::unique_ptr<Counted> counted_;

  bool watching_ = false;
  bool detached_ = false;
  bool hung_up_ = false;
  uint64_t reader_ = 0;
  std::deque<PendingWrite> writes_;
};

}  // namespace virtkit
