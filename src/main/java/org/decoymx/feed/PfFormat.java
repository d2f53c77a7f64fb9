package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.TierFilter;

/** The plain format under another name, for pf tables: pfctl(8). */
@Singleton
final class PfFormat extends PlainFormat {
    PfFormat() {
        super(
                "pf",
                TierFilter.CONFIRMED,
                "pf table (OpenBSD, FreeBSD)",
                "curl -fsS {url} -o /etc/decoy.pf && pfctl -t decoy -T replace -f /etc/decoy.pf");
    }
}
