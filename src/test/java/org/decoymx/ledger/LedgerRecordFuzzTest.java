package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.decoymx.policy.TrustState;
import org.decoymx.support.PrintableText;

/** Any octets in place of a line of an import. */
class LedgerRecordFuzzTest {
    private static final Instant NOW = Instant.parse("2026-01-10T00:00:00Z");

    @FuzzTest
    void line_isARecordThatIsWrittenAndReadAgain_orAnError(byte[] line) throws IOException {
        checkTrust(line);
        LedgerRecord parsed;
        try {
            parsed = LedgerRecordJson.read(line, NOW);
        } catch (InvalidRecordException e) {
            assertThat(String.valueOf(e.getMessage()))
                    .matches(PrintableText::isPrintable)
                    .hasSizeLessThan(2_000);
            return;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LedgerRecordJson.write(List.of(parsed), out);
        assertThat(LedgerRecordJson.read(out.toByteArray(), NOW)).isEqualTo(parsed);
        assertThat(out.size()).isLessThanOrEqualTo(LedgerImport.MAX_LINE_OCTETS);
    }

    /** The same octets as a trust state, which a line has in Base64. */
    private static void checkTrust(byte[] octets) {
        TrustState state;
        try {
            state = TrustState.decode(octets);
        } catch (IllegalArgumentException e) {
            return;
        }
        assertThat(TrustState.decode(state.encode())).isEqualTo(state);
        TrustState merged = state.mergedWith(state);
        assertThat(TrustState.decode(merged.encode())).isEqualTo(merged);
        assertThat(merged.mergedWith(state)).isEqualTo(merged);
        assertThat(state.mergedWith(merged)).isEqualTo(merged);
    }
}
