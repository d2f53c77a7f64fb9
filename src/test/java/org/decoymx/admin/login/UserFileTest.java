package org.decoymx.admin.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.decoymx.support.ParseErrors.ParseError;
import org.decoymx.support.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserFileTest {
    /** Of "correct horse", with cost 8. */
    private static final String HASH = "$2b$08$abcdefghijklmnopqrstuubAvJmxpQuyV3jn7x.SUSPxe.DearCPe";

    private static UserFile.Users parse(String text) {
        try {
            return UserFile.parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static UserFile.User findMaria(UserFile.Users users) {
        return Objects.requireNonNull(users.byName().get("maria"));
    }

    @Test
    void lineOfHtpasswd_isAReader() {
        UserFile.User user = findMaria(parse("# users\n\nmaria:" + HASH + "\n"));
        assertThat(user.roles()).containsExactly(Role.READER);
        assertThat(user.hasPassword("correct horse")).isTrue();
        assertThat(user.hasPassword("correct hors")).isFalse();
        assertThat(user.hasPassword("")).isFalse();
    }

    @Test
    void roles_areSeparatedByCommas() {
        assertThat(findMaria(parse("maria:" + HASH + ":reader, admin")).roles())
                .isEqualTo(Set.of(Role.READER, Role.ADMIN));
    }

    @Test
    void user_isPrintedWithoutHash() {
        assertThat(parse("maria:" + HASH + ":admin").byName().toString())
                .contains("maria [admin]")
                .doesNotContain("$");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "maria|a line is name:hash:roles, of at most 300 octets",
                "maria:HASH:admin:x|a line is name:hash:roles, of at most 300 octets",
                "ma ria:HASH|'ma ria' is not a user name: 1 to 64 letters, digits, '.', '_', '@', '-'",
                ":HASH|'' is not a user name: 1 to 64 letters, digits, '.', '_', '@', '-'",
                "maria:secret|the password of maria is not a bcrypt hash; htpasswd -nBC 10 maria makes one",
                "maria:$apr1$x$y|the password of maria is not a bcrypt hash; htpasswd -nBC 10 maria makes one",
                "maria:COST07|the bcrypt cost of maria, 7, is out of range (8 to 14);"
                        + " htpasswd -nBC 10 maria makes one of 10",
                "maria:COST15|the bcrypt cost of maria, 15, is out of range (8 to 14);"
                        + " htpasswd -nBC 10 maria makes one of 10",
                "maria:HASH:root|'root' is not a role: reader, witness, admin",
                "maria:HASH:|'' is not a role: reader, witness, admin",
            })
    void invalidLine_hasNoEffect_andIsReportedWithoutHash(String line, String error) {
        String text = line.replace("HASH", HASH)
                .replace("COST07", HASH.replace("$08$", "$07$"))
                .replace("COST15", HASH.replace("$08$", "$15$"));
        UserFile.Users users = parse("peter:" + HASH + "\n" + text + "\n");
        assertThat(users.byName()).containsOnlyKeys("peter");
        assertThat(users.errors().first()).containsExactly(new ParseError(2, error));
    }

    @Test
    void secondLineOfAUser_hasNoEffect() {
        UserFile.Users users = parse("maria:" + HASH + ":reader\nmaria:" + HASH + ":admin\n");
        assertThat(findMaria(users).roles()).containsExactly(Role.READER);
        assertThat(users.errors().first()).containsExactly(new ParseError(2, "the user maria is in the file already"));
    }

    @Test
    void number_isLimited() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i <= UserFile.MAX_USERS; i++) {
            text.append("user").append(i).append(':').append(HASH).append('\n');
        }
        UserFile.Users users = parse(text.toString());
        assertThat(users.byName()).hasSize(UserFile.MAX_USERS);
        assertThat(users.errors().first())
                .containsExactly(new ParseError(1_001, "at most 1000 users are allowed; the rest is ignored"));
    }

    @Test
    void differences_nameWhatChanged_withoutHashes() {
        Map<String, UserFile.User> before = parse("a:HASH:admin\nb:HASH\nc:HASH\nd:HASH".replace("HASH", HASH))
                .byName();
        String changed = "a:HASH:reader\nb:OTHER\nd:HASH\ne:HASH:admin,witness"
                .replace("HASH", HASH)
                .replace("OTHER", HASH.replace("abc", "xyz"));
        assertThat(UserFile.differences(before, parse(changed).byName()))
                .isEqualTo("user a is now reader, was admin; user b has a new password; user c was removed;"
                        + " user e was added: admin, witness");
        assertThat(UserFile.differences(before, before)).isEmpty();
    }

    @Test
    void session_hasNameAndSalt_ofTheHash() {
        UserFile.User user = findMaria(parse("maria:" + HASH));
        assertThat(user.session()).isEqualTo("maria:" + HASH.substring(7, 29));
        assertThat(user.cost()).isEqualTo(8);
    }
}
