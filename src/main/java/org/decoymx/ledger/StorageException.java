package org.decoymx.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;

/** Why a file of the decoy cannot be used at the moment; the message says it in words for the administrator. */
public final class StorageException extends Exception {
    private static final long serialVersionUID = 1;
    private static final int PRIMARY_CODE_MASK = 0xff;
    private static final long MIN_FREE_BYTES = 65_536;

    /** What is wrong with the file. */
    public enum StorageErrorKind {
        /** No space is left. */
        DISK_FULL,
        /** The file or its directory may not be written. */
        READ_ONLY,
        /** Not a database, or a damaged one. */
        CORRUPT,
        /** Written by a newer version of this program, or by another program. */
        FOREIGN,
        /** Another process has it. */
        LOCKED,
        /** Anything else: another program holds it, the disk fails. */
        OTHER
    }

    private final StorageErrorKind kind;

    /**
     * @param words says it for the administrator, with the file's name
     */
    public StorageException(StorageErrorKind kind, String words) {
        super(words);
        this.kind = kind;
    }

    /** What SQLite says, in words. */
    public static StorageException fromSqlException(SQLException e, Path file) {
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
                        StorageErrorKind.OTHER, file + " is locked by another program; let that end its transaction");
            default ->
                isDiskFull(file)
                        ? diskFull(file)
                        : new StorageException(StorageErrorKind.OTHER, file + " cannot be used: " + e.getMessage());
        };
    }

    private static StorageException diskFull(Path file) {
        return new StorageException(
                StorageErrorKind.DISK_FULL, "no space is left for " + file + "; free some, nothing else is needed");
    }

    /** What SQLite needs beside the file, and cannot get, it calls a failure of the disk. */
    private static boolean isDiskFull(Path file) {
        try {
            return Files.getFileStore(file.toAbsolutePath().getParent()).getUsableSpace() < MIN_FREE_BYTES;
        } catch (IOException e) {
            return false;
        }
    }

    /** What is wrong. */
    public StorageErrorKind kind() {
        return kind;
    }
}
