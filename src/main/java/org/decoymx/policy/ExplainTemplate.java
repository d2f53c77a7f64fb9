package org.decoymx.policy;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * The site's own line in explanations and replies, such as "Questions? Write to postmaster@example.org about
 * {address}.". The placeholders are {@code {address}} and {@code {tier}}.
 */
public final class ExplainTemplate {
    /** Maximum number of chars, before and after the placeholders are replaced. */
    public static final int MAX_LENGTH = 200;

    private static final String ADDRESS = "{address}";
    private static final String TIER = "{tier}";
    private static final Set<Integer> NOT_ALLOWED = Set.of((int) '"', (int) '\\', (int) '$');
    private static final Pattern BRACE = Pattern.compile("[{}]");

    /** No line. */
    public static final ExplainTemplate NONE = new ExplainTemplate("");

    private final String text;

    /**
     * @throws IllegalArgumentException if this is no such line; the message says what is allowed
     */
    public ExplainTemplate(String text) {
        this.text = text.strip();
        boolean printable = this.text.chars().allMatch(c -> c >= ' ' && c <= '~' && !NOT_ALLOWED.contains(c));
        String plain = this.text.replace(ADDRESS, "").replace(TIER, "");
        if (this.text.length() > MAX_LENGTH
                || !printable
                || BRACE.matcher(plain).find()) {
            throw new IllegalArgumentException("not " + ExplainTemplateFormat.EXPECTED);
        }
    }

    /**
     * The line about a sender; empty if there is none.
     *
     * @param address its text form
     */
    public String format(String address, Tier tier) {
        String line = text.replace(ADDRESS, address).replace(TIER, tier.text());
        return line.length() > MAX_LENGTH ? "" : line;
    }
}
