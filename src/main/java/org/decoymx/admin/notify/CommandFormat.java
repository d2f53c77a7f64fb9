package org.decoymx.admin.notify;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.decoymx.support.PrintableText;
import org.decoymx.support.ValueFormat;

/** The absolute path of a program, and its arguments, with blanks in between; there are no quotes. */
final class CommandFormat implements ValueFormat {
    private static final int MAX_LENGTH = 1_000;

    /** The program and its arguments. */
    static List<String> split(String command) {
        return List.of(command.strip().split(" +"));
    }

    @Override
    public boolean accepts(String value) {
        return value.length() <= MAX_LENGTH
                && PrintableText.isPrintable(value)
                && ValueFormat.parses(() -> Path.of(split(value).get(0)))
                && isProgram(Path.of(split(value).get(0)));
    }

    private static boolean isProgram(Path file) {
        return file.isAbsolute() && Files.isRegularFile(file) && Files.isExecutable(file);
    }

    @Override
    public String expected() {
        return "the absolute path of a program that the decoy can execute, and its arguments (example:"
                + " /usr/local/bin/page-me --team mail)";
    }
}
