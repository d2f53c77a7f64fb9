package org.decoymx.support;

import java.nio.file.Files;
import java.nio.file.Path;

/** The path of a file that the process can read. */
public final class ReadableFileFormat implements ValueFormat {
    @Override
    public boolean accepts(String value) {
        return ValueFormat.parses(() -> Path.of(value))
                && !Files.isDirectory(Path.of(value))
                && Files.isReadable(Path.of(value));
    }

    @Override
    public String expected() {
        return "a file that the decoy can read";
    }
}
