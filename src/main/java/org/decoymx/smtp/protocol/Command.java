package org.decoymx.smtp.protocol;

/**
 * A command line taken apart: RFC 5321 section 4.1.1.
 *
 * @param verb the verb, {@link Verb#UNKNOWN} for any word this server does not know
 * @param argument what stands behind the verb, without blanks at either end
 */
record Command(Verb verb, String argument) {

    static Command parse(String line) {
        int start = 0;
        while (start < line.length() && isBlank(line.charAt(start))) {
            start++;
        }
        int end = start;
        while (end < line.length() && !isBlank(line.charAt(end))) {
            end++;
        }
        return new Command(
                Verb.parse(line.substring(start, end)), line.substring(end).strip());
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
