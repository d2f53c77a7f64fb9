package org.decoymx.exemption;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.decoymx.support.Format;
import org.decoymx.support.MaxElements;
import org.decoymx.support.ReadableFileFormat;

/** Keys of networks and senders that are never listed. */
@ConfigMapping(prefix = "decoy.exempt")
public interface ExemptConfig {

    /** Networks that are never listed, besides private ones and the decoy's own; {@code !} makes an exception. */
    @Format(ExemptNetworkFormat.class)
    Optional<List<String>> networks();

    /** Files of such networks, one per line. */
    @Format(ReadableFileFormat.class)
    @MaxElements(16)
    Optional<List<Path>> files();

    /**
     * Domains whose SPF networks are never listed; empty for none, at most 200. The default contains the large mailbox
     * providers and the large email service providers. Each name is the one that customers include in their records, or
     * that the provider's own record points to, and contains the outbound networks. Providers whose record is only a
     * macro (SparkPost, Salesforce) are missing, because their networks cannot be enumerated.
     */
    @Format(DomainNameFormat.class)
    @MaxElements(200)
    @WithDefault(DEFAULT_SPF_DOMAINS)
    Optional<List<String>> spfDomains();

    /** Default of {@link #spfDomains()}. */
    String DEFAULT_SPF_DOMAINS =
            "_spf.google.com,spf.protection.outlook.com,outlook.com,_spf.mail.yahoo.com,icloud.com,"
                    + "zoho.com,zoho.eu,spf.messagingengine.com,_spf.protonmail.ch,mailbox.org,gmx.net,web.de,"
                    + "_spf-eu.ionos.com,_spf.yandex.net,_spf.mail.ru,"
                    + "amazonses.com,sendgrid.net,mailgun.org,servers.mcsv.net,spf.mandrillapp.com,spf.mtasv.net,"
                    + "spf.mailjet.com,spf.brevo.com,spf.constantcontact.com,cust-spf.exacttarget.com,mail.zendesk.com";

    /**
     * DNS allowlist zones, such as list.dnswl.org, that are queried before a sender is scored; at most 10. Every return
     * code in 127.0.0.0/8 makes the sender exempt, so a zone must not contain other kinds of entries.
     */
    @Format(DomainNameFormat.class)
    @MaxElements(10)
    Optional<List<String>> dnswlZones();

    /**
     * Recursive name servers: {@code 192.0.2.53}, {@code 192.0.2.53:5353} or {@code [2001:db8::53]:53}; at most 8. The
     * default is the system's name servers.
     */
    @Format(NameServerFormat.class)
    @MaxElements(8)
    Optional<List<String>> nameServers();
}
