package org.decoymx.support;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A secret that grants access: sent as Bearer token (RFC 6750), or as the password of Basic authentication with any
 * user name (RFC 7617).
 */
public final class AccessToken {
    private static final Pattern ALLOWED_TOKEN = Pattern.compile("[!-~]{16,256}");
    private static final String BEARER = "bearer ";
    private static final String BASIC = "basic ";

    private final byte[] octets;

    /**
     * @param text 16 to 256 printable ASCII characters without blanks
     * @throws IllegalArgumentException if the text is not valid; the message does not quote it
     */
    public AccessToken(String text) {
        if (!ALLOWED_TOKEN.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "the value is not a valid token (16 to 256 printable ASCII characters without blanks)");
        }
        octets = text.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Whether a request contains this token; compared in constant time.
     *
     * @param authorization the request's Authorization header, or null
     */
    public boolean matches(@Nullable String authorization) {
        return MessageDigest.isEqual(octets, authorization == null ? new byte[0] : extractToken(authorization));
    }

    /** The token in an Authorization header; empty if there is none. */
    private static byte[] extractToken(String authorization) {
        String scheme = authorization.toLowerCase(Locale.ROOT);
        if (scheme.startsWith(BEARER)) {
            return toOctets(authorization.substring(BEARER.length()).strip());
        }
        return scheme.startsWith(BASIC)
                ? extractBasicPassword(authorization.substring(BASIC.length()).strip())
                : new byte[0];
    }

    private static byte[] extractBasicPassword(String credentials) {
        try {
            String decoded = new String(Base64.getDecoder().decode(credentials), StandardCharsets.ISO_8859_1);
            return toOctets(decoded.substring(decoded.indexOf(':') + 1));
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private static byte[] toOctets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
