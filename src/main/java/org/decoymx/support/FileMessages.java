package org.decoymx.support;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;

/** Parts of messages about files. */
public final class FileMessages {
    private static final int MAX_NAME = 200;

    private FileMessages() {}

    /** The path, escaped and truncated. */
    public static String name(Path path) {
        return PrintableText.escape(path.toString(), MAX_NAME);
    }

    /** Describes why a file cannot be read or written. */
    public static String describe(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        String reason = e instanceof FileSystemException system ? system.getReason() : e.getMessage();
        return Objects.requireNonNullElse(reason, e.getClass().getSimpleName());
    }
}
