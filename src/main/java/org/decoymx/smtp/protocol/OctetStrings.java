package org.decoymx.smtp.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Checks and conversions of strings that hold received octets, one char for each octet (ISO 8859-1). */
final class OctetStrings {
    private OctetStrings() {}

    static boolean isAscii(String octets) {
        return octets.chars().allMatch(c -> c < 0x80);
    }

    static boolean isPrintable(String octets) {
        return octets.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    }

    static boolean isUtf8(String octets) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets.getBytes(StandardCharsets.ISO_8859_1)));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    /** Decodes the octets as UTF-8; each invalid sequence becomes U+FFFD. */
    static String decodeUtf8(String octets) {
        return new String(octets.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /**
     * The octets as printable ASCII of at most {@code limit} chars, with other octets escaped as {@code \xHH}: safe in
     * replies, logs, pages and feeds.
     */
    static String escapeNonPrintable(String octets, int limit) {
        String cut = octets.length() > limit ? octets.substring(0, limit) : octets;
        if (isPrintable(cut)) {
            return cut;
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < cut.length(); i++) {
            char c = cut.charAt(i);
            out.append(
                    c >= ' ' && c < 0x7f
                            ? String.valueOf(c)
                            : "\\x" + HexFormat.of().toHexDigits((byte) c));
        }
        return out.length() > limit ? out.substring(0, limit) : out.toString();
    }
}
