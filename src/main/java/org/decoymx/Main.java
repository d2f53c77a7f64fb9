package org.decoymx;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.runtime.util.ExceptionUtil;
import io.smallrye.config.ConfigValidationException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.decoymx.store.SqliteLibrary;
import org.decoymx.support.NativeLibraries;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Starts the decoy. If the start fails, prints the reason in one line. */
@QuarkusMain
public final class Main {
    private static final Logger LOG = Logger.getLogger(Main.class);
    private static final Pattern BAD_QUARKUS_VALUE =
            Pattern.compile(".*config property (quarkus\\.\\S+) with the config value .*", Pattern.DOTALL);
    private static final Pattern CERTIFICATE_FILE = Pattern.compile("quarkus\\.tls\\..*\\.(cert|key|certs|path)");

    private Main() {}

    public static void main(String... args) {
        Locale.setDefault(Locale.ROOT); // also for the libraries: digits and letters in logs are ASCII everywhere
        OptionalInt exitCode = LaunchOptions.run(args, System.out, System.err);
        if (exitCode.isPresent()) {
            System.exit(exitCode.getAsInt());
        }
        // renegotiation is expensive for the server and cheap for the client; no mail software needs it
        System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
        NativeLibraries.chooseDirectory();
        var unused = LoggerFactory.getILoggerFactory(); // SLF4J prints warnings if two threads begin to use it at once
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
        // all that is wrong with the configuration, not what was met first
        List<String> problems = ConfigMappings.report().problems();
        if (!problems.isEmpty()) {
            problems.forEach(System.err::println);
        } else if (cause instanceof ConfigValidationException invalid) {
            IntStream.range(0, invalid.getProblemCount())
                    .mapToObj(i -> formatConfigProblem(invalid.getProblem(i).getMessage()))
                    .forEach(System.err::println);
        } else if (ExceptionUtil.generateStackTrace(failure).contains("io.quarkus.tls.runtime")) {
            System.err.println(describeCertificateFailure(cause));
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

    /** A certificate or key of the user; the message of the library does not say which file it is. */
    private static String describeCertificateFailure(Throwable cause) {
        String files = StreamSupport.stream(
                        ConfigProvider.getConfig().getPropertyNames().spliterator(), false)
                .filter(key -> CERTIFICATE_FILE.matcher(key).matches())
                .sorted()
                .map(key -> key + "="
                        + ConfigProvider.getConfig().getConfigValue(key).getValue())
                .collect(Collectors.joining(", "));
        return "quarkus.tls: a certificate or key cannot be read: " + cause.getMessage() + "; check " + files;
    }

    /** A key of Quarkus; the message of the library has several lines, and may quote a secret. */
    private static String formatConfigProblem(String problem) {
        Matcher bad = BAD_QUARKUS_VALUE.matcher(problem);
        return bad.matches()
                ? bad.group(1) + ": the value is not valid; see https://quarkus.io/guides/all-config"
                : problem.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
