package org.decoymx.exemption;

import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A zone that has an address record for each address that is good: RFC 5782. Any thread. */
final class DnswlZone {
    private static final Logger LOG = Logger.getLogger(DnswlService.class);
    private static final int V4_OCTETS = 4;
    private static final int OCTET_MASK = 0xff;
    private static final int LOOPBACK_FIRST_OCTET = 127;

    /** A zone that comes and goes is told of no more often than this. */
    private static final Duration MIN_LOG_INTERVAL = Duration.ofMinutes(1);

    private final String name;
    private final Function<String, CompletableFuture<List<InetAddress>>> dns;
    private final Clock clock;
    private final LongAdder queries = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private volatile @Nullable String failure;
    private boolean loggedFailing;
    private long loggedAt = Long.MIN_VALUE;

    /**
     * @param name a valid domain name
     * @param dns asks for the IPv4 addresses of a name; completes in bounded time
     */
    DnswlZone(String name, Function<String, CompletableFuture<List<InetAddress>>> dns, Clock clock) {
        this.name = name;
        this.dns = dns;
        this.clock = clock;
    }

    /** Asks for an address; the answer never fails, though it may be that there is none. */
    CompletableFuture<DnswlResult> query(InetAddress address) {
        queries.increment();
        return dns.apply(reverseLabels(address) + name).handle((codes, why) -> {
            String words = why == null ? findErrorCode(codes) : messageOf(why);
            logTransition(words);
            if (words != null) {
                failures.increment();
                return DnswlResult.FAILURE;
            }
            return codes.isEmpty()
                    ? DnswlResult.NOT_LISTED
                    : DnswlResult.listed(name, codes.get(0).getHostAddress());
        });
    }

    private static String messageOf(Throwable why) {
        Throwable cause = why instanceof CompletionException && why.getCause() != null ? why.getCause() : why;
        return String.valueOf(cause.getMessage());
    }

    /** What is wrong with an answer: dnswl.org's 127.0.0.255 and 127.255.255.* mean that it does not want to be asked. */
    private @Nullable String findErrorCode(List<InetAddress> codes) {
        for (InetAddress code : codes) {
            byte[] octets = code.getAddress();
            String text = code.getHostAddress();
            if (octets[0] != LOOPBACK_FIRST_OCTET || text.equals("127.0.0.255") || text.startsWith("127.255.255.")) {
                return name + " answers with " + text + ", which says nothing of a sender: it may have had too many"
                        + " questions from the name server, or none are allowed";
            }
        }
        return null;
    }

    private void logTransition(@Nullable String words) {
        failure = words;
        synchronized (this) {
            long now = clock.millis();
            boolean failing = words != null;
            if (failing == loggedFailing
                    || loggedAt != Long.MIN_VALUE && now - loggedAt < MIN_LOG_INTERVAL.toMillis() && now >= loggedAt) {
                return;
            }
            loggedFailing = failing;
            loggedAt = now;
        }
        if (words != null) {
            LOG.warnf("the allowlist %s cannot be asked: %s; new senders do not count meanwhile", name, words);
        } else {
            LOG.infof("the allowlist %s answers again", name);
        }
    }

    /** {@code 1.2.0.192.}, or nibble by nibble for IPv6. */
    static String reverseLabels(InetAddress address) {
        byte[] octets = address.getAddress();
        StringBuilder text = new StringBuilder();
        for (int i = octets.length - 1; i >= 0; i--) {
            if (octets.length == V4_OCTETS) {
                text.append(octets[i] & OCTET_MASK).append('.');
            } else {
                String hex = HexFormat.of().toHexDigits(octets[i]);
                text.append(hex.charAt(1)).append('.').append(hex.charAt(0)).append('.');
            }
        }
        return text.toString();
    }

    String name() {
        return name;
    }

    /** Why the latest question was not answered; empty when it was, or none was asked. */
    Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    long queries() {
        return queries.sum();
    }

    long failures() {
        return failures.sum();
    }
}
