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

class TokenAuthenticatorTest {
    private static final String TOKEN = "correct:horse=battery";

    private final TokenAuthenticator access = access(TOKEN);

    private static TokenAuthenticator access(String token) {
        return access(token, null);
    }

    private static TokenAuthenticator access(@Nullable String admin, @Nullable String witness) {
        return new TokenAuthenticator(new AdminConfig() {
            @Override
            public AdminAccess admin() {
                return () -> Optional.ofNullable(admin);
            }

            @Override
            public WitnessAccess witness() {
                return () -> Optional.ofNullable(witness);
            }
        });
    }

    private static String basic(String credentials) {
        return Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void rightToken_letsIn_asBearerAndAsPassword() {
        assertThat(access.isAuthorized(Role.ADMIN, "Bearer " + TOKEN)).isTrue();
        assertThat(access.isAuthorized(Role.ADMIN, "bearer  " + TOKEN)).isTrue();
        assertThat(access.isAuthorized(Role.ADMIN, "Basic " + basic("anybody:" + TOKEN)))
                .isTrue();
        assertThat(access.isAuthorized(Role.ADMIN, "BASIC " + basic(":" + TOKEN)))
                .isTrue();
        assertThat(access.rejectedRequests()).isZero();
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
        assertThat(access.isAuthorized(Role.ADMIN, authorization)).isFalse();
        assertThat(access.rejectedRequests()).isEqualTo(1);
    }

    @Test
    void wrongPassword_orNone_letsNobodyIn() {
        assertThat(access.isAuthorized(Role.ADMIN, "Basic " + basic("anybody:")))
                .isFalse();
        assertThat(access.isAuthorized(Role.ADMIN, "Basic " + basic(TOKEN + ":")))
                .isFalse();
        assertThat(access.isAuthorized(Role.ADMIN, "Basic " + basic("anybody:gr\u00fcn")))
                .isFalse();
        assertThat(access.isAuthorized(Role.ADMIN, null)).isFalse();
    }

    @Test
    void withoutAToken_nobodyCanBeLetIn() {
        TokenAuthenticator closed = access(null, null);
        assertThat(closed.isConfigured(Role.ADMIN)).isFalse();
        assertThat(closed.isAuthorized(Role.ADMIN, "Bearer ")).isFalse();
        assertThat(closed.isAuthorized(Role.ADMIN, "Basic " + basic(":"))).isFalse();
    }

    @Test
    void witness_isNoAdministrator_butTheAdministratorIsAWitness() {
        String witness = "witness-token-0123";
        TokenAuthenticator both = access(TOKEN, witness);
        assertThat(both.isAuthorized(Role.WITNESS, "Bearer " + witness)).isTrue();
        assertThat(both.isAuthorized(Role.WITNESS, "Bearer " + TOKEN)).isTrue();
        assertThat(both.isAuthorized(Role.ADMIN, "Bearer " + TOKEN)).isTrue();
        assertThat(both.isAuthorized(Role.ADMIN, "Bearer " + witness)).isFalse();
        assertThat(both.isAuthorized(Role.WITNESS, "Bearer x")).isFalse();
        assertThat(both.rejectedRequests()).isEqualTo(2);
        assertThat(access(TOKEN).isConfigured(Role.WITNESS)).isTrue();
        assertThat(access(null, witness).isConfigured(Role.ADMIN)).isFalse();
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
