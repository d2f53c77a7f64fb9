package org.decoymx.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.decoymx.it.CompletedProgram;

/**
 * A section of docs/benchmarks.md: a table, or text as it was printed. Each row is printed too; target/benchmarks.md
 * has all tables of this run of Maven, in the order of their titles. Each section has a file of its own, because each
 * class runs in a JVM of its own, so that none has less heap than another.
 */
public final class BenchmarkTable {
    static final Path FILE = Path.of("target/benchmarks.md");

    /** The sections of this run. */
    private static final Path SECTIONS = Path.of("target/benchmarks", System.getProperty("decoymx.run", "by hand"));

    private static final String HEADER = """
            | measured | result | compared with | ratio |
            |---|---:|---:|---:|
            """;

    private static final String INTRODUCTION = """
            # Benchmarks

            `make bench` writes these tables to `target/benchmarks.md`, of which this file is a copy. A result is
            compared with that of another program, which had the same load in the same run, or with a limit. The ratio
            is the result divided by the other; where there are several runs, all three are medians. On another machine
            the results differ, the ratios less so. Nothing else ran meanwhile.

            | | |
            |---|---|""";

    /** Prints the rows of the table above, with what the machine has. */
    private static final String MACHINE = """
            row() { echo "| $1 | $2 |"; }
            row date "$(date -u +%F)"
            row processors "$(nproc), $(sed -n '/^model name/{s/.*: //p;q}' /proc/cpuinfo)"
            row memory "$(sed -n 's/^MemTotal: *//p' /proc/meminfo)"
            row system "$(. /etc/os-release && echo "$PRETTY_NAME"), Linux $(uname -r)"
            row version "$("$1" -jar "$2" --version), commit $(git rev-parse --short HEAD 2>/dev/null)"
            row Java "$3"
            row 'other programs' \
                "$(dpkg-query -W -f '${Package} ${Version} ' dnsperf nginx-light postfix rbldnsd wrk 2>/dev/null)"
            """;

    private static final Duration PROGRAM_TIMEOUT = Duration.ofMinutes(1);

    private final String title;
    private final String about;
    private final List<String> rows = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();

    /**
     * @param title the heading of the section
     * @param about one or two sentences: what is measured and how
     */
    public BenchmarkTable(String title, String about) {
        this.title = title;
        this.about = about;
    }

    /** A run of the decoy and one of a peer, one after the other, in the same unit. */
    public record Pair(double result, double ofPeer) {
        double ratio() {
            return result / ofPeer;
        }
    }

    /** Adds the medians of several runs, and of their ratios. */
    public void compare(String measured, String peer, List<Pair> runs) {
        add(
                measured,
                number(median(runs.stream().map(Pair::result).toList())),
                peer + " " + number(median(runs.stream().map(Pair::ofPeer).toList())),
                number(median(runs.stream().map(Pair::ratio).toList())));
    }

    /** The value in the middle; of an even number of values, the one above it. */
    public static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }

    /** Adds a result with the most that it may be. */
    public void atMost(String measured, double result, double limit) {
        add(measured, number(result), "at most " + number(limit), limit == 0 ? "" : number(result / limit));
    }

    /** Adds a result that has no limit and no peer. */
    public void add(String measured, double result) {
        add(measured, number(result), "", "");
    }

    private void add(String measured, String result, String comparison, String ratio) {
        System.out.printf("%s: %s: %s %s %s%n", title, measured, result, comparison, ratio);
        synchronized (FILE) {
            rows.add("| " + String.join(" | ", measured, result, comparison, ratio) + " |");
            write();
        }
    }

    /** Adds a line of text. */
    public void addLine(String line) {
        System.out.println(line);
        synchronized (FILE) {
            lines.add(line);
            write();
        }
    }

    /** With three significant digits, and without decimals from 100. */
    static String number(double value) {
        double size = Math.abs(value);
        String format = size >= 100 || value == Math.rint(value) ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }

    private Stream<String> section() {
        Stream<String> table = rows.isEmpty() ? Stream.of() : Stream.concat(Stream.of(HEADER.strip()), rows.stream());
        Stream<String> text = lines.isEmpty()
                ? Stream.of()
                : Stream.of(Stream.of("", "```"), lines.stream(), Stream.of("```"))
                        .flatMap(part -> part);
        String wrapped = about.replaceAll("(.{1,120})(?: |$)", "$1\n").strip();
        return Stream.of(Stream.of("", "## " + title, "", wrapped, ""), table, text)
                .flatMap(part -> part);
    }

    /** Asked only once. */
    private static final class Machine {
        static final String ROWS = rows();
    }

    private static String rows() {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return CompletedProgram.run(
                        PROGRAM_TIMEOUT,
                        "sh",
                        "-c",
                        MACHINE,
                        "sh",
                        java,
                        System.getProperty("decoymx.jar"),
                        System.getProperty("java.vm.version"))
                .output()
                .strip();
    }

    private void write() {
        try {
            Files.createDirectories(SECTIONS);
            Files.write(SECTIONS.resolve(title), section().toList());
            List<String> document = new ArrayList<>(List.of(INTRODUCTION, Machine.ROWS));
            try (Stream<Path> sections = Files.list(SECTIONS)) {
                for (Path section : sections.sorted().toList()) {
                    document.addAll(Files.readAllLines(section));
                }
            }
            Files.write(FILE, document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
