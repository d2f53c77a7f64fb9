package org.decoymx.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.decoymx.support.AtomicFile;
import org.decoymx.support.QuarantinedFiles;
import org.jboss.logging.Logger;

/** A database and the files beside it. */
final class DatabaseFiles {
    private static final Logger LOG = Logger.getLogger(Database.class);
    private static final String JOURNAL_SUFFIX = "-journal";
    private static final String WAL_SUFFIX = "-wal";
    private static final String SHM_SUFFIX = "-shm";

    private final Path path;
    private final Path aside;

    DatabaseFiles(Path path) {
        this.path = path;
        aside = sibling(path, ".new");
    }

    static Path sibling(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    Path wal() {
        return sibling(path, WAL_SUFFIX);
    }

    long sizeOfWal() {
        return wal().toFile().length();
    }

    /** The place in which a new file is written, before it is moved into that of the database. */
    Path aside() {
        return aside;
    }

    /** Creates an empty file that only the owner can read. */
    static void create(Path file) throws IOException {
        Files.createFile(file, AtomicFile.OWNER_ONLY);
    }

    void deleteAside() throws IOException {
        Files.deleteIfExists(sibling(aside, JOURNAL_SUFFIX));
        Files.deleteIfExists(aside);
    }

    /**
     * Renames the database with its write-ahead log, and puts the new file, which is complete, in its place. After a
     * crash in between, {@link #finishQuarantine} does the rest.
     */
    void quarantine(Path target) throws IOException {
        QuarantinedFiles.keep(path, target);
        for (String suffix : List.of(WAL_SUFFIX, SHM_SUFFIX)) {
            if (Files.exists(sibling(path, suffix))) {
                Files.move(sibling(path, suffix), sibling(target, suffix));
            }
        }
        Files.deleteIfExists(sibling(path, JOURNAL_SUFFIX));
        AtomicFile.move(aside, path);
    }

    /** Replaces a damaged file that has its second name since a crash: before that, the new file was complete. */
    void finishQuarantine() throws IOException {
        Optional<Path> target = QuarantinedFiles.unfinished(path);
        if (target.isPresent() && Files.exists(aside)) {
            quarantine(target.get());
            LOG.warnf("%s was damaged; quarantined as %s, and replaced only now", path, target.get());
        }
    }
}
