package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class EnvelopeMemoryTest {
    private static final long T = 1_800_000_000;
    private static final long DAY = 86_400;

    private static EnvelopeMemory remember(long... hashes) {
        EnvelopeMemory memory = EnvelopeMemory.EMPTY;
        for (int i = 0; i < hashes.length; i++) {
            memory = memory.remember(hashes[i], T + i, false);
        }
        return memory;
    }

    private static List<Long> with(EnvelopeMemory memory, int flag) {
        return memory.entries().stream()
                .filter(entry -> entry.has(flag))
                .map(RememberedEnvelope::hash)
                .toList();
    }

    @Test
    void memory_ofEight_hasAllTwice() {
        EnvelopeMemory memory = remember(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(with(memory, RememberedEnvelope.LATEST)).hasSize(8);
        assertThat(with(memory, RememberedEnvelope.SMALLEST)).hasSize(8);
    }

    /** Hashes are unsigned. */
    @Test
    void memory_hasTheEightLatest_andTheEightSmallest() {
        EnvelopeMemory memory = remember(-5, 50, 3, 40, -9, 1, 30, 2, 20, 60, 70, 4, 80, 90, 100, 110, 120, 130);
        assertThat(with(memory, RememberedEnvelope.LATEST)).containsExactly(70L, 4L, 80L, 90L, 100L, 110L, 120L, 130L);
        assertThat(with(memory, RememberedEnvelope.SMALLEST)).containsExactly(50L, 3L, 40L, 1L, 30L, 2L, 20L, 4L);
        assertThat(memory.find(50)).isNotNull();
        assertThat(memory.find(60)).isNull();
        assertThat(memory.find(-5)).isNull();
    }

    @Test
    void memory_sinceATime_hasWhatWasFirstPutOffThen() {
        EnvelopeMemory memory = remember(1, 2);
        assertThat(memory.since(T)).isEqualTo(memory);
        assertThat(memory.since(T + 1).entries())
                .extracting(RememberedEnvelope::hash)
                .containsExactly(2L);
    }

    @Test
    void memories_ofTwoNodes_haveTheSameBounds() {
        EnvelopeMemory one = remember(LongStream.rangeClosed(1, 16).toArray());
        EnvelopeMemory other = EnvelopeMemory.EMPTY;
        for (long hash = 17; hash <= 32; hash++) {
            other = other.remember(hash, T + hash, false);
        }
        EnvelopeMemory merged = one.mergedWith(other);
        assertThat(merged).isEqualTo(other.mergedWith(one));
        assertThat(with(merged, RememberedEnvelope.LATEST)).containsExactly(25L, 26L, 27L, 28L, 29L, 30L, 31L, 32L);
        assertThat(with(merged, RememberedEnvelope.SMALLEST)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
    }

    @Test
    void smallest_areKeptForFiveDays_andTheLatestForLonger() {
        EnvelopeMemory memory = remember(1);
        assertThat(memory.withoutExpired(T + 5 * DAY, 30 * DAY)).isSameAs(memory);
        EnvelopeMemory latest = memory.withoutExpired(T + 5 * DAY + 1, 30 * DAY);
        assertThat(with(latest, RememberedEnvelope.SMALLEST)).isEmpty();
        assertThat(with(latest, RememberedEnvelope.LATEST)).containsExactly(1L);
        assertThat(latest.withoutExpired(T + 30 * DAY, 30 * DAY)).isSameAs(latest);
        assertThat(latest.withoutExpired(T + 30 * DAY + 1, 30 * DAY)).isEqualTo(EnvelopeMemory.EMPTY);
    }

    @Test
    void memory_thatIsTooLarge_isRefused() {
        List<RememberedEnvelope> nine = LongStream.rangeClosed(1, 9)
                .mapToObj(hash -> new RememberedEnvelope(hash, T, T, RememberedEnvelope.LATEST))
                .toList();
        assertThatThrownBy(() -> new EnvelopeMemory(nine))
                .hasMessage("an envelope memory has at most 8 latest and 8 smallest envelopes");
        assertThatThrownBy(() -> new EnvelopeMemory(nine.stream()
                        .map(entry -> entry.without(RememberedEnvelope.LATEST).with(RememberedEnvelope.SMALLEST))
                        .toList()))
                .hasMessage("an envelope memory has at most 8 latest and 8 smallest envelopes");
        assertThatThrownBy(() -> new EnvelopeMemory(List.of(new RememberedEnvelope(1, T, T, 0))))
                .hasMessage("an envelope memory has at most 8 latest and 8 smallest envelopes");
        assertThatThrownBy(() -> EnvelopeMemory.read(ByteBuffer.wrap(new byte[] {17})))
                .hasMessage("an envelope memory has at most 16 envelopes, not 17");
    }

    @Test
    void fullMemory_isWritten_andReadAgain() {
        EnvelopeMemory memory = remember(LongStream.rangeClosed(1, 16).toArray());
        assertThat(memory.entries()).hasSize(16);
        ByteBuffer octets = ByteBuffer.allocate(EnvelopeMemory.MAX_OCTETS);
        memory.write(octets);
        assertThat(octets.hasRemaining()).isFalse();
        assertThat(EnvelopeMemory.read(octets.flip())).isEqualTo(memory);
    }
}
