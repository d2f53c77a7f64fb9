package org.decoymx.smtp.protocol;

import java.net.IDN;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** The domains whose worst-priority MX is the decoy. If none is set, every recipient is protected: trial mode. */
public final class ProtectedDomains {
    private final Set<String> exactDomains = new HashSet<>();
    private final Set<String> subdomainParents = new HashSet<>();
    private final Set<String> decoyNames = new HashSet<>();

    /** Domains without a subdomain that is a decoy. */
    public ProtectedDomains(Collection<String> names) {
        this(names, Set.of());
    }

    /**
     * @param names domain names; a leading dot includes the subdomains; non-ASCII names are converted as RFC 5891 says
     * @param decoyNames host names of decoys; as subdomains they are not protected, because a client that was told to
     *     write there comes to the decoy by itself
     * @throws IllegalArgumentException if a name is not a valid domain name; the message quotes it
     */
    public ProtectedDomains(Collection<String> names, Collection<String> decoyNames) {
        decoyNames.forEach(name -> this.decoyNames.add(normalize(name)));
        for (String name : names) {
            boolean withSubdomains = name.startsWith(".");
            String domain = normalize(withSubdomains ? name.substring(1) : name);
            if (!domain.contains(".") && !domain.equals("localhost")) {
                throw new IllegalArgumentException(
                        "'" + name + "' is not a valid domain name (example: example.org, or .example.org to include"
                                + " its subdomains)");
            }
            exactDomains.add(domain);
            if (withSubdomains) {
                subdomainParents.add(domain);
            }
        }
    }

    /** Whether no domain is set, so that every recipient is protected. */
    public boolean isTrialMode() {
        return exactDomains.isEmpty();
    }

    /** Whether this recipient is in a protected domain, and its local part does not route to another host. */
    boolean protects(MailPath recipient) {
        if (isTrialMode() || recipient.isPostmaster()) {
            return true;
        }
        if (recipient.hasSenderSpecifiedRouting()) {
            return false;
        }
        String octets = recipient.domain();
        String name = OctetStrings.isAscii(octets)
                ? octets.toLowerCase(Locale.ROOT)
                : normalize(OctetStrings.decodeUtf8(octets));
        return exactDomains.contains(name) || isSubdomain(name) && !decoyNames.contains(name);
    }

    private boolean isSubdomain(String name) {
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            if (subdomainParents.contains(name.substring(dot + 1))) {
                return true;
            }
        }
        return false;
    }

    /** The name in lower case, in its ASCII form (RFC 5891), without trailing dot; empty if it is not valid. */
    private static String normalize(String name) {
        try {
            String ascii = IDN.toASCII(name, IDN.ALLOW_UNASSIGNED | IDN.USE_STD3_ASCII_RULES);
            int end = ascii.endsWith(".") ? ascii.length() - 1 : ascii.length();
            return ascii.substring(0, end).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
