package org.decoymx.exemption;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.decoymx.support.Format;
import org.decoymx.support.MaxElements;
import org.decoymx.support.ReadableFileFormat;

/** The keys of those who are never listed. */
@ConfigMapping(prefix = "decoy.exempt")
public interface ExemptConfig {

    /** Networks that are never listed, besides private ones and the decoy's own; {@code !} takes one out again. */
    @Format(ExemptNetworkFormat.class)
    Optional<List<String>> networks();

    /** Files of such networks, one a line. */
    @Format(ReadableFileFormat.class)
    @MaxElements(16)
    Optional<List<Path>> files();

    /**
     * Domains whose SPF records name networks that are never listed; empty for none, 200 at most. The default are the
     * large mailbox providers, and then the large services that send for others. Each is the name that the provider has
     * its customers include, or that its own record leads to, and holds its outbound networks as addresses. Providers
     * whose record is but a macro (SparkPost, Salesforce) cannot be listed this way.
     */
    @Format(DomainNameFormat.class)
    @MaxElements(200)
    @WithDefault(DEFAULT_SPF_DOMAINS)
    Optional<List<String>> spfDomains();

    /** See {@link #spfDomains()}. */
    String DEFAULT_SPF_DOMAINS =
            "_spf.google.com,spf.protection.outlook.com,outlook.com,_spf.mail.yahoo.com,icloud.com,"
                    + "zoho.com,zoho.eu,spf.messagingengine.com,_spf.protonmail.ch,mailbox.org,gmx.net,web.de,"
                    + "_spf-eu.ionos.com,_spf.yandex.net,_spf.mail.ru,"
                    + "amazonses.com,sendgrid.net,mailgun.org,servers.mcsv.net,spf.mandrillapp.com,spf.mtasv.net,"
                    + "spf.mailjet.com,spf.brevo.com,spf.constantcontact.com,cust-spf.exacttarget.com,mail.zendesk.com";

    /**
     * Zones in the manner of DNSWL that are asked before a sender is counted, as list.dnswl.org; ten at most. Whatever has
     * an address in 127.0.0.0/8 there is good, so the zone must have no bad ones.
     */
    @Format(DomainNameFormat.class)
    @MaxElements(10)
    Optional<List<String>> dnswlZones();

    /**
     * Recursive name servers to ask: {@code 192.0.2.53}, {@code 192.0.2.53:5353} or {@code [2001:db8::53]:53}, eight at
     * most; without any those of the system.
     */
    @Format(NameServerFormat.class)
    @MaxElements(8)
    Optional<List<String>> nameServers();
}
