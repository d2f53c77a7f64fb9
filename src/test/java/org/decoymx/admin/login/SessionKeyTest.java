package org.decoymx.admin.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionKeyTest {
    @TempDir
    private Path dir;

    @Test
    void key_isKept_forTheOwnerOnly() throws IOException {
        Path file = dir.resolve("new").resolve("session.key");
        String key = SessionKey.readOrCreate(file);
        assertThat(key).matches("[0-9a-f]{64}");
        assertThat(SessionKey.readOrCreate(file)).isEqualTo(key);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(SessionKey.readOrCreate(dir.resolve("other"))).isNotEqualTo(key);
    }

    @Test
    void damagedFile_isReplaced() throws IOException {
        Path file = Files.writeString(dir.resolve("session.key"), "");
        assertThat(SessionKey.readOrCreate(file)).hasSize(64).isEqualTo(Files.readString(file));
    }

    @Test
    void unwritableFile_givesAKeyForThisRun() throws IOException {
        Path file = Files.writeString(dir.resolve("file"), "").resolve("session.key");
        assertThat(SessionKey.readOrCreate(file)).hasSize(64);
    }
}
