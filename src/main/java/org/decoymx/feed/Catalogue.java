package org.decoymx.feed;

import io.quarkus.arc.All;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Every format there is. */
@Singleton
final class Catalogue {
    /** What a name ends in whose body is compressed, whatever the reader says it accepts: rspamd goes by it. */
    static final String COMPRESSED = ".zst";

    private final List<Format> formats;

    Catalogue(@All List<Format> formats) {
        this.formats =
                formats.stream().sorted(Comparator.comparing(Format::name)).toList();
    }

    List<Format> formats() {
        return formats;
    }

    /**
     * What a path in {@code /feeds/} names.
     *
     * @param path a format's name, or its name, a slash, and that of one of its files
     */
    Optional<Part> find(String path) {
        int slash = path.indexOf('/');
        String name = slash < 0 ? path : path.substring(0, slash);
        return formats.stream()
                .filter(format -> format.name().equals(name))
                .findFirst()
                .map(format -> slash < 0 ? format : format.files().get(path.substring(slash + 1)));
    }

    /** The names of all formats, for people. */
    String names() {
        return formats.stream().map(Format::name).collect(Collectors.joining(", "));
    }
}
