package org.decoymx.policy;

import java.util.List;

/**
 * What explanations say of this site.
 *
 * @param host the host name of the decoy; empty if it is not known
 * @param domain the protected domain; empty if there are several or none
 * @param contact the last line of each explanation
 */
public record SiteTexts(String host, String domain, ExplainTemplate contact) {
    /** A site of which nothing is known. */
    static final SiteTexts NONE = new SiteTexts("", "", ExplainTemplate.NONE);

    static SiteTexts of(String host, List<String> domains, ExplainTemplate contact) {
        boolean named = domains.size() == 1 && !domains.get(0).startsWith(".");
        return new SiteTexts(host, named ? domains.get(0) : "", contact);
    }

    /** "mail for example.org", or "mail for one of our domains". */
    String mail() {
        return "mail for " + (domain.isEmpty() ? "one of our domains" : domain);
    }

    /** "our trap server (mx9.example.org)". */
    String trapServer() {
        return "our trap server" + (host.isEmpty() ? "" : " (" + host + ")");
    }
}
