package org.decoymx.sighting;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.ArrayList;
import java.util.List;

/**
 * Hashes envelopes at their arrival, so that no address of a person is passed on. Thread-safe.
 *
 * <p>The ledger sets the key before the ports open. Until then, or without a ledger, it is a random one.
 */
public final class EnvelopeHasher {
    private final String firstDomain;
    private volatile EnvelopeKey key = EnvelopeKey.random();

    /**
     * @param firstDomain the first protected domain, of which {@code <postmaster>} is meant
     */
    public EnvelopeHasher(String firstDomain) {
        this.firstDomain = firstDomain;
    }

    /** Uses another key from now on. */
    public void setKey(EnvelopeKey newKey) {
        key = newKey;
    }

    /** The key in use. */
    public EnvelopeKey key() {
        return key;
    }

    /** The hash of one envelope; the paths are as {@link Envelope#of} takes them. */
    public long hash(String reversePath, String recipient) {
        return key.hash(Envelope.of(reversePath, recipient, firstDomain));
    }

    /** The hash of a recipient without the reverse-path; the path is as {@link Envelope#of} takes it. */
    public long hashRecipient(String recipient) {
        return key.hashRecipient(Envelope.of("", recipient, firstDomain));
    }

    /** Whether a reverse-path is {@code <>}, with or without the brackets. */
    public static boolean isNullReversePath(String reversePath) {
        String text = reversePath.strip();
        return text.isEmpty() || text.equals("<>");
    }

    /**
     * The hashes of a refused transaction.
     *
     * @param at when it was refused, in seconds since 1970
     */
    public CaughtEnvelopes hashAll(String reversePath, List<String> recipients, long at) {
        EnvelopeKey current = key;
        LongArrayList hashes = new LongArrayList(recipients.size());
        LongArrayList recipientHashes = new LongArrayList(recipients.size());
        List<String> domains = new ArrayList<>(recipients.size());
        for (String recipient : recipients) {
            Envelope envelope = Envelope.of(reversePath, recipient, firstDomain);
            hashes.add(current.hash(envelope));
            recipientHashes.add(current.hashRecipient(envelope));
            domains.add(Envelope.domainOf(recipient, firstDomain));
        }
        return new CaughtEnvelopes(at, hashes, recipientHashes, domains, isNullReversePath(reversePath));
    }
}
