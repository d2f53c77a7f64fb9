package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Runs the sqlite3 shell, the tool of an administrator. */
final class SqliteShell {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private SqliteShell() {}

    /**
     * Runs statements or dot commands, one per argument, and returns their output. Waits for the lock of a decoy that
     * writes. Fails if one of them fails.
     */
    static String run(Path file, String... statements) {
        List<String> command = new ArrayList<>(List.of(RealProgram.require("sqlite3"), "-batch", "-bail"));
        command.addAll(List.of("-cmd", ".timeout " + LIMIT.toMillis(), file.toString()));
        command.addAll(List.of(statements));
        CompletedProgram run = CompletedProgram.run(LIMIT, command.toArray(String[]::new));
        assertThat(run.code()).as(run.output()).isZero();
        return run.output().strip();
    }

    /** Checks the integrity of the whole file. */
    static void assertIntact(Path file) {
        assertThat(run(file, "PRAGMA integrity_check")).isEqualTo("ok");
    }

    /** The senders with at least one completed conversation. */
    static List<String> caughtOrigins(Path file) {
        return run(file, "SELECT origin FROM sender WHERE conversations > 0")
                .lines()
                .toList();
    }

    /** A shell session that holds a transaction open until it is closed. */
    static final class Transaction implements AutoCloseable {
        private final Process shell;

        private Transaction(Path file, String statements) throws IOException {
            shell = new ProcessBuilder(RealProgram.require("sqlite3"), "-batch", file.toString())
                    .redirectErrorStream(true)
                    .start();
            shell.getOutputStream().write((statements + " SELECT 'held';\n").getBytes(StandardCharsets.US_ASCII));
            shell.getOutputStream().flush();
            BufferedReader output = shell.inputReader(StandardCharsets.US_ASCII);
            String line = output.readLine();
            while (line != null && !line.equals("held")) {
                line = output.readLine();
            }
            assertThat(line).isEqualTo("held");
        }

        /** Holds the write lock, so no other process can write. */
        static Transaction beginWrite(Path file) throws IOException {
            return new Transaction(file, "BEGIN IMMEDIATE;");
        }

        /** Holds a read transaction open. */
        static Transaction beginRead(Path file) throws IOException {
            return new Transaction(file, "BEGIN; SELECT count(*) FROM sender;");
        }

        void assertOpen() {
            assertThat(shell.isAlive()).isTrue();
        }

        @Override
        public void close() throws IOException {
            shell.getOutputStream().close();
            shell.onExit().join();
        }
    }
}
