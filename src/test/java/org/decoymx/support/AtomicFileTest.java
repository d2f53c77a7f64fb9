package org.decoymx.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    @TempDir
    private Path dir;

    private Path file;
    private Path temporary;

    @BeforeEach
    void setUp() {
        file = dir.resolve("list.txt");
        temporary = dir.resolve("list.txt.new");
    }

    @Test
    void write_createsAndReplaces_andLeavesNoOtherFile() throws IOException {
        AtomicFile.write(file, "Müller\n");
        assertThat(file).hasContent("Müller\n");
        AtomicFile.write(file, "");
        assertThat(file).isEmptyFile();
        assertThat(dir).isDirectoryNotContaining(path -> !path.equals(file));
    }

    @Test
    void write_givesTheFileTheseAttributes_notThoseOfAnOldOrTemporaryFile() throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));
        Files.createFile(temporary, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));
        AtomicFile.write(file, "key", PRIVATE);
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PRIVATE.value());
    }

    @Test
    void write_afterACrash_replacesTheTemporaryFile_andDoesNotFollowALink() throws IOException {
        Files.writeString(temporary, "half of a much longer text");
        AtomicFile.write(file, "whole");
        assertThat(file).hasContent("whole");

        Path other = Files.writeString(dir.resolve("other"), "other");
        Files.createSymbolicLink(temporary, other);
        AtomicFile.write(file, "new");
        assertThat(file).hasContent("new").isRegularFile();
        assertThat(other).hasContent("other");
    }

    @Test
    void readers_seeTheOldOrTheNewContents() throws Exception {
        String one = "1".repeat(100_000);
        String two = "2".repeat(100_000);
        AtomicFile.write(file, one);
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 20; i++) {
                try {
                    AtomicFile.write(file, i % 2 == 0 ? two : one);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }
        });
        do {
            assertThat(Files.readString(file)).isIn(one, two);
        } while (!writer.isDone());
        writer.get();
    }

    @Test
    void failure_namesTheFileAndTheReason_andLeavesNoTemporaryFile() throws IOException {
        Files.createDirectory(file);
        assertThatThrownBy(() -> AtomicFile.write(file, "x"))
                .isInstanceOf(IOException.class)
                .hasMessage(file + " cannot be written: Is a directory");
        assertThat(temporary).doesNotExist();

        Path missing = dir.resolve("sub/\u202elist.txt");
        assertThatThrownBy(() -> AtomicFile.write(missing, "x"))
                .hasMessage(dir + "/sub/\\u202elist.txt cannot be written: no such directory");
    }

    @Test
    void failure_keepsTheOldContents() throws IOException {
        AtomicFile.write(file, "old");
        Files.createDirectories(temporary.resolve("obstacle"));
        assertThatThrownBy(() -> AtomicFile.write(file, "new")).hasMessageStartingWith(file + " cannot be written: ");
        assertThat(file).hasContent("old");
    }
}
