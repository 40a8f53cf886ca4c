// libvirt's events as messages for a listener of a JavaScript environment. See RawEvent in events.ts for their shapes.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "channel.h"
#include "libvirt_library.h"

namespace virtkit {

inline constexpr const char* kConnectionClosed = "connection-closed";

// Starts delivery of one kind of domain event to `listener`; blocks. Returns the number to deregister it with.
// Throws Failure: `invalid-argument` for an unknown kind, `no-support` when the driver lacks it.
int RegisterEvent(virConnectPtr connection, const std::string& kind, const std::shared_ptr<Channel>& channel,
                  uint64_t listener);
// Ends delivery; blocks. A connection that is broken has nothing to deregister, so failures mean nothing.
void DeregisterEvents(virConnectPtr connection, const std::vector<int>& numbers);

// The one callback for the unexpected end that libvirt allows per connection. What is returned must live until
// DeregisterClose has returned: some drivers ignore the callback, and then never free what was given to them.
// Throws Failure.
std::shared_ptr<void> RegisterClose(virConnectPtr connection, const std::shared_ptr<Channel>& channel, uint64_t listener);
void DeregisterClose(virConnectPtr connection);

}  // namespace virtkit
