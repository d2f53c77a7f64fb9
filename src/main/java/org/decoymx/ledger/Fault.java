package org.decoymx.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;

/** Why a file of the decoy cannot be used at the moment; the message says it in words for the administrator. */
public final class Fault extends Exception {
    private static final long serialVersionUID = 1;
    private static final int PRIMARY = 0xff;
    private static final long SMALL = 65_536;

    /** What is wrong with the file. */
    public enum Kind {
        /** No space is left. */
        FULL,
        /** The file or its directory may not be written. */
        READ_ONLY,
        /** Not a database, or a damaged one. */
        CORRUPT,
        /** Written by a newer version of this program, or by another program. */
        FOREIGN,
        /** Another process has it. */
        TAKEN,
        /** Anything else: another program holds it, the disk fails. */
        OTHER
    }

    private final Kind kind;

    /**
     * @param words says it for the administrator, with the file's name
     */
    public Fault(Kind kind, String words) {
        super(words);
        this.kind = kind;
    }

    /** What SQLite says, in words. */
    public static Fault of(SQLException e, Path file) {
        return switch (SQLiteErrorCode.getErrorCode(e.getErrorCode() & PRIMARY)) {
            case SQLITE_FULL -> full(file);
            case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM ->
                isFull(file)
                        ? full(file)
                        : new Fault(
                                Kind.READ_ONLY, file + " cannot be written; make the file and its directory writable");
            case SQLITE_CORRUPT, SQLITE_NOTADB -> new Fault(Kind.CORRUPT, file + " is damaged");
            case SQLITE_BUSY, SQLITE_LOCKED ->
                new Fault(Kind.OTHER, file + " is locked by another program; let that end its transaction");
            default -> isFull(file) ? full(file) : new Fault(Kind.OTHER, file + " cannot be used: " + e.getMessage());
        };
    }

    private static Fault full(Path file) {
        return new Fault(Kind.FULL, "no space is left for " + file + "; free some, nothing else is needed");
    }

    /** What SQLite needs beside the file, and cannot get, it calls a failure of the disk. */
    private static boolean isFull(Path file) {
        try {
            return Files.getFileStore(file.toAbsolutePath().getParent()).getUsableSpace() < SMALL;
        } catch (IOException e) {
            return false;
        }
    }

    /** What is wrong. */
    public Kind kind() {
        return kind;
    }
}
