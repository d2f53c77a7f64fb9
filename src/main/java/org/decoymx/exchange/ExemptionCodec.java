package org.decoymx.exchange;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.decoymx.exemption.RuntimeExemption;
import org.decoymx.exemption.SharedExemption;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.support.PrintableText;
import org.jspecify.annotations.Nullable;

/**
 * Run-time exemptions as values of the control topic: a {@link CborArray} of the time of the change, and for those that
 * are not removed the beginning, the end or 0, and the reason in an array. The key has the network.
 */
final class ExemptionCodec {
    private static final int MAX_REASON = 200;
    private static final Duration CLOCK_TOLERANCE = Duration.ofDays(1);
    /** The year 9999, the last one that has four digits. */
    private static final long MAX_END = 253_402_300_799L;

    private ExemptionCodec() {}

    static byte[] value(SharedExemption change) {
        RuntimeExemption exemption = change.exemption();
        return CborArray.write(2, out -> {
            out.writeNumber(change.at().getEpochSecond());
            if (exemption == null) {
                out.writeNull();
                return;
            }
            out.writeStartArray(null, 3);
            out.writeNumber(exemption.since().getEpochSecond());
            out.writeNumber(exemption.until() == null ? 0 : exemption.until().getEpochSecond());
            out.writeString(exemption.reason());
            out.writeEndArray();
        });
    }

    /**
     * Reads a change.
     *
     * @param cidr the network in the key
     * @param received when the brokers received it, in seconds since 1970
     * @throws PoisonException if no node writes such a value
     */
    static SharedExemption decode(String node, @Nullable String cidr, byte[] value, long received)
            throws PoisonException {
        IpPrefix network = network(cidr);
        long latest = received + CLOCK_TOLERANCE.toSeconds();
        return CborArray.read(value, in -> {
            Instant at = Instant.ofEpochSecond(in.number("at", 0, latest));
            return new SharedExemption(
                    network, at, node, in.startNested("exemption") ? read(network, in, latest) : null);
        });
    }

    private static RuntimeExemption read(IpPrefix network, CborArray in, long latest)
            throws IOException, PoisonException {
        long since = in.number("since", 0, latest);
        long until = in.number("until", 0, MAX_END);
        String reason = in.text("reason", MAX_REASON);
        in.endNested();
        if (!PrintableText.isPrintable(reason)) {
            throw new PoisonException("reason: must be printable");
        }
        return new RuntimeExemption(
                network, reason, Instant.ofEpochSecond(since), until == 0 ? null : Instant.ofEpochSecond(until));
    }

    private static IpPrefix network(@Nullable String cidr) throws PoisonException {
        try {
            IpPrefix network = IpText.parseNetwork(cidr == null ? "" : cidr).hostNetwork();
            if (network.cidr().equals(cidr)) {
                return network;
            }
        } catch (IllegalArgumentException e) {
            throw new PoisonException("key: " + PrintableText.escape(String.valueOf(e.getMessage()), MAX_REASON));
        }
        throw new PoisonException("key: must end with a network with prefix length");
    }
}
