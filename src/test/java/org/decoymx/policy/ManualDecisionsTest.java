package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ManualDecisions.ManualEntry;
import org.junit.jupiter.api.Test;

class ManualDecisionsTest {
    private static final long NOW = 1_800_000_000;
    private static final long DAY = 86_400;
    private static final ManualDecision SUSPECT = new ManualDecision(Tier.SUSPECT, NOW, NOW + DAY, "A test.");
    private static final ManualDecision FORGET = new ManualDecision(Tier.NONE, NOW, 0, "a Mistake");

    private final ManualDecisions decisions = new ManualDecisions();

    private static IpPrefix sender(long number) {
        return IpPrefix.ofBits(false, number);
    }

    @Test
    void decision_endsAfterItBegan_andHasAReasonOfOneLine() {
        assertThatThrownBy(() -> new ManualDecision(Tier.SUSPECT, NOW, NOW, ""))
                .hasMessage("until: must be in the future");
        assertThat(new ManualDecision(Tier.SUSPECT, NOW, NOW + 1, "r".repeat(200)).isForgotten())
                .isFalse();
        for (String reason : new String[] {"r".repeat(201), "two\nlines"}) {
            assertThatThrownBy(() -> new ManualDecision(Tier.NONE, NOW, 0, reason))
                    .hasMessage("reason: must be one line of at most 200 printable characters");
        }
    }

    @Test
    void decision_isShown_for90DaysAfterItsEnd() {
        assertThat(SUSPECT.isKeptAt(NOW + 91 * DAY - 1)).isTrue();
        assertThat(SUSPECT.isKeptAt(NOW + 91 * DAY)).isFalse();
        assertThat(FORGET.isKeptAt(NOW + 90 * DAY - 1)).isTrue();
        assertThat(FORGET.isKeptAt(NOW + 90 * DAY)).isFalse();
    }

    @Test
    void sender_isForgotten_orInATier() {
        decisions.put(sender(1), FORGET);
        decisions.put(sender(2), SUSPECT);
        assertThat(decisions.isForgotten(sender(1), NOW)).isTrue();
        assertThat(decisions.isForgotten(sender(1), NOW + 1)).isFalse();
        assertThat(decisions.isForgotten(sender(2), NOW)).isFalse();
        assertThat(decisions.isForgotten(sender(3), NOW)).isFalse();
        assertThat(decisions.hasTier(sender(1))).isFalse();
        assertThat(decisions.hasTier(sender(2))).isTrue();
        assertThat(decisions.hasTier(sender(3))).isFalse();
        assertThat(decisions.search("MISTAKE")).containsExactly(sender(1));
        assertThat(decisions.search("a ")).containsExactlyInAnyOrder(sender(1), sender(2));
    }

    @Test
    void changes_areTakenOnce_unlessTheyArePutBack() {
        decisions.load(sender(1), FORGET);
        decisions.remove(sender(9));
        assertThat(decisions.takeChanges()).isEmpty();
        decisions.put(sender(2), SUSPECT);
        decisions.remove(sender(1));
        var changes = decisions.takeChanges();
        assertThat(changes).containsExactly(new ManualEntry(sender(2), SUSPECT), new ManualEntry(sender(1), null));
        assertThat(decisions.takeChanges()).isEmpty();
        decisions.restoreChanges(changes);
        assertThat(decisions.takeChanges()).isEqualTo(changes);
        assertThat(decisions.entries()).containsExactly(new ManualEntry(sender(2), SUSPECT));
    }

    @Test
    void decisionOfAClockThatWasAhead_isCorrected_andWritten() {
        decisions.load(sender(1), FORGET);
        decisions.load(sender(2), new ManualDecision(Tier.SUSPECT, NOW + 2 * DAY, NOW + 3 * DAY, "ahead"));
        decisions.limitTimes(new TimeLimit(NOW, TrustSettings.DEFAULTS));
        ManualDecision limited = new ManualDecision(Tier.SUSPECT, NOW, NOW + 3 * DAY, "ahead");
        assertThat(decisions.find(sender(2))).isEqualTo(limited);
        assertThat(decisions.takeChanges()).containsExactly(new ManualEntry(sender(2), limited));
    }

    @Test
    void oldestDecision_isDropped_ifThereAreTooMany() {
        for (long i = 0; i < ManualDecisions.MAX_DECISIONS; i++) {
            decisions.load(sender(i), new ManualDecision(Tier.NONE, NOW - 20_000 + i, 0, ""));
        }
        assertThat(decisions.find(sender(0))).isNotNull();
        decisions.put(sender(0), SUSPECT);
        decisions.put(sender(20_000), SUSPECT);
        assertThat(decisions.find(sender(1))).isNull();
        assertThat(decisions.find(sender(0))).isNotNull();
        assertThat(decisions.takeChanges())
                .contains(new ManualEntry(sender(1), null))
                .hasSize(3);
    }

    @Test
    void latestDecisions_areKept_whateverCameFirst() {
        for (long i = ManualDecisions.MAX_DECISIONS; i > 0; i--) {
            decisions.load(sender(i), new ManualDecision(Tier.NONE, NOW + i, 0, ""));
        }
        assertThat(decisions.isTooOld(sender(0), FORGET)).isTrue();
        assertThat(decisions.isTooOld(sender(9), FORGET)).as("it replaces one").isFalse();
        decisions.load(sender(0), FORGET);
        assertThat(decisions.find(sender(0))).isNull();
        ManualDecision sameTime = new ManualDecision(Tier.NONE, NOW + 1, 0, "", "b");
        assertThat(decisions.isTooOld(sender(0), sameTime)).isFalse();
        decisions.load(sender(0), sameTime);
        assertThat(decisions.find(sender(1))).isNull();
        assertThat(decisions.find(sender(0))).isEqualTo(sameTime);
        decisions.limitTimes(new TimeLimit(NOW - 100 * DAY, TrustSettings.DEFAULTS));
        decisions.put(sender(20_000), new ManualDecision(Tier.NONE, NOW + 1, 0, ""));
        assertThat(decisions.entries()).hasSize(ManualDecisions.MAX_DECISIONS);
        assertThat(decisions.find(sender(2))).isNull();
    }
}
