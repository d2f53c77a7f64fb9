package org.decoymx.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeptFileTest {
    private static final String QUARANTINED = "list.txt.corrupt-20260101T000000Z";

    @TempDir
    private Path dir;

    private KeptFile kept;

    @BeforeEach
    void write() throws IOException {
        kept = at("2026-01-01T00:00:00Z");
        kept.write("text");
    }

    private KeptFile at(String time) {
        Clock clock = Clock.fixed(Instant.parse(time), ZoneOffset.UTC);
        return new KeptFile(dir.resolve("list.txt"), KeptFile::findDamageOfText, clock);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\0\0\0\0", "te\0t"})
    void damagedFile_isQuarantined_andReplacedByItsCopy(String damaged) throws IOException {
        Files.writeString(kept.path(), damaged);
        kept.recover();
        assertThat(kept.path()).hasContent("text");
        assertThat(dir.resolve(QUARANTINED)).hasContent(damaged);
        assertThat(kept.problem().orElseThrow()).startsWith(QUARANTINED + ": list.txt was damaged");
    }

    @Test
    void damagedFile_withADamagedCopy_isQuarantined() throws IOException {
        Files.writeString(kept.path(), "");
        Files.writeString(dir.resolve("list.txt.bak"), "\0");
        kept.recover();
        assertThat(kept.path()).doesNotExist();
        assertThat(dir.resolve(QUARANTINED)).exists();
    }

    /** A step that fails stands for a process that dies before it. */
    @Test
    void recovery_interruptedBeforeTheCopyTakesItsPlace_isFinishedByTheNextOne() throws IOException {
        Files.writeString(kept.path(), "");
        Path obstacle = Files.createDirectories(dir.resolve("list.txt.new/sub"));
        assertThatThrownBy(kept::recover).isInstanceOf(IOException.class);
        assertThat(kept.path()).isEmptyFile();
        Files.delete(obstacle);
        KeptFile next = at("2026-01-02T00:00:00Z");
        next.recover();
        assertThat(kept.path()).hasContent("text");
        assertThat(QuarantinedFiles.names(kept.path())).containsExactly(QUARANTINED);
    }

    @Test
    void write_interruptedBeforeTheCopy_isFinishedByTheNextRecovery() throws IOException {
        Path obstacle = Files.createDirectories(dir.resolve("list.txt.bak.new/sub"));
        kept.write("new");
        assertThat(dir.resolve("list.txt.bak")).hasContent("text");
        Files.delete(obstacle);
        kept.recover();
        assertThat(dir.resolve("list.txt.bak")).hasContent("new");
    }
}
