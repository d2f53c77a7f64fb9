package org.decoymx.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import org.decoymx.ledger.LedgerRecord;
import org.decoymx.support.PrintableText;

/** Any octets in place of the key and the value of a record. */
class ExchangeRecordFuzzTest {
    private static final long MILLIS = 1_800_000_000_000L;

    @FuzzTest
    void record_isReadAndWrittenAgain_orRefused(byte[] octets) {
        int split = octets.length == 0 ? 0 : Math.min(octets.length - 1, Byte.toUnsignedInt(octets[0]));
        byte[] key = Arrays.copyOfRange(octets, Math.min(1, octets.length), split + Math.min(1, octets.length));
        byte[] value = Arrays.copyOfRange(octets, Math.min(split + 1, octets.length), octets.length);
        try {
            StateKey stateKey = StateKey.decode(key, "");
            assertThat(stateKey.encode()).isEqualTo(key);
            LedgerRecord state = StateCodec.decode(stateKey, value, MILLIS);
            assertThat(StateCodec.decode(stateKey, new StateCodec(true).encode(state), MILLIS))
                    .isEqualTo(state);
        } catch (PoisonException e) {
            assertPrintable(e);
        }
        try {
            ControlCodec.decode(key, value, MILLIS)
                    .ifPresent(content -> assertThat(ControlCodec.key(content)).isEqualTo(key));
        } catch (PoisonException e) {
            assertPrintable(e);
        }
    }

    private static void assertPrintable(PoisonException e) {
        assertThat(String.valueOf(e.getMessage()))
                .matches(PrintableText::isPrintable)
                .hasSizeLessThan(400);
    }
}
