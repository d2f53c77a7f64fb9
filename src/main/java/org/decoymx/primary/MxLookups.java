package org.decoymx.primary;

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.decoymx.dns.DnsLookupException;
import org.decoymx.dns.MxRecords;

/**
 * Looks up MX records, and caches the answers by their TTL. Subdomains are what a client names, so queries for them are
 * limited; those for the configured domains are not. Thread-safe.
 */
final class MxLookups {
    private static final int MAX_DOMAINS = 10_000;
    private static final int MAX_QUERIES_PER_SECOND = 10;
    private static final Duration MIN_NEGATIVE_TTL = Duration.ofMinutes(1);
    private static final Duration MIN_TTL = Duration.ofSeconds(1);
    private static final Duration MAX_TTL = Duration.ofDays(1);
    private static final Duration FAILURE_TTL = Duration.ofSeconds(10);
    private static final long SECOND_MILLIS = 1_000;

    private final Function<String, CompletableFuture<MxRecords>> dns;
    private final Set<String> configured;
    private final Clock clock;
    private final Map<String, CachedAnswer> answers = new LinkedHashMap<>();
    private long limitedSecond;
    private int queriesInSecond;

    /**
     * @param dns queries a name server in bounded time
     * @param configured domains that are always queried
     */
    MxLookups(Function<String, CompletableFuture<MxRecords>> dns, Set<String> configured, Clock clock) {
        this.dns = dns;
        this.configured = Set.copyOf(configured);
        this.clock = clock;
    }

    /** An answer, or one that is awaited. */
    private static final class CachedAnswer {
        private final CompletableFuture<MxRecords> answer = new CompletableFuture<>();
        private volatile long storedAt = Long.MAX_VALUE;
        private volatile long ttlMillis;

        void store(long now, Duration ttl) {
            ttlMillis = ttl.toMillis();
            storedAt = now;
        }

        /** An answer from the future means that the clock was set back. */
        boolean isUsable(long now) {
            return !answer.isDone() || now >= storedAt && now - storedAt < ttlMillis;
        }
    }

    /**
     * Finds the MX records of a domain.
     *
     * @param domain in lower case, as A-labels
     * @return fails with a {@link DnsLookupException} if DNS does not answer, or if there are too many queries
     */
    CompletableFuture<MxRecords> find(String domain) {
        CachedAnswer entry = new CachedAnswer();
        synchronized (this) {
            CachedAnswer cached = answers.get(domain);
            if (cached != null && cached.isUsable(clock.millis())) {
                return cached.answer;
            }
            if (!configured.contains(domain) && isOverLimit()) {
                return CompletableFuture.failedFuture(new DnsLookupException(
                        "MX of " + domain + ": more than " + MAX_QUERIES_PER_SECOND + " new domains in a second"));
            }
            answers.remove(domain);
            answers.put(domain, entry);
            if (answers.size() > MAX_DOMAINS) {
                answers.remove(answers.keySet().iterator().next());
            }
        }
        CompletableFuture<?> unused = dns.apply(domain).whenComplete((records, failure) -> {
            if (failure == null) {
                entry.store(clock.millis(), ttlOf(records));
                entry.answer.complete(records);
            } else {
                entry.store(clock.millis(), FAILURE_TTL);
                entry.answer.completeExceptionally(failure);
            }
        });
        return entry.answer;
    }

    private boolean isOverLimit() {
        long second = clock.millis() / SECOND_MILLIS;
        if (second != limitedSecond) {
            limitedSecond = second;
            queriesInSecond = 0;
        }
        queriesInSecond++;
        return queriesInSecond > MAX_QUERIES_PER_SECOND;
    }

    private static Duration ttlOf(MxRecords records) {
        Duration least = records.hosts().isEmpty() ? MIN_NEGATIVE_TTL : MIN_TTL;
        Duration ttl = records.ttl().compareTo(least) < 0 ? least : records.ttl();
        return ttl.compareTo(MAX_TTL) < 0 ? ttl : MAX_TTL;
    }
}
