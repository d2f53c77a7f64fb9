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

/** Who is in which role: whoever shows its token. */
@ApplicationScoped
class TokenAuthenticator {
    private final Map<Role, AccessToken> tokens = new EnumMap<>(Role.class);
    private final LongAdder rejectedRequests = new LongAdder();

    TokenAuthenticator(AdminConfig config) {
        config.admin().token().ifPresent(token -> tokens.put(Role.ADMIN, parseToken(Role.ADMIN, token)));
        config.witness().token().ifPresent(token -> tokens.put(Role.WITNESS, parseToken(Role.WITNESS, token)));
    }

    /** A token that cannot be used stops the start. */
    void validateAtStartup(@Observes StartupEvent event) {}

    private static AccessToken parseToken(Role role, String token) {
        try {
            return new AccessToken(token);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(role.tokenKey() + ": " + e.getMessage());
        }
    }

    /** Whether anybody can be in a role; the administrator is in each. */
    boolean isConfigured(Role role) {
        return tokens.containsKey(role) || tokens.containsKey(Role.ADMIN);
    }

    /**
     * Whether a request is made in a role.
     *
     * @param authorization its Authorization field, null for none
     */
    boolean isAuthorized(Role role, @Nullable String authorization) {
        boolean right = matchesToken(role, authorization) || matchesToken(Role.ADMIN, authorization);
        if (!right) {
            rejectedRequests.increment();
        }
        return right;
    }

    private boolean matchesToken(Role role, @Nullable String authorization) {
        AccessToken token = tokens.get(role);
        return token != null && token.matches(authorization);
    }

    /** Requests that were turned away. */
    long rejectedRequests() {
        return rejectedRequests.sum();
    }
}
