package org.decoymx.feed;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.DateFormatter;
import io.netty.util.AbstractReferenceCounted;
import io.netty.util.ReferenceCounted;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Date;
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
    private final long length;
    private final long version;
    private final Instant modifiedAt;
    private final String etag;
    private final String lastModified;
    private final Consumer<CachedBody> deallocator;
    private final Set<Runnable> readers = ConcurrentHashMap.newKeySet();

    /**
     * @param content the octets of the body, in its content coding
     * @param length the number of octets without content coding
     * @param version the version of the blocklist
     * @param etag the {@link #entityTag} of the content
     * @param modifiedAt time of the last modification, in whole seconds
     * @param deallocator frees the content after the last release
     */
    CachedBody(
            ByteBuf content,
            long length,
            long version,
            String etag,
            Instant modifiedAt,
            Consumer<CachedBody> deallocator) {
        this.content = content;
        this.length = length;
        this.version = version;
        this.etag = etag;
        this.modifiedAt = modifiedAt;
        this.deallocator = deallocator;
        lastModified = DateFormatter.format(Date.from(modifiedAt));
    }

    /** The strong entity tag of a content: its digest (RFC 9110 section 8.8.3). */
    static String entityTag(ByteBuf content) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (ByteBuffer buffer : content.nioBuffers()) {
                digest.update(buffer);
            }
            return '"' + HexFormat.of().formatHex(digest.digest(), 0, ENTITY_TAG_BYTES) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing in this JDK", e);
        }
    }

    ByteBuf content() {
        return content;
    }

    /** The number of octets without content coding. */
    long length() {
        return length;
    }

    /** The content to send to one reader, without a copy. */
    @SuppressWarnings("deprecation") // the only public method that does not copy
    Buffer toBuffer() {
        return Buffer.buffer(content);
    }

    long version() {
        return version;
    }

    Instant modifiedAt() {
        return modifiedAt;
    }

    /** The Last-Modified field. */
    String lastModified() {
        return lastModified;
    }

    /** The ETag field. */
    String etag() {
        return etag;
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
    public CachedBody retain() {
        super.retain();
        return this;
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
