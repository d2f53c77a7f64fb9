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
final class CachedBody extends AbstractReferenceCounted {
    private static final int ENTITY_TAG_BYTES = 16;

    private final ByteBuf content;
    private final Instant modifiedAt;
    private final String entityTag;
    private final String etagHeader;
    private final String lastModifiedHeader;
    private final Consumer<CachedBody> deallocator;
    private final Set<Runnable> readers = ConcurrentHashMap.newKeySet();

    /**
     * @param octets what it consists of, released with it
     * @param modified when it changed, a whole second
     * @param tag a strong entity tag without its quotes
     * @param free releases the octets, when nobody uses them any more
     */
    CachedBody(ByteBuf octets, Instant modified, String tag, Consumer<CachedBody> free) {
        this.content = octets;
        this.modifiedAt = modified;
        this.entityTag = tag;
        this.deallocator = free;
        etagHeader = '"' + tag + '"';
        lastModifiedHeader = HttpDateHeaders.format(modified);
    }

    /** A digest of octets, for a tag. */
    static String digest(ByteBuf octets) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (ByteBuffer piece : octets.nioBuffers()) {
                digest.update(piece);
            }
            return HexFormat.of().formatHex(digest.digest(), 0, ENTITY_TAG_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    ByteBuf content() {
        return content;
    }

    int length() {
        return content.readableBytes();
    }

    Instant modifiedAt() {
        return modifiedAt;
    }

    /** {@link #modifiedAt} as HTTP writes it. */
    String lastModifiedHeader() {
        return lastModifiedHeader;
    }

    String entityTag() {
        return entityTag;
    }

    /** {@link #entityTag} as HTTP writes it. */
    String etagHeader() {
        return etagHeader;
    }

    /**
     * Begins to be read by somebody who has a share in it.
     *
     * @param cut ends the reading early, when memory runs out; the same object ends it in {@link #removeReader}
     */
    void addReader(Runnable cut) {
        readers.add(cut);
    }

    /** Gives the share back. */
    void removeReader(Runnable cut) {
        if (readers.remove(cut)) {
            release();
        }
    }

    /** Ends the reading of all who are still at it. */
    void disconnectReaders() {
        readers.forEach(Runnable::run);
    }

    @Override
    public ReferenceCounted touch(Object hint) {
        return this;
    }

    @Override
    protected void deallocate() {
        deallocator.accept(this);
    }
}
