package org.decoymx.admin;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.decoymx.support.AccessToken;
import org.jspecify.annotations.Nullable;

/** Checks the tokens of the roles. */
@ApplicationScoped
class TokenAuthenticator {
    private final Map<Role, AccessToken> tokens = new EnumMap<>(Role.class);
    private final LongAdder rejectedRequests = new LongAdder();

    TokenAuthenticator(AdminConfig config) {
        config.admin().token().ifPresent(token -> tokens.put(Role.ADMIN, parseToken(Role.ADMIN, token)));
        config.witness().token().ifPresent(token -> tokens.put(Role.WITNESS, parseToken(Role.WITNESS, token)));
    }

    /** Creates the bean at startup, so that a token that is not valid stops the start. */
    void validateAtStartup(@Observes StartupEvent event) {}

    private static AccessToken parseToken(Role role, String token) {
        try {
            return new AccessToken(token);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(role.tokenKey() + ": " + e.getMessage());
        }
    }

    /** Whether there is a token for a role; the token of the administrator is valid for each. */
    boolean isConfigured(Role role) {
        return tokens.containsKey(role) || tokens.containsKey(Role.ADMIN);
    }

    /**
     * Whether a request has a token for the role. Rejected requests are counted.
     *
     * @param authorization the Authorization field; null if absent
     */
    boolean isAuthorized(Role role, @Nullable String authorization) {
        boolean authorized = matchesToken(role, authorization) || matchesToken(Role.ADMIN, authorization);
        if (!authorized) {
            rejectedRequests.increment();
        }
        return authorized;
    }

    private boolean matchesToken(Role role, @Nullable String authorization) {
        AccessToken token = tokens.get(role);
        return token != null && token.matches(authorization);
    }

    /** The number of requests without a valid token. */
    long rejectedRequests() {
        return rejectedRequests.sum();
    }
}
