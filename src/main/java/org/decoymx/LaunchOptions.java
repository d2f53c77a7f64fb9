package org.decoymx;

import java.io.PrintStream;
import java.util.OptionalInt;
import org.decoymx.support.ConfigReport;
import org.decoymx.support.PrintableText;

/** The options of the command line; none of them starts the decoy. */
final class LaunchOptions {
    private static final int BAD_USAGE = 2;
    private static final String OPTIONS = "--help, --version, --check-config, --hash-password";
    private static final String HELP = """
            Usage: java [-Dkey=value ...] -jar quarkus-run.jar [option]

            Without an option the decoy mail server starts.

              --help          print this text
              --version       print the version
              --check-config  check the configuration, print a line for each problem, and
                              start nothing; the exit code is 0 if there is none, else 1
              --hash-password
                              read a password from standard input, and print its hash for
                              decoy.admin.users-file; decoymx hash-password asks for it

            The configuration is read from, the first wins:
              system properties           -Ddecoy.smtp.port=25, before -jar
              environment variables       DECOY_SMTP_PORT=25
              .env                        DECOY_SMTP_PORT=25, in the working directory
              config/application.properties
                                          decoy.smtp.port=25, below the working directory

            docs/configuration.md describes all keys, docs/operating.md how to run the decoy.
            """;

    private LaunchOptions() {}

    /**
     * Does what the arguments say.
     *
     * @return the exit code, or empty when the decoy is to start
     */
    static OptionalInt run(String[] arguments, PrintStream out, PrintStream err) {
        if (arguments.length == 0) {
            return OptionalInt.empty();
        }
        if (arguments.length > 1) {
            err.println("too many arguments; allowed is one of " + OPTIONS);
            return OptionalInt.of(BAD_USAGE);
        }
        switch (arguments[0]) {
            case "--help" -> out.print(HELP);
            case "--version" -> out.println("decoymx " + version());
            case "--check-config" -> {
                return OptionalInt.of(checkConfig(out, err));
            }
            case "--hash-password" -> {
                return OptionalInt.of(PasswordHash.run(out, err));
            }
            default -> {
                err.println(
                        "unknown argument '" + PrintableText.escape(arguments[0]) + "'; allowed is one of " + OPTIONS);
                return OptionalInt.of(BAD_USAGE);
            }
        }
        return OptionalInt.of(0);
    }

    /** From the manifest of the jar; classes that were not packaged have none. */
    private static String version() {
        String version = LaunchOptions.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }

    private static int checkConfig(PrintStream out, PrintStream err) {
        ConfigReport report = ConfigMappings.report();
        report.warnings().forEach(warning -> err.println("warning: " + warning));
        report.problems().forEach(err::println);
        if (report.problems().isEmpty()) {
            out.println("The configuration is valid.");
            return 0;
        }
        return 1;
    }
}
