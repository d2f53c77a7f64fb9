package org.decoymx.sighting;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.bouncycastle.crypto.macs.SipHash;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * A secret key with which envelopes are hashed (SipHash-2-4). Only hashes are kept, so that the ledger has no addresses
 * of people, and nobody can choose envelopes whose hashes collide or are small. Nodes that share envelopes share it.
 */
public final class EnvelopeKey {
    /** The length of a key. */
    public static final int OCTETS = 16;

    private static final byte[] NUL = {0};

    private final KeyParameter key;

    /**
     * @param octets random octets
     * @throws IllegalArgumentException if these are not {@link #OCTETS}
     */
    public EnvelopeKey(byte[] octets) {
        if (octets.length != OCTETS) {
            throw new IllegalArgumentException("an envelope key has " + OCTETS + " octets, not " + octets.length);
        }
        key = new KeyParameter(octets);
    }

    /** A new key. */
    public static EnvelopeKey random() {
        byte[] octets = new byte[OCTETS];
        new SecureRandom().nextBytes(octets);
        return new EnvelopeKey(octets);
    }

    /**
     * Reads a key from text.
     *
     * @param text 32 hexadecimal digits, with white space around them
     * @throws IllegalArgumentException if it is anything else
     */
    public static EnvelopeKey parse(String text) {
        try {
            return new EnvelopeKey(HexFormat.of().parseHex(text.strip()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "an envelope key is written as " + 2 * OCTETS + " hexadecimal digits", e);
        }
    }

    /** A copy of the key, to be stored; a secret. */
    public byte[] octets() {
        return key.getKey().clone();
    }

    /**
     * Tells keys apart without revealing them: the hash of no envelope, in hexadecimal digits.
     */
    public String id() {
        SipHash hash = new SipHash();
        hash.init(key);
        return HexFormat.of().toHexDigits(hash.doFinal());
    }

    /** The hash of an envelope. */
    public long hash(Envelope envelope) {
        return hash(envelope.reversePath().getBytes(StandardCharsets.UTF_8), envelope);
    }

    /** The hash of the recipient of an envelope; it differs from that of each envelope. */
    public long hashRecipient(Envelope envelope) {
        return hash(NUL, envelope);
    }

    /** No path has a NUL, so that no other pair gives the same octets. */
    private long hash(byte[] first, Envelope envelope) {
        SipHash hash = new SipHash();
        hash.init(key);
        hash.update(first, 0, first.length);
        hash.update((byte) 0);
        byte[] recipient = envelope.recipient().getBytes(StandardCharsets.UTF_8);
        hash.update(recipient, 0, recipient.length);
        return hash.doFinal();
    }
}
