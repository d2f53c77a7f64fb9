package org.decoymx.support;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A secret that lets in whoever shows it: as Bearer (RFC 6750) or, with any user name, as the password of Basic
 * (RFC 7617).
 */
public final class Token {
    private static final Pattern ALLOWED = Pattern.compile("[!-~]{16,256}");
    private static final String BEARER = "bearer ";
    private static final String BASIC = "basic ";

    private final byte[] octets;

    /**
     * @param text 16 to 256 printable ASCII characters without blanks
     * @throws IllegalArgumentException for another; the message does not quote it
     */
    public Token(String text) {
        if (!ALLOWED.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "its value is not allowed; 16 to 256 printable ASCII characters without blanks are");
        }
        octets = text.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Whether a request shows it.
     *
     * @param authorization its Authorization field, null for none
     */
    public boolean isShown(@Nullable String authorization) {
        return MessageDigest.isEqual(octets, authorization == null ? new byte[0] : shown(authorization));
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
}
