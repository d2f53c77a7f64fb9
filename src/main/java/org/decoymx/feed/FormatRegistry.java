package org.decoymx.feed;

import io.quarkus.arc.All;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Every format there is. */
@Singleton
final class FormatRegistry {
    /** What a name ends in whose body is compressed, whatever the reader says it accepts: rspamd goes by it. */
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
     * What a path in {@code /feeds/} names.
     *
     * @param path a format's name, or its name, a slash, and that of one of its files
     */
    Optional<Renderable> findByPath(String path) {
        int slash = path.indexOf('/');
        String name = slash < 0 ? path : path.substring(0, slash);
        return formats.stream()
                .filter(format -> format.name().equals(name))
                .findFirst()
                .map(format -> slash < 0 ? format : format.files().get(path.substring(slash + 1)));
    }

    /** The names of all formats, for people. */
    String joinNames() {
        return formats.stream().map(FeedFormat::name).collect(Collectors.joining(", "));
    }
}
