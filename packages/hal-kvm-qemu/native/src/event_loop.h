// The event loop that libvirt uses: one thread per process, whatever the number of connections and environments.
// It delivers domain events, moves console bytes and answers keepalive messages. Work given to it must not block.
//
// Not libvirt's own one: that sleeps in poll() and must be woken for every change to what it watches, and a remote call
// changes this twice (the caller reads the socket itself while it waits). Here such a change is one epoll_ctl(2) by the caller.
#pragma once
#include <functional>

#include "libvirt_library.h"

namespace virtkit {

// Once, before the first connection. Throws Failure.
void StartEventLoop(const Library& library);

// Runs `work` soon on the loop's thread; from any thread.
void PostToEventLoop(std::function<void()> work);

// Runs `work` on the loop's thread and waits for its end; from any other thread.
void RunOnEventLoop(const std::function<void()>& work);

}  // namespace virtkit
