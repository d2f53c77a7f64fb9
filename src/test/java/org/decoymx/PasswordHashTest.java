package org.decoymx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.Test;

class PasswordHashTest {
    private static char[] read(String text) throws IOException {
        return PasswordHash.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void hash_isThatOfThePassword_andNeverTheSame() {
        char[] password = "correct hörse".toCharArray();
        String hash = PasswordHash.hash(password);
        assertThat(hash).matches("\\$2y\\$12\\$[./A-Za-z0-9]{53}").isNotEqualTo(PasswordHash.hash(password));
        assertThat(OpenBSDBCrypt.checkPassword(hash, password)).isTrue();
        assertThat(OpenBSDBCrypt.checkPassword(hash, "correct horse".toCharArray()))
                .isFalse();
    }

    @Test
    void password_isTheFirstLine_of8To72Octets() throws IOException {
        assertThat(read("secret word\r\nmore")).isEqualTo("secret word".toCharArray());
        assertThat(PasswordHash.findProblem(read("secret w"))).isEmpty();
        assertThat(PasswordHash.findProblem(read("x".repeat(72)))).isEmpty();
        assertThat(PasswordHash.findProblem(read("x".repeat(73)))).isPresent();
        assertThat(PasswordHash.findProblem(read("x".repeat(100_000)))).isPresent();
        assertThat(PasswordHash.findProblem(read("ö".repeat(37)))).isPresent();
        assertThat(PasswordHash.findProblem(read("short")))
                .contains("a password must have at least 8 characters and at most 72 octets");
        assertThat(PasswordHash.findProblem(read(""))).isPresent();
    }
}
