package org.decoymx.exemption;

/** Why an SPF record is of no use, in words: what RFC 7208 section 2.6.7 calls a permerror. */
final class SpfPermErrorException extends Exception {
    private static final long serialVersionUID = 1;

    SpfPermErrorException(String words) {
        super(words, null, false, false);
    }
}
