package org.decoymx.primary;

import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The probes whose RCPT is sent and not answered yet. Only then does the policy service get a question about one, and
 * only then may it take a client at another address, behind NAT, for the decoy: the name and the recipient alone are
 * known to everybody. Thread-safe.
 */
@Singleton
public final class OpenProbes {
    private final Map<Object, ProbeEnvelope> open = new ConcurrentHashMap<>();

    private record ProbeEnvelope(String heloName, String recipient) {}

    /** A probe is about to send its RCPT. */
    public void begin(Object probe, String heloName, String recipient) {
        open.put(probe, new ProbeEnvelope(heloName, recipient));
    }

    /** The RCPT is answered, or will not be. */
    public void end(Object probe) {
        open.remove(probe);
    }

    /** Whether a client with this HELO name, which asks for this recipient now, may be a probe. */
    public boolean contains(String heloName, String recipient) {
        return open.values().stream()
                .anyMatch(probe -> probe.heloName().equalsIgnoreCase(heloName)
                        && probe.recipient().equalsIgnoreCase(recipient));
    }
}
