package org.decoymx.support;

/** The roles that a token or a user can have. */
public final class Role {
    /** All operations of the administrator. */
    public static final String ADMIN = "admin";

    /** Sending visit reports of a primary MX. */
    public static final String WITNESS = "witness";

    /** Reading the pages, and the feeds where they need a token. */
    public static final String READER = "reader";

    private Role() {}
}
