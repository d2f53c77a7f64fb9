package org.decoymx.admin;

/** The permissions that a token gives. */
public enum Role {
    /** All operations. */
    ADMIN("decoy.admin.token"),
    /** Sending visit reports of a primary MX. */
    WITNESS("decoy.witness.token");

    private final String tokenKey;

    Role(String tokenKey) {
        this.tokenKey = tokenKey;
    }

    /** The configuration key of the token. */
    String tokenKey() {
        return tokenKey;
    }
}
