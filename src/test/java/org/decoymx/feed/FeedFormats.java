package org.decoymx.feed;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** All feed formats, sorted by name as in the registry. */
final class FeedFormats {
    static final List<FeedFormat> ALL = List.<FeedFormat>of(
                    LineFormats.plain(),
                    LineFormats.pf(),
                    LineFormats.postfix(),
                    LineFormats.exim(),
                    new SendmailFormat(),
                    new NftablesFormat(),
                    new IpsetFormat(),
                    new RbldnsdFormat(),
                    new RpzFormat(),
                    new DropFormat(),
                    new NdjsonFormat(),
                    new CsvFormat(),
                    new CrowdsecFormat(),
                    new MispFormat(Optional.of("mx.example.org")),
                    LineFormats.fail2ban(),
                    LineFormats.hostsDeny(),
                    LineFormats.apache(),
                    LineFormats.nginx(),
                    new MikrotikFormat())
            .stream()
            .sorted(Comparator.comparing(FeedFormat::name))
            .toList();

    private FeedFormats() {}
}
