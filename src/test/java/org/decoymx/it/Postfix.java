package org.decoymx.it;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A Postfix instance with its own configuration and queue. It relays mail from one loopback port to another. */
public final class Postfix implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final String postfix = RealProgram.require("postfix");
    private final String postqueue = RealProgram.require("postqueue");
    private final Path dir = TestResources.createDirectory("postfix");
    private final String config = dir.resolve("etc").toString();
    private final int port = TestResources.reservePort();

    private final String from;
    private final String main;
    private final List<String> commandPrefix;

    /**
     * Starts Postfix.
     *
     * @param relayPort the port on loopback to which it relays all mail
     */
    Postfix(int relayPort) {
        this(relayPort, "127.0.0.1");
    }

    /**
     * Starts Postfix.
     *
     * @param relayPort the port on loopback to which it relays all mail
     * @param from its source address, {@code smtp_bind_address}
     */
    Postfix(int relayPort, String from) {
        this(relayPort, from, "", "");
    }

    /**
     * Starts Postfix.
     *
     * @param main more lines of main.cf, which may override the defaults
     * @param master more lines of master.cf
     * @param commandPrefix a command line that runs Postfix, for example in a network namespace
     */
    public Postfix(String main, String master, String... commandPrefix) {
        this(TestResources.reservePort(), "127.0.0.1", main, master, commandPrefix);
    }

    private Postfix(int relayPort, String from, String main, String master, String... commandPrefix) {
        this.from = from;
        this.main = main;
        this.commandPrefix = List.of(commandPrefix);
        RealProgram.requireRoot();
        try {
            for (String name : List.of("etc", "queue", "data")) {
                Files.createDirectory(dir.resolve(name));
            }
            setOwnerToPostfix(dir.resolve("data"));
            Files.writeString(dir.resolve("etc/master.cf"), master() + master);
            configure(relayPort);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start();
    }

    /** Starts Postfix again after {@link #stop}. */
    public void start() {
        run(Stream.of(postfix, "-c", config, "start"));
    }

    /** Configures a policy service, a program that Postfix spawns, and queries it when a client connects. */
    void usePolicyService(String... program) throws IOException {
        append("etc/master.cf", "policy unix - n n - 0 spawn user=nobody argv=" + String.join(" ", program));
        append("etc/main.cf", "smtpd_delay_reject = no");
        append(
                "etc/main.cf",
                "smtpd_client_restrictions ="
                        + " check_policy_service { unix:private/policy, default_action=DUNNO, timeout=5s }");
        stop();
        start();
    }

    /** The command line that reloads the configuration and the tables. */
    String reloadCommand() {
        return postfix + " -c " + config + " reload";
    }

    private void append(String file, String line) throws IOException {
        Files.writeString(dir.resolve(file), line + "\n", StandardOpenOption.APPEND);
    }

    /** Stops Postfix and keeps its directory. */
    public void stop() {
        Path pidFile = dir.resolve("queue/pid/master.pid");
        long pid = Files.exists(pidFile)
                ? Long.parseLong(CompletedProgram.read(pidFile).strip())
                : -1;
        try {
            CompletedProgram.run(LIMIT, postfix, "-c", config, "stop");
        } finally {
            ProcessHandle.of(pid).ifPresent(master -> {
                master.descendants().forEach(ProcessHandle::destroyForcibly);
                master.destroyForcibly();
            });
        }
    }

    /** Changes the owner of a file to the user of Postfix's daemons. */
    static Path setOwnerToPostfix(Path file) throws IOException {
        return Files.setOwner(
                file, file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postfix"));
    }

    /**
     * Writes main.cf. It contains no parameter twice, because each process logs a warning about that, and postlogd
     * could then wait for itself forever.
     */
    private void configure(int relayPort) throws IOException {
        String base = """
                compatibility_level = 3.6
                queue_directory = %1$s/queue
                data_directory = %1$s/data
                maillog_file = %1$s/log
                maillog_file_prefixes = %1$s
                mail_owner = postfix
                inet_interfaces = 127.0.0.1
                inet_protocols = ipv4
                myhostname = relay.client.test
                mydestination =
                mynetworks = 127.0.0.0/8
                smtpd_peername_lookup = no
                alias_maps =
                alias_database =
                smtp_dns_support_level = disabled
                smtp_host_lookup = native
                relayhost = [127.0.0.1]:%2$d
                smtp_bind_address = %3$s
                """.formatted(dir, relayPort, from);
        String defaults = base.lines()
                .filter(line -> !main.contains(line.substring(0, line.indexOf('=') + 1)))
                .collect(joining("\n", "", "\n"));
        Files.writeString(dir.resolve("etc/main.cf"), defaults + main);
    }

    private String master() {
        return """
                127.0.0.1:%d inet n - n - - smtpd
                pickup unix n - n 60 1 pickup
                cleanup unix n - n - 0 cleanup
                qmgr unix n - n 300 1 qmgr
                rewrite unix - - n - - trivial-rewrite
                bounce unix - - n - 0 bounce
                defer unix - - n - 0 bounce
                trace unix - - n - 0 bounce
                flush unix n - n 1000? 0 flush
                proxymap unix - - n - - proxymap
                smtp unix - - n - - smtp
                showq unix n - n - - showq
                error unix - - n - - error
                retry unix - - n - - error
                anvil unix - - n - 1 anvil
                scache unix - - n - 1 scache
                postlog unix-dgram n - n - 1 postlogd
                """.formatted(port);
    }

    /** The port on which Postfix accepts mail. */
    int port() {
        return port;
    }

    /** The queue, one JSON object for each message. */
    public List<String> queuedMessages() {
        CompletedProgram run = CompletedProgram.run(LIMIT, postqueue, "-c", config, "-j");
        assertThat(run.code()).as(run.output()).isZero();
        return run.output().lines().toList();
    }

    /** Relays all mail to another port from now on. */
    void relayTo(int relayPort) throws IOException {
        configure(relayPort);
        assertThat(CompletedProgram.run(LIMIT, postfix, "-c", config, "reload").code())
                .isZero();
    }

    /**
     * Changes parameters of main.cf, and has all daemons read it.
     *
     * @param parameters such as {@code queue_minfree=0}
     */
    public void setParameters(String... parameters) {
        run(Stream.concat(Stream.of("postconf", "-c", config, "-e"), Stream.of(parameters)));
        run(Stream.of(postfix, "-c", config, "reload"));
    }

    /**
     * Queues a message, as a program on the machine does.
     *
     * @param from the reverse-path
     */
    public void submit(String from, String recipient) {
        String script = "printf 'Subject: hello\\n\\nhello\\n' | sendmail -C \"$0\" -i -f \"$@\"";
        run(Stream.of("sh", "-c", script, config, from, recipient));
    }

    /** Tries to deliver a queued message now. */
    public void retry(String queueId) {
        run(Stream.of(postqueue, "-c", config, "-i", queueId));
    }

    private void run(Stream<String> command) {
        CompletedProgram run = CompletedProgram.run(
                LIMIT, Stream.concat(commandPrefix.stream(), command).toArray(String[]::new));
        assertThat(run.code()).as(run.output()).isZero();
    }

    /** Tries to deliver all queued messages. During a reload, a request may have no effect. */
    void flush() {
        assertThat(CompletedProgram.run(LIMIT, postqueue, "-c", config, "-f").code())
                .isZero();
    }

    /** The log file. */
    public Path logFile() {
        return dir.resolve("log");
    }

    /** The contents of the log file. */
    public String log() {
        return CompletedProgram.read(logFile());
    }

    @Override
    public void close() {
        stop();
        TestResources.delete(dir);
    }
}
