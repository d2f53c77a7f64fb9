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

    private final TokenAuthenticator authenticator = authenticator(TOKEN);

    private static TokenAuthenticator authenticator(String token) {
        return authenticator(token, null);
    }

    private static TokenAuthenticator authenticator(@Nullable String admin, @Nullable String witness) {
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
    void validToken_isAuthorized_asBearerAndAsPassword() {
        assertThat(authenticator.isAuthorized(Role.ADMIN, "Bearer " + TOKEN)).isTrue();
        assertThat(authenticator.isAuthorized(Role.ADMIN, "bearer  " + TOKEN)).isTrue();
        assertThat(authenticator.isAuthorized(Role.ADMIN, "Basic " + basic("anybody:" + TOKEN)))
                .isTrue();
        assertThat(authenticator.isAuthorized(Role.ADMIN, "BASIC " + basic(":" + TOKEN)))
                .isTrue();
        assertThat(authenticator.rejectedRequests()).isZero();
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
    void invalidAuthorization_isRejected(String authorization) {
        assertThat(authenticator.isAuthorized(Role.ADMIN, authorization)).isFalse();
        assertThat(authenticator.rejectedRequests()).isEqualTo(1);
    }

    @Test
    void wrongOrMissingPassword_isRejected() {
        assertThat(authenticator.isAuthorized(Role.ADMIN, "Basic " + basic("anybody:")))
                .isFalse();
        assertThat(authenticator.isAuthorized(Role.ADMIN, "Basic " + basic(TOKEN + ":")))
                .isFalse();
        assertThat(authenticator.isAuthorized(Role.ADMIN, "Basic " + basic("anybody:gr\u00fcn")))
                .isFalse();
        assertThat(authenticator.isAuthorized(Role.ADMIN, null)).isFalse();
    }

    @Test
    void noConfiguredToken_rejectsAllRequests() {
        TokenAuthenticator withoutTokens = authenticator(null, null);
        assertThat(withoutTokens.isConfigured(Role.ADMIN)).isFalse();
        assertThat(withoutTokens.isAuthorized(Role.ADMIN, "Bearer ")).isFalse();
        assertThat(withoutTokens.isAuthorized(Role.ADMIN, "Basic " + basic(":")))
                .isFalse();
    }

    @Test
    void witnessToken_isNotAdministrator_butAdministratorTokenIsWitness() {
        String witness = "witness-token-0123";
        TokenAuthenticator both = authenticator(TOKEN, witness);
        assertThat(both.isAuthorized(Role.WITNESS, "Bearer " + witness)).isTrue();
        assertThat(both.isAuthorized(Role.WITNESS, "Bearer " + TOKEN)).isTrue();
        assertThat(both.isAuthorized(Role.ADMIN, "Bearer " + TOKEN)).isTrue();
        assertThat(both.isAuthorized(Role.ADMIN, "Bearer " + witness)).isFalse();
        assertThat(both.isAuthorized(Role.WITNESS, "Bearer x")).isFalse();
        assertThat(both.rejectedRequests()).isEqualTo(2);
        assertThat(authenticator(TOKEN).isConfigured(Role.WITNESS)).isTrue();
        assertThat(authenticator(null, witness).isConfigured(Role.ADMIN)).isFalse();
    }

    @Test
    void invalidToken_isRejected_andNotQuoted() {
        for (String invalid : new String[] {"fifteen-letters", "sixteen letters and more", "sixteen-l\u00e4tters"}) {
            assertThatThrownBy(() -> authenticator(invalid))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("decoy.admin.token: ")
                    .message()
                    .doesNotContain(invalid);
        }
    }
}
