package org.decoymx.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Set;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** A file of the decoy cannot be used. The message is for the administrator. */
public final class StorageException extends Exception {
    private static final long serialVersionUID = 1;
    private static final int PRIMARY_CODE_MASK = 0xff;
    private static final long MIN_FREE_BYTES = 65_536;

    /** The disk or the file system has lost a part of the file. */
    private static final Set<SQLiteErrorCode> UNREADABLE = Set.of(
            SQLiteErrorCode.SQLITE_IOERR_READ,
            SQLiteErrorCode.SQLITE_IOERR_SHORT_READ,
            SQLiteErrorCode.SQLITE_IOERR_CORRUPTFS);

    /** The kind of error. */
    public enum StorageErrorKind {
        /** No space is left. */
        DISK_FULL,
        /** The file or its directory is not writable. */
        READ_ONLY,
        /** The file is damaged, or not a database. */
        CORRUPT,
        /** The file was written by a newer decoy or by another program. */
        FOREIGN,
        /** Another decoy uses the file. */
        LOCKED,
        /** Another program has locked the file for now. */
        BUSY,
        /** Anything else, for example an I/O error. */
        OTHER
    }

    private final StorageErrorKind kind;

    /**
     * @param message the message for the administrator, with the file name
     */
    public StorageException(StorageErrorKind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** Translates an error of SQLite. */
    public static StorageException fromSqlException(SQLException e, Path file) {
        if (e instanceof SQLiteException sqlite && UNREADABLE.contains(sqlite.getResultCode())) {
            return new StorageException(StorageErrorKind.CORRUPT, file + " is damaged: " + e.getMessage());
        }
        return switch (SQLiteErrorCode.getErrorCode(e.getErrorCode() & PRIMARY_CODE_MASK)) {
            case SQLITE_FULL -> diskFull(file);
            case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM ->
                isDiskFull(file)
                        ? diskFull(file)
                        : new StorageException(
                                StorageErrorKind.READ_ONLY,
                                file + " cannot be written; make the file and its directory writable");
            case SQLITE_CORRUPT, SQLITE_NOTADB -> new StorageException(StorageErrorKind.CORRUPT, file + " is damaged");
            case SQLITE_BUSY, SQLITE_LOCKED ->
                new StorageException(
                        StorageErrorKind.BUSY, file + " is locked by another program; end its transaction");
            default ->
                isDiskFull(file)
                        ? diskFull(file)
                        : new StorageException(StorageErrorKind.OTHER, file + " cannot be used: " + e.getMessage());
        };
    }

    private static StorageException diskFull(Path file) {
        return new StorageException(
                StorageErrorKind.DISK_FULL, "no space is left for " + file + "; free disk space, no restart is needed");
    }

    /** SQLite reports an I/O error if it cannot allocate its auxiliary files on a full disk. */
    private static boolean isDiskFull(Path file) {
        try {
            return Files.getFileStore(file.toAbsolutePath().getParent()).getUsableSpace() < MIN_FREE_BYTES;
        } catch (IOException e) {
            return false;
        }
    }

    /** The kind of error. */
    public StorageErrorKind kind() {
        return kind;
    }
}
