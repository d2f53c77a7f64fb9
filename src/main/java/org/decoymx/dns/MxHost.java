package org.decoymx.dns;

/**
 * A host in an MX record.
 *
 * @param name in lower case, without a trailing dot; empty for a null MX (RFC 7505)
 * @param preference senders try the lowest first (RFC 5321, section 5.1)
 */
public record MxHost(String name, int preference) {

    @Override
    public String toString() {
        return preference + " " + (name.isEmpty() ? "." : name);
    }
}
