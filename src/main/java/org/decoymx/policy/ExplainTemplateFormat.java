package org.decoymx.policy;

import org.decoymx.support.ValueFormat;

/** A line that is read in SMTP replies, DNS records and JSON. */
final class ExplainTemplateFormat implements ValueFormat {
    static final String EXPECTED = "a line of at most " + ExplainTemplate.MAX_LENGTH
            + " printable ASCII characters without \", \\ and $; the placeholders are {address} and {tier}"
            + " (example: Questions? Call +49 30 123456 and mention {address}.)";

    @Override
    public boolean accepts(String value) {
        return ValueFormat.parses(() -> new ExplainTemplate(value));
    }

    @Override
    public String expected() {
        return EXPECTED;
    }
}
