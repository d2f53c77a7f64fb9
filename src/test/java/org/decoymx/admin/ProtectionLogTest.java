package org.decoymx.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.decoymx.policy.DomainProtection;
import org.decoymx.policy.DomainProtection.Protection;
import org.decoymx.policy.DomainProtection.ProtectionState;
import org.junit.jupiter.api.Test;

/** The protections are logged once they are known, and then when one changes. */
class ProtectionLogTest {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final Protection MX = new Protection(ProtectionState.ACTIVE, "the decoy is its worst MX");
    private static final Protection SPF_OFF = new Protection(ProtectionState.OFF, "no SPF domains are named");
    private static final Protection UP = new Protection(ProtectionState.ACTIVE, "mx1 is up");
    private static final Protection DOWN = new Protection(ProtectionState.MISSING, "mx1 is down");
    private static final Protection PENDING = new Protection(ProtectionState.PENDING, "mx1 is not probed yet");
    private static final Protection SILENT = new Protection(ProtectionState.MISSING, "no reports");

    private final List<String> lines = new ArrayList<>();
    private final ProtectionLog log =
            new ProtectionLog(line -> lines.add("INFO " + line), line -> lines.add("WARN " + line), T);

    private List<String> after(long second, DomainProtection... domains) {
        lines.clear();
        log.record(List.of(domains), T.plusSeconds(second));
        return lines;
    }

    private static DomainProtection domain(String name, Protection primary) {
        return new DomainProtection(name, MX, primary, SILENT, SPF_OFF);
    }

    @Test
    void protections_areLoggedOnce_withAWarningForEachThatIsMissing() {
        assertThat(after(1, domain("example.org", UP)))
                .containsExactly(
                        "INFO Protection of example.org: active: MX order, real MX; missing: witnesses",
                        "WARN Protection of example.org: no reports");
        assertThat(after(2, domain("example.org", UP))).isEmpty();
    }

    @Test
    void changes_areLogged_onceAMinute() {
        after(1, domain("example.org", UP));
        assertThat(after(60, domain("example.org", DOWN))).isEmpty();
        assertThat(after(61, domain("example.org", DOWN)))
                .containsExactly("WARN Protection of example.org: mx1 is down");
        assertThat(after(62, domain("example.org", UP))).isEmpty();
        assertThat(after(121, domain("example.org", UP))).containsExactly("INFO Protection of example.org: mx1 is up");
    }

    @Test
    void firstResults_areAwaited_forSomeSeconds() {
        assertThat(after(1, domain("example.org", PENDING))).isEmpty();
        assertThat(after(ProtectionLog.MAX_WAIT.toSeconds(), domain("example.org", PENDING)))
                .contains("WARN Protection of example.org: mx1 is not probed yet");
    }

    @Test
    void eachDomain_hasItsLines_upToABound() {
        DomainProtection[] many = IntStream.range(0, 2 * ProtectionLog.MAX_DOMAINS)
                .mapToObj(i -> domain(i + ".example", UP))
                .toArray(DomainProtection[]::new);
        assertThat(after(1, many)).hasSize(2 * ProtectionLog.MAX_DOMAINS);
    }
}
