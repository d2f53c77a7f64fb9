package org.decoymx.admin;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/** Decodes xtext (RFC 3461 section 4): printable ASCII, where {@code +XX} is an octet in hexadecimal. */
final class Xtext {
    /** Maximum length of the decoded text: twice that of a path (RFC 5321 section 4.5.3.1.3). */
    static final int MAX_OCTETS = 512;

    private static final int HEX_LENGTH = 3;
    private static final Pattern VALID = Pattern.compile("(?:[!-*,-<>-~]|\\+[0-9A-F]{2})*+");

    private Xtext() {}

    /**
     * Decodes a value.
     *
     * @return the text; empty if the value is not xtext of UTF-8, is too long, or has control characters
     */
    static Optional<String> decode(String value) {
        if (value.length() > MAX_OCTETS * HEX_LENGTH || !VALID.matcher(value).matches()) {
            return Optional.empty();
        }
        ByteBuffer octets = ByteBuffer.allocate(value.length());
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) == '+') {
                octets.put((byte) HexFormat.fromHexDigits(value, i + 1, i + HEX_LENGTH));
                i += HEX_LENGTH - 1;
            } else {
                octets.put((byte) value.charAt(i));
            }
        }
        octets.flip();
        return octets.remaining() > MAX_OCTETS ? Optional.empty() : decodeUtf8(octets);
    }

    private static Optional<String> decodeUtf8(ByteBuffer octets) {
        try {
            return Optional.of(
                            StandardCharsets.UTF_8.newDecoder().decode(octets).toString())
                    .filter(text -> text.chars().noneMatch(Character::isISOControl));
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
