package org.decoymx.feed;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Every format, made as the container makes it. */
final class Formats {
    static final List<Format> ALL = List.<Format>of(
                    new PlainFormat(),
                    new PfFormat(),
                    new PostfixFormat(),
                    new EximFormat(),
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
                    new Fail2banFormat())
            .stream()
            .sorted(Comparator.comparing(Format::name))
            .toList();

    private Formats() {}
}
