package org.decoymx.admin.login;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import org.decoymx.admin.AdminConfig;
import org.decoymx.feed.FeedConfig;
import org.decoymx.support.Role;
import org.decoymx.support.TestClocks;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenAuthenticatorTest {
    private static final String TOKEN = "correct:horse=battery";
    private static final Path DIR = Path.of("unused");
    private static final String WITNESS = "witness-token-0123";
    private static final Map<String, String> ADMIN_ONLY = Map.of("decoy.admin.token", TOKEN);

    private final TokenAuthenticator authenticator = authenticator(ADMIN_ONLY);

    private static TokenAuthenticator authenticator(Map<String, String> settings) {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withMapping(AdminConfig.class)
                .withMapping(FeedConfig.class)
                .withSources(new PropertiesConfigSource(settings, "test", 100))
                .build();
        AdminConfig admin = config.getConfigMapping(AdminConfig.class);
        return new TokenAuthenticator(
                admin,
                config.getConfigMapping(FeedConfig.class),
                new UserAccounts(
                        admin,
                        DIR,
                        TestClocks.trusted(Clock.systemUTC()),
                        new AuditLog(DIR, new ObjectMapper(), Clock.systemUTC(), new AuditLogTest.FixedActor())));
    }

    private static Set<String> findRoles(TokenAuthenticator authenticator, @Nullable String authorization) {
        return authenticator.find(authorization).map(SecurityIdentity::getRoles).orElse(Set.of());
    }

    private static String basic(String credentials) {
        return Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void validToken_hasItsRoles_asBearerAndAsPassword() {
        for (String authorization : new String[] {
            "Bearer " + TOKEN, "bearer  " + TOKEN, "Basic " + basic("anybody:" + TOKEN), "BASIC " + basic(":" + TOKEN)
        }) {
            assertThat(findRoles(authenticator, authorization)).containsExactlyInAnyOrder(Role.ADMIN, Role.WITNESS);
        }
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
    void invalidAuthorization_hasNoRole(String authorization) {
        assertThat(findRoles(authenticator, authorization)).isEmpty();
    }

    @Test
    void wrongOrMissingPassword_hasNoRole() {
        assertThat(findRoles(authenticator, "Basic " + basic("anybody:"))).isEmpty();
        assertThat(findRoles(authenticator, "Basic " + basic(TOKEN + ":"))).isEmpty();
        assertThat(findRoles(authenticator, "Basic " + basic("anybody:gr\u00fcn")))
                .isEmpty();
        assertThat(findRoles(authenticator, null)).isEmpty();
    }

    @Test
    void noConfiguredToken_givesNoRole() {
        TokenAuthenticator withoutTokens = authenticator(Map.of());
        assertThat(withoutTokens.grantsAny(Set.of(Role.ADMIN))).isFalse();
        assertThat(findRoles(withoutTokens, "Bearer ")).isEmpty();
        assertThat(findRoles(withoutTokens, "Basic " + basic(":"))).isEmpty();
    }

    @Test
    void witnessToken_isNotAdministrator_butAdministratorTokenIsWitness() {
        TokenAuthenticator both = authenticator(Map.of("decoy.admin.token", TOKEN, "decoy.witness.token", WITNESS));
        assertThat(findRoles(both, "Bearer " + WITNESS)).containsExactly(Role.WITNESS);
        assertThat(findRoles(both, "Bearer " + TOKEN)).containsExactlyInAnyOrder(Role.ADMIN, Role.WITNESS);
        assertThat(findRoles(both, "Bearer x")).isEmpty();
        assertThat(authenticator.grantsAny(Set.of(Role.WITNESS))).isTrue();
        assertThat(authenticator(Map.of("decoy.witness.token", WITNESS)).grantsAny(Set.of(Role.ADMIN)))
                .isFalse();
    }

    @Test
    void feedTokens_areReaders_andNothingElse() {
        TokenAuthenticator feeds =
                authenticator(Map.of("decoy.admin.token", TOKEN, "decoy.feed.tokens", "first-feed-token," + WITNESS));
        assertThat(findRoles(feeds, "Bearer first-feed-token")).containsExactly(Role.READER);
        assertThat(findRoles(feeds, "Basic " + basic("feed:" + WITNESS))).containsExactly(Role.READER);
        assertThat(findRoles(feeds, "Bearer " + TOKEN)).doesNotContain(Role.READER);
    }

    @Test
    void tokenOfTwoKeys_hasTheRolesOfBoth() {
        TokenAuthenticator shared = authenticator(Map.of("decoy.witness.token", WITNESS, "decoy.feed.tokens", WITNESS));
        assertThat(findRoles(shared, "Bearer " + WITNESS)).containsExactlyInAnyOrder(Role.WITNESS, Role.READER);
    }
}
