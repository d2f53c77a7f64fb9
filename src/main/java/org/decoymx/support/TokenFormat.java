package org.decoymx.support;

/** A secret that is sent in a header field of a request. */
public final class TokenFormat implements ValueFormat {
    @Override
    public boolean accepts(String value) {
        return value.matches("[!-~]{16,256}");
    }

    @Override
    public String expected() {
        return "16 to 256 printable ASCII characters without blanks";
    }
}
