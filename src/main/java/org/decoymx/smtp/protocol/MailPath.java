package org.decoymx.smtp.protocol;

/**
 * A reverse-path or forward-path without its source route: RFC 5321 section 4.1.2.
 *
 * @param localPart the local part as sent, a quoted string including its quotes; empty for the null reverse-path
 * @param domain a domain name without trailing dot, or an address literal including its brackets; empty for the null
 *     reverse-path and for {@code <postmaster>}
 */
public record MailPath(String localPart, String domain) {

    /** {@code <>}, the reverse-path of delivery status notifications. */
    static final MailPath NULL = new MailPath("", "");

    boolean isNull() {
        return localPart.isEmpty();
    }

    /** Whether this is {@code <postmaster>}, which every server must accept (RFC 5321 section 4.1.1.3). */
    boolean isPostmaster() {
        return domain.isEmpty() && localPart.equalsIgnoreCase("postmaster");
    }

    /** Whether the local part routes the mail to another host: {@code user%there@here}, {@code there!user@here}. */
    boolean hasSenderSpecifiedRouting() {
        return localPart.indexOf('%') >= 0 || localPart.indexOf('!') >= 0 || localPart.indexOf('@') >= 0;
    }

    boolean isAscii() {
        return OctetStrings.isAscii(localPart) && OctetStrings.isAscii(domain);
    }

    @Override
    public String toString() {
        return domain.isEmpty() ? localPart : localPart + "@" + domain;
    }
}
