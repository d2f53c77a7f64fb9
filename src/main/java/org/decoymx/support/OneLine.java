package org.decoymx.support;

/** Text of a user in a message of one line. */
final class OneLine {
    private static final int MAX_LENGTH = 100;

    private OneLine() {}

    /** The text without control characters, and cut. */
    static String of(String text) {
        String printable = text.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= MAX_LENGTH ? printable : printable.substring(0, MAX_LENGTH) + "...";
    }
}
