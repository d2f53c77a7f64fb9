package org.decoymx.feed;

import io.quarkus.arc.All;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** All feed formats. */
@Singleton
final class FormatRegistry {
    /** Suffix of feeds that are Zstandard files, regardless of Accept-Encoding; rspamd decompresses by suffix. */
    static final String ZSTD_SUFFIX = ".zst";

    private final List<FeedFormat> formats;

    FormatRegistry(@All List<FeedFormat> formats) {
        this.formats =
                formats.stream().sorted(Comparator.comparing(FeedFormat::name)).toList();
    }

    List<FeedFormat> formats() {
        return formats;
    }

    /**
     * Finds a feed by its path below {@code /feeds/}.
     *
     * @param path the name of a format, optionally followed by a slash and the name of one of its files
     */
    Optional<Renderable> findByPath(String path) {
        int slash = path.indexOf('/');
        String name = slash < 0 ? path : path.substring(0, slash);
        return formats.stream()
                .filter(format -> format.name().equals(name))
                .findFirst()
                .map(format -> slash < 0 ? format : format.files().get(path.substring(slash + 1)));
    }

    /** The names of all formats, for error messages. */
    String joinNames() {
        return formats.stream().map(FeedFormat::name).collect(Collectors.joining(", "));
    }
}
