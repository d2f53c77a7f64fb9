package org.decoymx.admin.login;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
    private static final Instant NOW = Instant.parse("2026-11-27T05:00:00Z");

    @TempDir
    private Path dir;

    private AuditLog open() {
        return new AuditLog(
                dir,
                new ObjectMapper().registerModule(new JavaTimeModule()),
                Clock.fixed(NOW, ZoneOffset.UTC),
                new FixedActor());
    }

    static final class FixedActor implements Actor {
        @Override
        public String name() {
            return "maria";
        }

        @Override
        public String address() {
            return "192.0.2.1";
        }
    }

    private static List<String> whats(AuditLog log) {
        return log.latest().stream().map(AuditLog.AuditEntry::what).toList();
    }

    @Test
    void entries_areShownNewestFirst_alsoAfterARestart() {
        AuditLog log = open();
        log.record("maria", "192.0.2.1", "one", "because");
        log.record("maria", "192.0.2.1", "two", "");
        assertThat(whats(log)).containsExactly("two", "one");
        AuditLog again = open();
        assertThat(again.latest()).isEqualTo(log.latest());
        again.record("peter", "192.0.2.2", "three", "");
        assertThat(whats(again)).containsExactly("three", "two", "one");
        assertThat(again.latest().get(2))
                .isEqualTo(new AuditLog.AuditEntry(NOW, "maria", "192.0.2.1", "one", "because"));
    }

    @Test
    void hostileText_isEscaped_andStaysOnItsLine() throws IOException {
        open().record("ma\nria", "192.0.2.1", "\u001b[31m\r\nforged", "a\u202eb");
        assertThat(Files.readAllLines(dir.resolve("audit.log"))).hasSize(2).allMatch(line -> line.chars()
                .allMatch(c -> c >= ' ' && c <= '~'));
        assertThat(open().latest().get(0).what())
                .doesNotContain("\u001b", "\n", "\r")
                .contains("forged");
    }

    @Test
    void damagedLines_areLeftOut() throws IOException {
        open().record("maria", "192.0.2.1", "one", "");
        Files.writeString(dir.resolve("audit.log"), "\0\0\0{}\n{}\nnull\n{\"at\":", StandardOpenOption.APPEND);
        AuditLog log = open();
        log.record("maria", "192.0.2.1", "two", "");
        assertThat(whats(log)).containsExactly("two", "one");
        assertThat(whats(open())).isEqualTo(whats(log));
    }

    @Test
    void fullFile_isKeptAsOne() throws IOException {
        AuditLog log = open();
        log.record("maria", "192.0.2.1", "one", "");
        Files.writeString(
                dir.resolve("audit.log"), "x".repeat((int) AuditLog.MAX_OCTETS) + "\n", StandardOpenOption.APPEND);
        log.record("maria", "192.0.2.1", "two", "");
        assertThat(Files.size(dir.resolve("audit.log"))).isLessThan(1_000);
        assertThat(Files.size(dir.resolve("audit.log.1"))).isGreaterThan(AuditLog.MAX_OCTETS);
        assertThat(whats(open())).containsExactly("two", "one");
    }

    @Test
    void shownEntries_areLimited() {
        AuditLog log = open();
        for (int i = 0; i <= AuditLog.MAX_SHOWN; i++) {
            log.record("maria", "192.0.2.1", "change " + i, "");
        }
        assertThat(whats(log))
                .hasSize(AuditLog.MAX_SHOWN)
                .startsWith("change 200")
                .doesNotContain("change 0");
        assertThat(whats(open())).isEqualTo(whats(log));
    }

    @Test
    void unwritableFile_isReported_andTheChangeIsShown() throws IOException {
        Files.createDirectory(dir.resolve("audit.log"));
        AuditLog log = open();
        log.record("maria", "192.0.2.1", "one", "");
        assertThat(log.problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("audit.log cannot be written"));
        assertThat(whats(log)).containsExactly("one");
        Files.delete(dir.resolve("audit.log"));
        log.record("maria", "192.0.2.1", "two", "");
        assertThat(log.problem()).isEmpty();
    }
}
