package org.decoymx.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConditionTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

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
    private final List<String> log = new ArrayList<>();

    private void fail(Condition condition, String reason) {
        condition.fail(reason, () -> log.add(reason));
    }

    private void recover(Condition condition) {
        condition.recover(() -> log.add("ok"));
    }

    @Test
    void failureAndRecovery_areLoggedOnce() {
        Condition condition = new Condition(clock);
        recover(condition);
        fail(condition, "full");
        fail(condition, "full");
        recover(condition);
        recover(condition);
        fail(condition, "full");
        assertThat(log).containsExactly("full", "ok", "full");
    }

    @Test
    void failure_hasItsBeginning_andItsLatestReason() {
        Condition condition = new Condition(clock);
        assertThat(condition.failure()).isEmpty();
        fail(condition, "full");
        now = START.plusSeconds(60);
        fail(condition, "read-only");
        assertThat(condition.failure()).contains(new Condition.Failure(START, "read-only"));
        assertThat(condition.problem()).contains("read-only");
        assertThat(log).containsExactly("full", "read-only");
        recover(condition);
        assertThat(condition.failure()).isEmpty();
        now = START.plusSeconds(90);
        fail(condition, "full");
        assertThat(condition.failure()).contains(new Condition.Failure(now, "full"));
    }

    @Test
    void reasonsOfOneKind_areLoggedOnce() {
        Condition condition = new Condition(clock);
        for (String reason : List.of("no answer for a", "no answer for b")) {
            condition.fail("no answer", reason, () -> log.add(reason));
        }
        assertThat(log).containsExactly("no answer for a");
        assertThat(condition.problem()).contains("no answer for b");
    }

    @Test
    void unstableCondition_isLoggedAtMostOnceInTheInterval() {
        Condition condition = new Condition(clock, Duration.ofMinutes(1));
        fail(condition, "full");
        recover(condition);
        assertThat(condition.problem()).isEmpty();
        fail(condition, "full");
        now = START.plusSeconds(60);
        recover(condition);
        now = START.minusSeconds(60);
        fail(condition, "full");
        assertThat(log).containsExactly("full", "ok", "full");
    }
}
