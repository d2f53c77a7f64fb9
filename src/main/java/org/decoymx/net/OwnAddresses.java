package org.decoymx.net;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;

/** The addresses of this host. They may change, so they are read again when they are a minute old. Thread-safe. */
public final class OwnAddresses {
    private static final Duration MAX_AGE = Duration.ofMinutes(1);

    private final Clock clock;
    private volatile Snapshot latest = new Snapshot(Instant.EPOCH, Set.of());

    private record Snapshot(Instant readAt, Set<IpPrefix> addresses) {}

    /** Reads nothing yet. */
    public OwnAddresses(Clock clock) {
        this.clock = clock;
    }

    /** Whether a sender has an address of this host. */
    public boolean contains(IpPrefix client) {
        Instant now = clock.instant();
        Snapshot known = latest;
        if (Duration.between(known.readAt(), now).abs().compareTo(MAX_AGE) > 0) {
            known = new Snapshot(now, read(known.addresses()));
            latest = known;
        }
        return known.addresses().contains(client);
    }

    /** The addresses now; those that were known before if the current ones cannot be read. */
    private static Set<IpPrefix> read(Set<IpPrefix> before) {
        Set<IpPrefix> addresses =
                ListenAddresses.localAddresses().map(IpPrefix::hostNetworkOf).collect(Collectors.toUnmodifiableSet());
        return addresses.isEmpty() ? before : addresses;
    }
}
