package org.decoymx.admin.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.decoymx.admin.check.Finding.Level;
import org.decoymx.feed.MutableClock;
import org.junit.jupiter.api.Test;

class CheckServiceTest {
    private static final Finding GOOD = Finding.ok("a", "It works.");
    private static final Finding BAD = Finding.problem("b", "It does not.", "Repair it.");

    private final MutableClock clock = new MutableClock(Instant.EPOCH);

    private CheckService service(FindingSource... sources) {
        return new CheckService(List.of(sources), clock);
    }

    @Test
    void findings_areUnknown_thenTheWorstFirst() {
        CheckService service = service(() -> List.of(GOOD), () -> List.of(BAD));
        assertThat(service.findings()).extracting(Finding::level).containsExactly(Level.UNKNOWN);
        service.refresh();
        assertThat(service.findings()).containsExactly(BAD, GOOD);
    }

    @Test
    void sourceThatFails_doesNotHideOthers() {
        CheckService service = service(
                () -> {
                    throw new IllegalStateException("a test of an error");
                },
                () -> List.of(GOOD));
        service.refresh();
        assertThat(service.findings()).extracting(Finding::level).containsExactly(Level.UNKNOWN, Level.OK);
        assertThat(service.findings()).contains(GOOD);
    }

    @Test
    void checkThatDoesNotEnd_isAProblem() {
        CheckService service = service(() -> List.of(GOOD));
        service.refresh();
        clock.advance(Duration.ofSeconds(61));
        assertThat(service.findings()).extracting(Finding::id).containsExactly("check", "a");
        assertThat(service.findings().get(0).text()).contains("has not ended for a minute");
        service.refresh();
        assertThat(service.findings()).containsExactly(GOOD);
    }
}
