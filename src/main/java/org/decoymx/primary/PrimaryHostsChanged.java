package org.decoymx.primary;

/** Fired after {@link PrimaryMonitor#monitoredHosts} has changed, on a thread that may block. */
record PrimaryHostsChanged() {}
