package org.decoymx.feed;

import io.netty.buffer.ByteBuf;
import io.netty.util.AbstractReferenceCounted;
import io.netty.util.ReferenceCounted;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A feed's body, which all its readers share. It is counted who uses it (the cache, and each reader while it is sent), and
 * with the last one its memory goes back.
 */
final class Body extends AbstractReferenceCounted {
    private static final int TAG_OCTETS = 16;

    private final ByteBuf octets;
    private final Instant modified;
    private final String tag;
    private final String quotedTag;
    private final String lastModified;
    private final Consumer<Body> free;
    private final Set<Runnable> readers = ConcurrentHashMap.newKeySet();

    /**
     * @param octets what it consists of, released with it
     * @param modified when it changed, a whole second
     * @param tag a strong entity tag without its quotes
     * @param free releases the octets, when nobody uses them any more
     */
    Body(ByteBuf octets, Instant modified, String tag, Consumer<Body> free) {
        this.octets = octets;
        this.modified = modified;
        this.tag = tag;
        this.free = free;
        quotedTag = '"' + tag + '"';
        lastModified = Dates.text(modified);
    }

    /** A digest of octets, for a tag. */
    static String digest(ByteBuf octets) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (ByteBuffer piece : octets.nioBuffers()) {
                digest.update(piece);
            }
            return HexFormat.of().formatHex(digest.digest(), 0, TAG_OCTETS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    ByteBuf octets() {
        return octets;
    }

    int length() {
        return octets.readableBytes();
    }

    Instant modified() {
        return modified;
    }

    /** {@link #modified} as HTTP writes it. */
    String lastModified() {
        return lastModified;
    }

    String tag() {
        return tag;
    }

    /** {@link #tag} as HTTP writes it. */
    String quotedTag() {
        return quotedTag;
    }

    /**
     * Begins to be read by somebody who has a share in it.
     *
     * @param cut ends the reading early, when memory runs out; the same object ends it in {@link #leave}
     */
    void enter(Runnable cut) {
        readers.add(cut);
    }

    /** Gives the share back. */
    void leave(Runnable cut) {
        if (readers.remove(cut)) {
            release();
        }
    }

    /** Ends the reading of all who are still at it. */
    void cut() {
        readers.forEach(Runnable::run);
    }

    @Override
    public ReferenceCounted touch(Object hint) {
        return this;
    }

    @Override
    protected void deallocate() {
        free.accept(this);
    }
}
