package org.decoymx.exemption;

import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.decoymx.dns.DnsClient;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.support.Condition;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A DNS allowlist zone: it has an A record for each address that it lists (RFC 5782). Thread-safe. */
final class DnswlZone {
    private static final Logger LOG = Logger.getLogger(DnswlService.class);
    private static final int LOOPBACK_FIRST_OCTET = 127;

    /** Minimum interval between log messages about an unstable zone. */
    private static final Duration MIN_LOG_INTERVAL = Duration.ofMinutes(1);

    private final String name;
    private final Function<String, CompletableFuture<List<InetAddress>>> dns;
    private final LongAdder queries = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final Condition condition;

    /**
     * @param name a valid domain name
     * @param dns looks up the A records of a name; completes in bounded time
     */
    DnswlZone(String name, Function<String, CompletableFuture<List<InetAddress>>> dns, Clock clock) {
        this.name = name;
        this.dns = dns;
        condition = new Condition(clock, MIN_LOG_INTERVAL);
    }

    /** Queries the zone for an address. A failed query completes normally with {@link DnswlResult#FAILURE}. */
    CompletableFuture<DnswlResult> query(InetAddress address) {
        queries.increment();
        return dns.apply(IpText.reverse(IpPrefix.of(address)) + "." + name).handle((codes, exception) -> {
            String error = exception == null
                    ? findErrorCode(codes)
                    : String.valueOf(DnsClient.causeOf(exception).getMessage());
            recordResult(error);
            if (error != null) {
                failures.increment();
                return DnswlResult.FAILURE;
            }
            return codes.isEmpty()
                    ? DnswlResult.NOT_LISTED
                    : DnswlResult.listed(name, codes.get(0).getHostAddress());
        });
    }

    /**
     * Finds a return code that says nothing about the address, such as 127.0.0.255 (dnswl.org) or 127.255.255.*: the
     * zone rejects the query. RFC 5782 only allows codes in 127.0.0.0/8.
     */
    private @Nullable String findErrorCode(List<InetAddress> codes) {
        for (InetAddress code : codes) {
            byte[] octets = code.getAddress();
            String text = code.getHostAddress();
            if (octets[0] != LOOPBACK_FIRST_OCTET || text.equals("127.0.0.255") || text.startsWith("127.255.255.")) {
                return name + " answers with " + text + ", which is an error code: it may have received too many"
                        + " queries from the name server, or does not allow it to query";
            }
        }
        return null;
    }

    /** Each failure has its own reason, which names the query. */
    private void recordResult(@Nullable String error) {
        if (error == null) {
            condition.recover(() -> LOG.infof("Allowlist %s answers again", name));
        } else {
            condition.fail(
                    "no answer",
                    error,
                    () -> LOG.warnf(
                            "Allowlist %s cannot be queried: %s; new senders are not scored until it answers",
                            name, error));
        }
    }

    String name() {
        return name;
    }

    /** Why the last query failed; empty when it did not, or when there was none. */
    Optional<String> failure() {
        return condition.problem();
    }

    long queries() {
        return queries.sum();
    }

    long failures() {
        return failures.sum();
    }
}
