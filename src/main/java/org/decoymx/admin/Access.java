package org.decoymx.admin;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.decoymx.support.Token;
import org.jspecify.annotations.Nullable;

/** Who is in which role: whoever shows its token. */
@ApplicationScoped
class Access {
    private final Map<Role, Token> tokens = new EnumMap<>(Role.class);
    private final LongAdder refused = new LongAdder();

    Access(ConsoleConfig config) {
        config.admin().token().ifPresent(token -> tokens.put(Role.ADMIN, checked(Role.ADMIN, token)));
        config.witness().token().ifPresent(token -> tokens.put(Role.WITNESS, checked(Role.WITNESS, token)));
    }

    /** A token that cannot be used stops the start. */
    void start(@Observes StartupEvent event) {}

    private static Token checked(Role role, String token) {
        try {
            return new Token(token);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(role.key() + ": " + e.getMessage());
        }
    }

    /** Whether anybody can be in a role; the administrator is in each. */
    boolean isOpen(Role role) {
        return tokens.containsKey(role) || tokens.containsKey(Role.ADMIN);
    }

    /**
     * Whether a request is made in a role.
     *
     * @param authorization its Authorization field, null for none
     */
    boolean has(Role role, @Nullable String authorization) {
        boolean right = shows(role, authorization) || shows(Role.ADMIN, authorization);
        if (!right) {
            refused.increment();
        }
        return right;
    }

    private boolean shows(Role role, @Nullable String authorization) {
        Token token = tokens.get(role);
        return token != null && token.isShown(authorization);
    }

    /** Requests that were turned away. */
    long refused() {
        return refused.sum();
    }
}
