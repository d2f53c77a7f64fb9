package org.decoymx.conversation;

import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** The protected domains, whose worst-priority MX the decoy is. Without any, every recipient is protected: trial mode. */
public final class Domains {
    private final Set<String> exact = new HashSet<>();
    private final Set<String> parents = new HashSet<>();

    /**
     * @param names domain names; a leading dot takes the subdomains in; names beyond ASCII are taken as RFC 5891 says
     * @throws IllegalArgumentException for a name that is none; the message quotes it
     */
    public Domains(Collection<String> names) {
        for (String name : names) {
            String ascii = checked(name);
            exact.add(ascii);
            if (name.startsWith(".")) {
                parents.add(ascii);
            }
        }
    }

    private static String checked(String name) {
        int end = name.endsWith(".") ? name.length() - 1 : name.length();
        try {
            String ascii = ascii(name.substring(name.startsWith(".") && end > 0 ? 1 : 0, end));
            if (ascii.contains(".") || ascii.equals("localhost")) {
                return ascii;
            }
        } catch (IllegalArgumentException e) {
            // said below, with the name
        }
        throw new IllegalArgumentException("'" + name + "' is no domain name");
    }

    /** Whether no domain was named, so that every recipient counts. */
    public boolean isTrial() {
        return exact.isEmpty();
    }

    /** Whether mail for this recipient is ours: in a protected domain, and not to be sent on from there. */
    boolean protects(Path recipient) {
        if (isTrial() || recipient.isPostmaster()) {
            return true;
        }
        if (recipient.isRouted()) {
            return false;
        }
        String name = normal(recipient.domain());
        for (int dot = -1; ; ) {
            if (dot < 0 ? exact.contains(name) : parents.contains(name.substring(dot + 1))) {
                return true;
            }
            dot = name.indexOf('.', dot + 1);
            if (dot < 0) {
                return false;
            }
        }
    }

    private static String normal(String octets) {
        if (Text.isAscii(octets)) {
            return octets.toLowerCase(Locale.ROOT);
        }
        try {
            return ascii(new String(octets.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private static String ascii(String name) {
        return IDN.toASCII(name, IDN.ALLOW_UNASSIGNED | IDN.USE_STD3_ASCII_RULES)
                .toLowerCase(Locale.ROOT);
    }
}
