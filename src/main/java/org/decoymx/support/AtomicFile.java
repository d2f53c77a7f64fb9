package org.decoymx.support;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Replaces files. After a crash at any point, a file has its old or its new contents. */
public final class AtomicFile {
    /** The permissions of a new file with secrets. */
    public static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private static final String TEMPORARY_SUFFIX = ".new";

    private AtomicFile() {}

    /**
     * Replaces a file. On return the contents are on disk. Two threads must not write the same file at the same time.
     *
     * @param text the contents, written in UTF-8
     * @param attributes attributes of the new file, such as its permissions; they do not depend on those of the old one
     * @throws IOException if the file cannot be written; the message names it and says why
     */
    public static void write(Path file, String text, FileAttribute<?>... attributes) throws IOException {
        write(file, text.getBytes(StandardCharsets.UTF_8), attributes);
    }

    /** The same with octets. */
    public static void write(Path file, byte[] octets, FileAttribute<?>... attributes) throws IOException {
        try {
            replace(file.toAbsolutePath(), ByteBuffer.wrap(octets), attributes);
        } catch (NoSuchFileException e) {
            throw failure(file, "no such directory", e);
        } catch (IOException e) {
            throw failure(file, FileMessages.describe(e), e);
        }
    }

    private static IOException failure(Path file, String reason, IOException cause) {
        return new IOException(FileMessages.name(file) + " cannot be written: " + reason, cause);
    }

    private static void replace(Path file, ByteBuffer octets, FileAttribute<?>... attributes) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY_SUFFIX);
        Files.deleteIfExists(temporary);
        try {
            writeAndSync(temporary, octets, attributes);
            move(temporary, file);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /**
     * Renames a file, whose contents must be on disk, within its directory; replaces another one. On return this is on
     * disk too.
     */
    public static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(to.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    /** Requires that the file does not exist: one left by a crash, or a link, may have other attributes. */
    private static void writeAndSync(Path file, ByteBuffer octets, FileAttribute<?>... attributes) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
            while (octets.hasRemaining()) {
                channel.write(octets);
            }
            channel.force(true);
        }
    }
}
