package org.decoymx.policy;

import java.util.List;

/**
 * What explanations say of this site.
 *
 * @param trapServer "our trap server (mx9.example.org)"
 * @param domain the protected domain; empty if there are several or none
 * @param contact the last line of each explanation
 */
public record SiteTexts(String trapServer, String domain, ExplainTemplate contact) {
    /** Texts with the host name of the decoy, empty if it is not known, and the protected domains. */
    static SiteTexts of(String host, List<String> domains, ExplainTemplate contact) {
        boolean named = domains.size() == 1 && !domains.get(0).startsWith(".");
        String trapServer = "our trap server" + (host.isEmpty() ? "" : " (" + host + ")");
        return new SiteTexts(trapServer, named ? domains.get(0) : "", contact);
    }

    /** "mail for example.org", or "mail for one of our domains". */
    String mail() {
        return "mail for " + (domain.isEmpty() ? "one of our domains" : domain);
    }

    /** The same for what another node has seen, whose name and domains are not known. */
    SiteTexts ofOtherNode() {
        return new SiteTexts("one of our trap servers", "", contact);
    }
}
