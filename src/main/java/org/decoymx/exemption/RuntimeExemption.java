package org.decoymx.exemption;

import java.time.DateTimeException;
import java.time.Instant;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.Exemption;
import org.jspecify.annotations.Nullable;

/**
 * An exemption that the administrator added at run time.
 *
 * @param reason the administrator's text; may be empty
 * @param since when it was added, in whole seconds
 * @param until when it ends by itself, in whole seconds; null for never
 */
public record RuntimeExemption(
        IpPrefix network,
        String reason,
        Instant since,
        @Nullable Instant until) {
    private static final String INTERVAL = "/";

    boolean isOver(Instant now) {
        return until != null && !now.isBefore(until);
    }

    Exemption toExemption() {
        String description = NetworkListParser.withComment("added by the administrator", reason);
        return Exemption.of(network, until == null ? description : description + ", until " + until);
    }

    /** The line of this exemption in a file of networks; times as in ISO 8601. */
    String toFileLine() {
        String times = until == null ? since.toString() : since + INTERVAL + until;
        return (network.cidr() + " # " + times + " " + reason).strip();
    }

    /**
     * An exemption with the times that begin its line's comment.
     *
     * @param times as {@link #toFileLine} writes them
     * @throws DateTimeException if they are anything else
     */
    static RuntimeExemption of(IpPrefix network, String times, String reason) {
        int split = times.indexOf(INTERVAL);
        return split < 0
                ? new RuntimeExemption(network, reason, Instant.parse(times), null)
                : new RuntimeExemption(
                        network,
                        reason,
                        Instant.parse(times.substring(0, split)),
                        Instant.parse(times.substring(split + 1)));
    }
}
