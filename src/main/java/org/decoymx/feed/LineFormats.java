package org.decoymx.feed;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.BiConsumer;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.TierFilter;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;

/** The formats that have a line for each entry, after the header comment. */
final class LineFormats {
    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss xx", Locale.ROOT).withZone(ZoneOffset.UTC);

    private LineFormats() {}

    private static final class LineFormat extends FeedFormat {
        private final BiConsumer<FeedWriter, BlocklistEntry> line;

        LineFormat(
                String name,
                TierFilter defaultTier,
                String consumer,
                String example,
                BiConsumer<FeedWriter, BlocklistEntry> line) {
            super(name, defaultTier, TEXT_PLAIN, consumer, example);
            this.line = line;
        }

        @Override
        public void render(FeedView view, FeedWriter writer) {
            writer.append(headerComment(view, "#"));
            for (BlocklistEntry entry : view.entries()) {
                line.accept(writer, entry);
                writer.endLine();
            }
        }
    }

    /** One address or network a line: rspamd maps, OpenSMTPD tables, HAProxy ACLs, scripts. */
    @Produces
    @Singleton
    static FeedFormat plain() {
        return new LineFormat(
                "plain",
                TierFilter.ALL,
                "rspamd multimap, OpenSMTPD table, HAProxy acl, scripts",
                "curl -fsS {url}",
                FeedWriter::append);
    }

    /** The plain format under another name, for pf tables: pfctl(8). */
    @Produces
    @Singleton
    static FeedFormat pf() {
        return new LineFormat(
                "pf",
                TierFilter.CONFIRMED,
                "pf table (OpenBSD, FreeBSD)",
                "curl -fsS {url} -o /etc/decoy.pf && pfctl -t decoy -T replace -f /etc/decoy.pf",
                FeedWriter::append);
    }

    /**
     * A Postfix {@code cidr:} table, cidr_table(5), with the actions of access(5): suspects are deferred, confirmed
     * senders rejected. postscreen cannot defer; for it, select the confirmed.
     */
    @Produces
    @Singleton
    static FeedFormat postfix() {
        String reject = " REJECT 5.7.1 Caught by a decoy MX";
        String defer = " DEFER_IF_PERMIT 4.7.1 Caught by a decoy MX, try again later";
        return new LineFormat(
                "postfix-cidr",
                TierFilter.ALL,
                "Postfix check_client_access and postscreen_access_list",
                "curl -fsS {url} -o /etc/postfix/decoy.cidr && postfix reload",
                (writer, entry) -> writer.appendCidr(entry).append(entry.isConfirmed() ? reject : defer));
    }

    /** A file for {@code net-iplsearch} of Exim, where keys with colons must be quoted. */
    @Produces
    @Singleton
    static FeedFormat exim() {
        return new LineFormat(
                "exim",
                TierFilter.CONFIRMED,
                "Exim hosts = net-iplsearch;file",
                "curl -fsS {url} -o /etc/exim4/decoy",
                (writer, entry) -> {
                    String quote = entry.v6() ? "\"" : "";
                    writer.append(quote).append(entry).append(quote).append(": caught by a decoy MX");
                });
    }

    /** A file for {@code Include} in a {@code <RequireAll>} of Apache httpd 2.4, mod_authz_host. */
    @Produces
    @Singleton
    static FeedFormat apache() {
        return new LineFormat(
                "apache",
                TierFilter.CONFIRMED,
                "Apache httpd 2.4",
                "curl -fsS {url} -o /etc/apache2/decoy.list && apachectl graceful",
                (writer, entry) -> writer.append("Require not ip ").append(entry));
    }

    /** A file for {@code include} in nginx, with directives of its HTTP and stream access modules. */
    @Produces
    @Singleton
    static FeedFormat nginx() {
        return new LineFormat(
                "nginx",
                TierFilter.CONFIRMED,
                "nginx (http and stream)",
                "curl -fsS {url} -o /etc/nginx/decoy.conf && nginx -s reload",
                (writer, entry) -> writer.append("deny ").append(entry).append(';'));
    }

    /** A log file for fail2ban. The time of each line is the time when the sender was listed. */
    @Produces
    @Singleton
    static FeedFormat fail2ban() {
        return new LineFormat(
                "fail2ban",
                TierFilter.CONFIRMED,
                "fail2ban",
                "curl -fsS {url} -o /var/log/decoy.log",
                (writer, entry) -> writer.append(TIMESTAMP.format(Instant.ofEpochSecond(entry.since())))
                        .append(" decoy hit ")
                        .append(entry));
    }

    /**
     * A file {@code hosts.deny} of TCP wrappers, hosts_access(5). IPv6 addresses are in brackets. IPv4 networks have a
     * mask in dotted form, which all versions understand.
     */
    @Produces
    @Singleton
    static FeedFormat hostsDeny() {
        return new LineFormat(
                "hosts-deny",
                TierFilter.CONFIRMED,
                "TCP wrappers (libwrap)",
                "curl -fsS {url} -o /etc/hosts.deny",
                LineFormats::appendHostsDeny);
    }

    private static void appendHostsDeny(FeedWriter writer, BlocklistEntry entry) {
        String address = IpText.print(entry.network());
        writer.append("ALL: ").append(entry.v6() ? "[" + address + "]" : address);
        if (!entry.isAddress()) {
            writer.append('/').append(entry.v6() ? String.valueOf(entry.prefix()) : dottedMask(entry.prefix()));
        }
    }

    private static String dottedMask(int prefix) {
        return IpText.print(IpPrefix.ofBits(false, 0xffff_ffffL << Integer.SIZE - prefix & 0xffff_ffffL));
    }
}
