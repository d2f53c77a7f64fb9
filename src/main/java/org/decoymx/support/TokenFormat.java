package org.decoymx.support;

/** A secret that {@link AccessToken} takes. */
public final class TokenFormat implements ValueFormat {
    @Override
    public boolean accepts(String value) {
        return ValueFormat.parses(() -> new AccessToken(value));
    }

    @Override
    public String expected() {
        return "16 to 256 printable ASCII characters without blanks";
    }
}
