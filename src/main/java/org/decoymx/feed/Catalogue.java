package org.decoymx.feed;

import io.netty.buffer.Unpooled;
import io.quarkus.arc.All;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.buffer.impl.BufferImpl;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.decoymx.listing.Listing;
import org.decoymx.listing.Publisher;

/** Every format there is, and its body for the listing as it stands, made once a version. */
@Singleton
final class Catalogue {
    private static final int TAG_OCTETS = 16;
    private static final int PIECE = 1 << 16;

    /**
     * A feed's body.
     *
     * @param modified of the listing that it was made of
     * @param tag a strong entity tag without its quotes: a digest of the octets
     */
    record Body(Instant modified, Buffer octets, String tag) {}

    private final Publisher publisher;
    private final List<Format> formats;
    private final Map<String, Body> bodies = new ConcurrentHashMap<>();

    Catalogue(Publisher publisher, @All List<Format> formats) {
        this.publisher = publisher;
        this.formats =
                formats.stream().sorted(Comparator.comparing(Format::name)).toList();
    }

    List<Format> formats() {
        return formats;
    }

    Optional<Format> find(String name) {
        return formats.stream().filter(format -> format.name().equals(name)).findFirst();
    }

    /** The names of all formats, for people. */
    String names() {
        return formats.stream().map(Format::name).collect(Collectors.joining(", "));
    }

    Body body(Format format) {
        Listing listing = publisher.current();
        return bodies.compute(format.name(), (name, made) -> {
            return made != null && made.modified().equals(listing.modified()) ? made : make(format, listing);
        });
    }

    private static Body make(Format format, Listing listing) {
        Lines lines = new Lines(listing.size());
        format.render(listing, lines);
        ByteBuffer octets = offHeap(lines.octets());
        return new Body(listing.modified(), shared(octets), tag(octets));
    }

    private static ByteBuffer offHeap(Buffer octets) {
        ByteBuffer copy = ByteBuffer.allocateDirect(octets.length());
        for (int at = 0; at < octets.length(); at += PIECE) {
            copy.put(octets.getBytes(at, Math.min(at + PIECE, octets.length())));
        }
        return copy.flip();
    }

    /** What is not on the heap is sent as it is; on the heap it would be copied whole for each reader. */
    private static Buffer shared(ByteBuffer octets) {
        return BufferImpl.buffer(Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(octets)));
    }

    private static String tag(ByteBuffer octets) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(octets.duplicate());
            return HexFormat.of().formatHex(digest.digest(), 0, TAG_OCTETS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
