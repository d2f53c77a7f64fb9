package org.decoymx.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.time.Instant;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.net.IpText;
import org.decoymx.policy.ManualDecisions;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.support.PrintableText;
import org.jspecify.annotations.Nullable;

/** Any parameters of the list of senders. */
class SenderQueryFuzzTest {
    private static final ManualDecisions DECISIONS = PolicyFixtures.trustIndex().manual();
    private static final BlocklistEntry ENTRY =
            new BlocklistEntry(IpText.parseHostNetwork("2001:db8::1").orElseThrow(), 1_767_225_600, 1_767_312_000, 0);

    @FuzzTest
    void parameters_areAQuery_orAnErrorInOnePrintableLine(FuzzedDataProvider data) {
        try {
            SenderQuery query = SenderQuery.parse(value(data), value(data), value(data), value(data), value(data));
            assertThat(query.page()).isPositive();
            assertThat(query.size()).isBetween(1, SenderList.MAX_PAGE_SIZE);
            boolean found = query.filter(DECISIONS).test(ENTRY);
            boolean matches = !query.since().isAfter(Instant.ofEpochSecond(ENTRY.since()))
                    && query.tier().includes(ENTRY.tier());
            assertThat(!found || matches).isTrue();
            if (query.text().indexOf('/') < 0 && matches) {
                assertThat(found).isEqualTo(ENTRY.text().startsWith(query.text()));
            }
        } catch (IllegalArgumentException e) {
            assertThat(String.valueOf(e.getMessage()))
                    .matches(PrintableText::isPrintable)
                    .hasSizeLessThan(500);
        }
    }

    private static @Nullable String value(FuzzedDataProvider data) {
        return data.consumeBoolean() ? data.consumeString(300) : null;
    }
}
