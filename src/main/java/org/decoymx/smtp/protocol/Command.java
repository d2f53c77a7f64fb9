package org.decoymx.smtp.protocol;

/**
 * A parsed command line: RFC 5321 section 4.1.1.
 *
 * @param verb the verb, {@link Verb#UNKNOWN} if the server does not implement it
 * @param argument the text after the verb, without leading and trailing blanks
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
