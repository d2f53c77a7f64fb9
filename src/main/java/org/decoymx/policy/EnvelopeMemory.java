package org.decoymx.policy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The envelopes of one sender that were put off: the eight latest, and the eight with the smallest hashes. The latest
 * alone would be of no use for a mailing list: with thousands of open envelopes, none is still remembered when it
 * returns. Which hashes are small depends on the key, so a sender cannot choose what is remembered.
 *
 * @param entries in the order in which they were first remembered
 */
public record EnvelopeMemory(List<RememberedEnvelope> entries) {
    /** A memory without envelopes. */
    public static final EnvelopeMemory EMPTY = new EnvelopeMemory(List.of());

    static final int MAX_LATEST = 8;
    static final int MAX_SMALLEST = 8;
    /** The maximum length of {@link #write}. */
    static final int MAX_OCTETS = 1 + (MAX_LATEST + MAX_SMALLEST) * (Long.BYTES + 2 * Integer.BYTES + 1);

    private static final Comparator<RememberedEnvelope> IN_ORDER_OF_TIME =
            Comparator.comparingLong(RememberedEnvelope::firstAt).thenComparingLong(RememberedEnvelope::hash);

    private static final long SMALLEST_KEPT_FOR = Duration.ofDays(5).toSeconds();

    /**
     * @throws IllegalArgumentException if there are too many envelopes
     */
    public EnvelopeMemory {
        entries = List.copyOf(entries);
        if (count(entries, RememberedEnvelope.LATEST) > MAX_LATEST
                || count(entries, RememberedEnvelope.SMALLEST) > MAX_SMALLEST
                || entries.stream().anyMatch(e -> !isInMemory(e))) {
            throw new IllegalArgumentException("an envelope memory has at most 8 latest and 8 smallest envelopes");
        }
    }

    private static int count(List<RememberedEnvelope> entries, int flag) {
        int count = 0;
        for (RememberedEnvelope entry : entries) {
            count += entry.has(flag) ? 1 : 0;
        }
        return count;
    }

    private static boolean isInMemory(RememberedEnvelope entry) {
        return entry.has(RememberedEnvelope.LATEST | RememberedEnvelope.SMALLEST);
    }

    @Nullable
    RememberedEnvelope find(long hash) {
        for (RememberedEnvelope entry : entries) {
            if (entry.hash() == hash) {
                return entry;
            }
        }
        return null;
    }

    /** Adds an envelope that is not remembered. */
    EnvelopeMemory remember(long hash, long at, boolean nullReversePath) {
        List<RememberedEnvelope> kept = new ArrayList<>(entries.size() + 1);
        kept.addAll(entries);
        int flags = RememberedEnvelope.LATEST
                | RememberedEnvelope.SMALLEST
                | (nullReversePath ? RememberedEnvelope.NULL_REVERSE_PATH : 0);
        kept.add(new RememberedEnvelope(hash, at, at, flags));
        drop(kept, RememberedEnvelope.LATEST, MAX_LATEST);
        drop(kept, RememberedEnvelope.SMALLEST, MAX_SMALLEST);
        return new EnvelopeMemory(kept);
    }

    /**
     * Without what is too old.
     *
     * @param keptFor how long the latest envelopes are kept after they were last put off, in seconds
     */
    EnvelopeMemory withoutExpired(long at, long keptFor) {
        List<RememberedEnvelope> kept = new ArrayList<>(entries.size());
        boolean changed = false;
        for (RememberedEnvelope entry : entries) {
            long age = at - entry.lastAt();
            RememberedEnvelope left = age > SMALLEST_KEPT_FOR ? entry.without(RememberedEnvelope.SMALLEST) : entry;
            boolean isKept = age <= keptFor && isInMemory(left);
            changed |= !isKept || left.flags() != entry.flags();
            if (isKept) {
                kept.add(left);
            }
        }
        return changed ? new EnvelopeMemory(kept) : this;
    }

    /** Takes the flag from the entry that deserves it least, if too many have it. */
    private static void drop(List<RememberedEnvelope> kept, int flag, int limit) {
        if (count(kept, flag) <= limit) {
            return;
        }
        int worst = -1;
        for (int i = 0; i < kept.size(); i++) {
            if (kept.get(i).has(flag) && (worst < 0 || isWorse(kept.get(i), kept.get(worst), flag))) {
                worst = i;
            }
        }
        RememberedEnvelope dropped = kept.get(worst).without(flag);
        if (isInMemory(dropped)) {
            kept.set(worst, dropped);
        } else {
            kept.remove(worst);
        }
    }

    private static boolean isWorse(RememberedEnvelope entry, RememberedEnvelope other, int flag) {
        return flag == RememberedEnvelope.SMALLEST && Long.compareUnsigned(entry.hash(), other.hash()) > 0;
    }

    /** The envelopes of both, in the order of time, within the same bounds. */
    EnvelopeMemory mergedWith(EnvelopeMemory other) {
        List<RememberedEnvelope> both = new ArrayList<>(entries);
        for (RememberedEnvelope entry : other.entries) {
            RememberedEnvelope known = find(entry.hash());
            if (known != null) {
                both.remove(known);
            }
            both.add(known == null ? entry : entry.mergedWith(known));
        }
        return bounded(both);
    }

    /** Different envelopes in the order of time, as many as there is room for. */
    static EnvelopeMemory bounded(List<RememberedEnvelope> envelopes) {
        long[] smallest = envelopes.stream()
                .filter(entry -> entry.has(RememberedEnvelope.SMALLEST))
                .mapToLong(EnvelopeMemory::unsignedOrder)
                .sorted()
                .limit(MAX_SMALLEST)
                .toArray();
        int old = count(envelopes, RememberedEnvelope.LATEST) - MAX_LATEST;
        List<RememberedEnvelope> sorted = new ArrayList<>(envelopes);
        sorted.sort(IN_ORDER_OF_TIME);
        List<RememberedEnvelope> kept = new ArrayList<>();
        for (RememberedEnvelope entry : sorted) {
            RememberedEnvelope left = entry;
            if (entry.has(RememberedEnvelope.LATEST) && old-- > 0) {
                left = left.without(RememberedEnvelope.LATEST);
            }
            if (entry.has(RememberedEnvelope.SMALLEST) && unsignedOrder(entry) > smallest[smallest.length - 1]) {
                left = left.without(RememberedEnvelope.SMALLEST);
            }
            if (isInMemory(left)) {
                kept.add(left);
            }
        }
        return new EnvelopeMemory(kept);
    }

    private static long unsignedOrder(RememberedEnvelope entry) {
        return entry.hash() ^ Long.MIN_VALUE;
    }

    /** Replaces the envelope with the same hash. */
    EnvelopeMemory replace(RememberedEnvelope changed) {
        List<RememberedEnvelope> copy = new ArrayList<>(entries);
        copy.replaceAll(entry -> entry.hash() == changed.hash() ? changed : entry);
        return new EnvelopeMemory(copy);
    }

    /** Sets a flag of those envelopes that pass a test. */
    EnvelopeMemory mark(int flag, Predicate<RememberedEnvelope> test) {
        List<RememberedEnvelope> copy = new ArrayList<>(entries);
        copy.replaceAll(entry -> test.test(entry) ? entry.with(flag) : entry);
        return new EnvelopeMemory(copy);
    }

    /** Only the envelopes that were first put off at a time or later. */
    EnvelopeMemory since(long from) {
        return without(entry -> entry.firstAt() < from);
    }

    EnvelopeMemory forget(long hash) {
        return without(entry -> entry.hash() == hash);
    }

    EnvelopeMemory without(Predicate<RememberedEnvelope> test) {
        List<RememberedEnvelope> copy = new ArrayList<>(entries);
        return copy.removeIf(test) ? new EnvelopeMemory(copy) : this;
    }

    /** Writes at most {@link #MAX_OCTETS}. */
    void write(ByteBuffer out) {
        out.put((byte) entries.size());
        for (RememberedEnvelope entry : entries) {
            out.putLong(entry.hash())
                    .putInt((int) entry.firstAt())
                    .putInt((int) entry.lastAt())
                    .put((byte) entry.flags());
        }
    }

    /** The inverse of {@link #write}. */
    static EnvelopeMemory read(ByteBuffer in) {
        int size = Byte.toUnsignedInt(in.get());
        if (size > MAX_LATEST + MAX_SMALLEST) {
            throw new IllegalArgumentException("an envelope memory has at most 16 envelopes, not " + size);
        }
        List<RememberedEnvelope> entries = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            entries.add(new RememberedEnvelope(
                    in.getLong(),
                    Integer.toUnsignedLong(in.getInt()),
                    Integer.toUnsignedLong(in.getInt()),
                    in.get() & RememberedEnvelope.ALL_FLAGS));
        }
        return new EnvelopeMemory(entries);
    }
}
