package org.decoymx.support;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A directory that the process can read, or that it can create. */
public final class DirectoryFormat implements ValueFormat {
    @Override
    public boolean accepts(String value) {
        return ValueFormat.parses(() -> Path.of(value))
                && isUsable(Path.of(value).toAbsolutePath());
    }

    /** An existing one may be read-only: the ledger then says so itself. */
    private static boolean isUsable(Path path) {
        if (Files.exists(path)) {
            return Files.isDirectory(path);
        }
        @Nullable Path existing = path.getParent();
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        return existing != null && Files.isDirectory(existing) && Files.isWritable(existing);
    }

    @Override
    public String expected() {
        return "a directory that exists or that the decoy can create";
    }
}
