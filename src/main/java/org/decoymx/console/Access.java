package org.decoymx.console;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who is in which role: whoever shows its token, as Bearer (RFC 6750) or, with any user name, as the password of Basic
 * (RFC 7617).
 */
@ApplicationScoped
class Access {
    private static final Pattern TOKEN = Pattern.compile("[!-~]{16,256}");
    private static final String BEARER = "bearer ";
    private static final String BASIC = "basic ";

    private final Map<Role, byte[]> tokens = new EnumMap<>(Role.class);
    private final LongAdder refused = new LongAdder();

    Access(ConsoleConfig config) {
        config.admin().token().ifPresent(token -> tokens.put(Role.ADMIN, checked(Role.ADMIN, token)));
        config.witness().token().ifPresent(token -> tokens.put(Role.WITNESS, checked(Role.WITNESS, token)));
    }

    /** A token that cannot be used stops the start. */
    void start(@Observes StartupEvent event) {}

    private static byte[] checked(Role role, String token) {
        if (!TOKEN.matcher(token).matches()) {
            throw new ConfigurationException(
                    role.key() + ": its value is not allowed; 16 to 256 printable ASCII characters without blanks are");
        }
        return token.getBytes(StandardCharsets.US_ASCII);
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
        byte[] shown = authorization == null ? new byte[0] : shown(authorization);
        boolean right = isToken(role, shown) || isToken(Role.ADMIN, shown);
        if (!right) {
            refused.increment();
        }
        return right;
    }

    private boolean isToken(Role role, byte[] shown) {
        byte[] token = tokens.get(role);
        return token != null && MessageDigest.isEqual(token, shown);
    }

    /** The token in a field; no octets when there is none. */
    private static byte[] shown(String authorization) {
        String scheme = authorization.toLowerCase(Locale.ROOT);
        if (scheme.startsWith(BEARER)) {
            return octets(authorization.substring(BEARER.length()).strip());
        }
        return scheme.startsWith(BASIC)
                ? password(authorization.substring(BASIC.length()).strip())
                : new byte[0];
    }

    private static byte[] password(String credentials) {
        try {
            String decoded = new String(Base64.getDecoder().decode(credentials), StandardCharsets.ISO_8859_1);
            return octets(decoded.substring(decoded.indexOf(':') + 1));
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Requests that were turned away. */
    long refused() {
        return refused.sum();
    }
}
