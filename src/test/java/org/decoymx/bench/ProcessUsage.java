package org.decoymx.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** CPU time and memory of a process, from proc(5). */
public final class ProcessUsage {
    /** Clock ticks a second: USER_HZ is 100 on every Debian architecture except one. */
    private static final double TICKS_PER_SECOND = 100;

    private static final int UTIME_FIELD = 11;
    private static final int CSTIME_FIELD = 14;

    private ProcessUsage() {}

    /** User and system CPU seconds of a process and of its terminated children. */
    public static double cpuSeconds(long pid) {
        String stat = read(pid, "stat");
        List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
        return fields.subList(UTIME_FIELD, CSTIME_FIELD + 1).stream()
                        .mapToLong(Long::parseLong)
                        .sum()
                / TICKS_PER_SECOND;
    }

    /** Resident memory, in MiB. */
    public static double residentMebibytes(long pid) {
        return mebibytes(pid, "VmRSS:");
    }

    /** Resident memory without the pages of files, which the kernel can read again, in MiB. */
    public static double anonymousMebibytes(long pid) {
        return mebibytes(pid, "RssAnon:");
    }

    private static double mebibytes(long pid, String field) {
        return read(pid, "status")
                        .lines()
                        .filter(line -> line.startsWith(field))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum()
                / 1024.0;
    }

    private static String read(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
