package org.decoymx.admin;

/** What somebody may do who shows a token. */
public enum Role {
    /** Everything. */
    ADMIN("decoy.admin.token"),
    /** Telling who was seen at a primary MX; the administrator may as well. */
    WITNESS("decoy.witness.token");

    private final String tokenKey;

    Role(String key) {
        this.tokenKey = key;
    }

    /** The key of the configuration that has the role's token. */
    String tokenKey() {
        return tokenKey;
    }
}
