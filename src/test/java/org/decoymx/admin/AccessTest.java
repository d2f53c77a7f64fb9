package org.decoymx.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {
    private static final String TOKEN = "correct:horse=battery";

    private final Access access = access(TOKEN);

    private static Access access(String token) {
        return access(token, null);
    }

    private static Access access(@Nullable String admin, @Nullable String witness) {
        return new Access(new ConsoleConfig() {
            @Override
            public Admin admin() {
                return () -> Optional.ofNullable(admin);
            }

            @Override
            public Witness witness() {
                return () -> Optional.ofNullable(witness);
            }
        });
    }

    private static String basic(String credentials) {
        return Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void rightToken_letsIn_asBearerAndAsPassword() {
        assertThat(access.has(Role.ADMIN, "Bearer " + TOKEN)).isTrue();
        assertThat(access.has(Role.ADMIN, "bearer  " + TOKEN)).isTrue();
        assertThat(access.has(Role.ADMIN, "Basic " + basic("anybody:" + TOKEN))).isTrue();
        assertThat(access.has(Role.ADMIN, "BASIC " + basic(":" + TOKEN))).isTrue();
        assertThat(access.refused()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                TOKEN,
                "Bearer",
                "Bearer ",
                "Bearer " + TOKEN + "x",
                "Bearer correct:horse=batter",
                "Bearer CORRECT:HORSE=BATTERY",
                "Token " + TOKEN,
                "Basic",
                "Basic ",
                "Basic !!!!",
                "Basic " + TOKEN
            })
    void anythingElse_letsNobodyIn(String authorization) {
        assertThat(access.has(Role.ADMIN, authorization)).isFalse();
        assertThat(access.refused()).isEqualTo(1);
    }

    @Test
    void wrongPassword_orNone_letsNobodyIn() {
        assertThat(access.has(Role.ADMIN, "Basic " + basic("anybody:"))).isFalse();
        assertThat(access.has(Role.ADMIN, "Basic " + basic(TOKEN + ":"))).isFalse();
        assertThat(access.has(Role.ADMIN, "Basic " + basic("anybody:gr\u00fcn")))
                .isFalse();
        assertThat(access.has(Role.ADMIN, null)).isFalse();
    }

    @Test
    void withoutAToken_nobodyCanBeLetIn() {
        Access closed = access(null, null);
        assertThat(closed.isOpen(Role.ADMIN)).isFalse();
        assertThat(closed.has(Role.ADMIN, "Bearer ")).isFalse();
        assertThat(closed.has(Role.ADMIN, "Basic " + basic(":"))).isFalse();
    }

    @Test
    void witness_isNoAdministrator_butTheAdministratorIsAWitness() {
        String witness = "witness-token-0123";
        Access both = access(TOKEN, witness);
        assertThat(both.has(Role.WITNESS, "Bearer " + witness)).isTrue();
        assertThat(both.has(Role.WITNESS, "Bearer " + TOKEN)).isTrue();
        assertThat(both.has(Role.ADMIN, "Bearer " + TOKEN)).isTrue();
        assertThat(both.has(Role.ADMIN, "Bearer " + witness)).isFalse();
        assertThat(both.has(Role.WITNESS, "Bearer x")).isFalse();
        assertThat(both.refused()).isEqualTo(2);
        assertThat(access(TOKEN).isOpen(Role.WITNESS)).isTrue();
        assertThat(access(null, witness).isOpen(Role.ADMIN)).isFalse();
    }

    @Test
    void tokenThatIsShortOrOdd_isRefused_withoutBeingShown() {
        for (String bad : new String[] {"fifteen-letters", "sixteen letters and more", "sixteen-l\u00e4tters"}) {
            assertThatThrownBy(() -> access(bad))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("decoy.admin.token: ")
                    .message()
                    .doesNotContain(bad);
        }
    }
}
