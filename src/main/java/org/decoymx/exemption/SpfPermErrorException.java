package org.decoymx.exemption;

/** An SPF record is invalid: the permerror of RFC 7208, section 2.6.7. The message says why. */
final class SpfPermErrorException extends Exception {
    private static final long serialVersionUID = 1;

    SpfPermErrorException(String message) {
        super(message, null, false, false);
    }
}
