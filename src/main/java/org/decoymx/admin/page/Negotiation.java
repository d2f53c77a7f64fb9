package org.decoymx.admin.page;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;

/** Whether a client prefers HTML to JSON (RFC 9110, section 12.5.1). */
public final class Negotiation {
    private Negotiation() {}

    /** Only a client that names HTML before JSON gets it, as browsers do; all others get JSON. */
    public static boolean wantsHtml(HttpHeaders headers) {
        for (MediaType type : headers.getAcceptableMediaTypes()) {
            if (isHtml(type)) {
                return true;
            }
            if (type.isWildcardType() || type.isCompatible(MediaType.APPLICATION_JSON_TYPE)) {
                return false;
            }
        }
        return false;
    }

    private static boolean isHtml(MediaType type) {
        return type.getType().equals("text") && type.getSubtype().equals("html");
    }
}
