package org.decoymx.dns;

import java.time.Duration;
import java.util.List;

/**
 * The MX records of a domain.
 *
 * @param hosts the best first; empty when the domain or its MX records do not exist, so that senders deliver to the
 *     addresses of the domain itself (RFC 5321, section 5.1)
 * @param ttl how long the answer may be cached; zero when the name server does not say it
 */
public record MxRecords(List<MxHost> hosts, Duration ttl) {}
