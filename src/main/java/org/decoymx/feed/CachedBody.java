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
 * The rendered body of a feed, shared by all its readers. It is reference-counted: the cache and each reader that is
 * being sent the body hold a reference, and the last release frees the memory.
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
     * @param content the octets of the body
     * @param modifiedAt time of the last modification, in whole seconds
     * @param entityTag a strong entity tag without quotes (RFC 9110 section 8.8.3)
     * @param deallocator frees the content after the last release
     */
    CachedBody(ByteBuf content, Instant modifiedAt, String entityTag, Consumer<CachedBody> deallocator) {
        this.content = content;
        this.modifiedAt = modifiedAt;
        this.entityTag = entityTag;
        this.deallocator = deallocator;
        etagHeader = '"' + entityTag + '"';
        lastModifiedHeader = HttpDateHeaders.format(modifiedAt);
    }

    /** The digest of the content in hexadecimal, for the entity tag. */
    static String digest(ByteBuf content) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (ByteBuffer buffer : content.nioBuffers()) {
                digest.update(buffer);
            }
            return HexFormat.of().formatHex(digest.digest(), 0, ENTITY_TAG_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing in this JDK", e);
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

    /** The Last-Modified field. */
    String lastModifiedHeader() {
        return lastModifiedHeader;
    }

    String entityTag() {
        return entityTag;
    }

    /** The ETag field. */
    String etagHeader() {
        return etagHeader;
    }

    /**
     * Registers a reader that holds a reference.
     *
     * @param disconnect closes the connection of the reader when its memory is needed; also the key for
     *     {@link #removeReader}
     */
    void addReader(Runnable disconnect) {
        readers.add(disconnect);
    }

    /** Unregisters a reader and releases its reference, once. */
    void removeReader(Runnable disconnect) {
        if (readers.remove(disconnect)) {
            release();
        }
    }

    /** Closes the connections of all registered readers. */
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
