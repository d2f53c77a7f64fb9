package org.decoymx.primary;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.decoymx.dns.DnsLookupException;
import org.decoymx.dns.MxHost;
import org.decoymx.dns.MxRecords;
import org.junit.jupiter.api.Test;

class MxLookupsTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final List<MxHost> HOSTS = List.of(new MxHost("mx1.example.org", 10));

    private final List<String> queries = new ArrayList<>();
    private final List<CompletableFuture<MxRecords>> answers = new ArrayList<>();
    private Instant now = START;

    private final Clock clock = new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    };

    private final MxLookups lookups = new MxLookups(this::query, Set.of("example.org"), clock);

    private CompletableFuture<MxRecords> query(String domain) {
        queries.add(domain);
        CompletableFuture<MxRecords> answer = new CompletableFuture<>();
        answers.add(answer);
        return answer;
    }

    private void ask(String domain) {
        assertThat(lookups.find(domain)).isNotNull();
    }

    private void answer(List<MxHost> hosts, Duration ttl) {
        answers.get(answers.size() - 1).complete(new MxRecords(hosts, ttl));
    }

    private void assertQueriedAgainAfter(Duration ttl) {
        int before = queries.size();
        now = now.plus(ttl).minusMillis(1);
        ask("a.test");
        assertThat(queries).hasSize(before);
        now = now.plusMillis(1);
        ask("a.test");
        assertThat(queries).hasSize(before + 1);
    }

    @Test
    void answer_isCachedByItsTtl_withinLimits() {
        CompletableFuture<MxRecords> found = lookups.find("a.test");
        assertThat(found).isNotDone();
        assertThat(lookups.find("a.test")).as("asked once").isSameAs(found);
        answer(HOSTS, Duration.ofMinutes(5));
        assertThat(found.join().hosts()).isEqualTo(HOSTS);
        assertQueriedAgainAfter(Duration.ofMinutes(5));
        answer(HOSTS, Duration.ZERO);
        assertQueriedAgainAfter(Duration.ofSeconds(1));
        answer(List.of(), Duration.ofSeconds(3));
        assertQueriedAgainAfter(Duration.ofMinutes(1));
        answer(List.of(), Duration.ofMinutes(3));
        assertQueriedAgainAfter(Duration.ofMinutes(3));
        answer(HOSTS, Duration.ofDays(300));
        assertQueriedAgainAfter(Duration.ofDays(1));
    }

    @Test
    void failure_isCachedForSeconds() {
        CompletableFuture<MxRecords> found = lookups.find("a.test");
        answers.get(0).completeExceptionally(new DnsLookupException("MX of a.test: SERVFAIL"));
        assertThat(found).isCompletedExceptionally();
        assertQueriedAgainAfter(Duration.ofSeconds(10));
    }

    @Test
    void answer_isQueriedAgain_afterTheClockWasSetBack() {
        ask("a.test");
        answer(HOSTS, Duration.ofMinutes(5));
        now = START.minusSeconds(1);
        ask("a.test");
        assertThat(queries).hasSize(2);
    }

    @Test
    void newDomains_areLimited_configuredOnesAreNot() {
        for (int i = 0; i < 12; i++) {
            assertThat(lookups.find(i + ".example.org").isCompletedExceptionally())
                    .isEqualTo(i >= 10);
        }
        assertThat(lookups.find("example.org")).isNotDone();
        assertThat(queries).hasSize(11);
        now = START.plusSeconds(1);
        assertThat(lookups.find("11.example.org")).isNotDone();
    }

    @Test
    void manyDomains_replaceTheOldest() {
        for (int i = 0; i <= 10_000; i++) {
            now = START.plusSeconds(i);
            ask("a" + i + ".example.org");
            answer(HOSTS, Duration.ofDays(1));
        }
        ask("a1.example.org");
        assertThat(queries).hasSize(10_001);
        ask("a0.example.org");
        assertThat(queries).hasSize(10_002);
    }
}
