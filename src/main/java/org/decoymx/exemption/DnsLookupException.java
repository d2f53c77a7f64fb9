package org.decoymx.exemption;

/** Why DNS gave no answer; that there is nothing by a name is an answer. The message says what was asked, and of whom. */
final class DnsLookupException extends Exception {
    private static final long serialVersionUID = 1;

    DnsLookupException(String words) {
        super(words, null, false, false);
    }
}
