package org.decoymx;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.runtime.util.ExceptionUtil;
import io.smallrye.config.ConfigValidationException;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.decoymx.ledger.SqliteLibrary;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Starts the decoy. If the start fails, prints the reason in one line. */
@QuarkusMain
public final class Main {
    private static final Logger LOG = Logger.getLogger(Main.class);
    private static final Pattern CONVERSION_ERROR = Pattern.compile(
            ".*config property (\\S+) with the config value \"(.*)\" threw an Exception whilst being converted(.*)",
            Pattern.DOTALL);
    private static final Pattern UNKNOWN_KEY = Pattern.compile(".*SRCFG00050: (\\S+) in .*", Pattern.DOTALL);

    private Main() {}

    public static void main(String... args) {
        // renegotiation is expensive for the server and cheap for the client; no mail software needs it
        System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
        new Thread(Main::loadSqlite, "sqlite").start();
        Quarkus.run(null, Main::exit, args);
    }

    /**
     * Loads the library in parallel to the start. If this fails, the first user of the library tries again and
     * reports.
     */
    private static void loadSqlite() {
        try {
            SqliteLibrary.load();
        } catch (IOException e) {
            LOG.debugf("SQLite cannot be linked yet: %s", e.getMessage());
        }
    }

    private static void exit(int code, @Nullable Throwable failure) {
        if (failure != null) {
            printStartupError(failure);
        }
        System.exit(code);
    }

    private static void printStartupError(Throwable failure) {
        Throwable cause = ExceptionUtil.getRootCause(failure);
        if (cause instanceof ConfigValidationException invalid) {
            IntStream.range(0, invalid.getProblemCount())
                    .mapToObj(i -> invalid.getProblem(i).getMessage())
                    .forEach(problem -> System.err.println(formatConfigProblem(problem)));
        } else if (cause instanceof IOException) {
            boolean management = ExceptionUtil.generateStackTrace(failure).contains("management interface");
            String key = management ? "quarkus.management.port" : "quarkus.http.port";
            System.err.printf(
                    "%s: cannot listen on port %s: %s; stop the program that has it, or set another port%n",
                    key, ConfigProvider.getConfig().getConfigValue(key).getValue(), cause.getMessage());
        } else if (cause instanceof ConfigurationException) {
            System.err.println(cause.getMessage());
        } else {
            cause.printStackTrace();
        }
    }

    /** Rewrites a message of the configuration library in one line: key, value, and what is allowed. */
    private static String formatConfigProblem(String problem) {
        Matcher bad = CONVERSION_ERROR.matcher(problem);
        if (bad.matches()) {
            return bad.group(1) + ": '" + bad.group(2) + "' " + describeConversionError(bad.group(3));
        }
        Matcher unknown = UNKNOWN_KEY.matcher(problem);
        return unknown.matches()
                ? unknown.group(1) + ": there is no such key; docs/configuration.md names them all"
                : problem.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    private static String describeConversionError(String reason) {
        if (reason.contains("Invalid duration")) {
            return "is no time; write it like 500ms, 2s, 5m or 24h";
        }
        return reason.contains("Expected an integer") || reason.contains("Expected a long")
                ? "is no whole number"
                : "is not allowed: " + reason.strip();
    }
}
