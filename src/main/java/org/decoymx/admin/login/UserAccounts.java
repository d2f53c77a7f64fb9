package org.decoymx.admin.login;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.decoymx.admin.AdminConfig;
import org.decoymx.net.IpPrefix;
import org.decoymx.support.FileMessages;
import org.decoymx.support.PeriodicJobs;
import org.decoymx.support.Role;
import org.decoymx.support.SteadyClock;
import org.decoymx.support.WatchedFile;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** The users of {@code decoy.admin.users-file}, and the check of their passwords. Thread-safe. */
@Singleton
final class UserAccounts {
    static final String KEY = "decoy.admin.users-file";

    private static final Logger LOG = Logger.getLogger(UserAccounts.class);
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(2);
    private static final int MAX_PASSWORD = 200;

    /** Each check takes a processor for some tenths of a second; more wait for their turn. */
    private static final int MAX_CHECKS = 2;

    private static final int MAX_WAITING_CHECKS = 20;
    private static final long MAX_WAIT_SECONDS = 10;
    private static final int DEFAULT_COST = 10;

    private final Optional<Path> path;
    private final Optional<WatchedFile<UserFile.Users>> file;
    private final Path sessionKey;
    private final AuditLog audit;
    private final LoginThrottle throttle;
    private final Semaphore checks = new Semaphore(MAX_CHECKS, true);
    private volatile Map<String, UserFile.User> users = Map.of();
    private volatile UserFile.User unknown = UserFile.User.unknown(DEFAULT_COST);

    UserAccounts(
            AdminConfig config,
            @ConfigProperty(name = "decoy.ledger.dir") Path dir,
            SteadyClock clock,
            AuditLog audit) {
        sessionKey = SessionKey.file(dir);
        path = config.admin().usersFile();
        file = path.map(usersFile -> new WatchedFile<>(usersFile, UserFile::parse, clock));
        this.audit = audit;
        throttle = new LoginThrottle(clock.durations());
    }

    void start(@Observes StartupEvent event, PeriodicJobs jobs) {
        file.ifPresent(usersFile -> {
            try {
                publish(usersFile, usersFile.readInitial());
            } catch (IOException e) {
                throw new ConfigurationException(KEY + ": '" + usersFile.name() + "' cannot be read: "
                        + FileMessages.describe(e) + "; name a file that the decoy can read");
            }
            if (!Files.isReadable(sessionKey)) {
                LOG.warnf(
                        "%s cannot be written: users must log in again after a restart", FileMessages.name(sessionKey));
            }
            jobs.schedule(
                    "users", CHECK_INTERVAL, () -> usersFile.readIfChanged().ifPresent(changed -> {
                        String differences = UserFile.differences(users, changed.byName());
                        publish(usersFile, changed);
                        if (!differences.isEmpty()) {
                            audit.record(KEY, "", differences, "");
                        }
                    }));
        });
    }

    private void publish(WatchedFile<UserFile.Users> usersFile, UserFile.Users read) {
        users = Map.copyOf(read.byName());
        unknown = UserFile.User.unknown(
                users.values().stream().mapToInt(UserFile.User::cost).max().orElse(DEFAULT_COST));
        LOG.infof("%s: read %d users", usersFile.name(), users.size());
        read.errors().toLogLines(usersFile.name()).forEach(LOG::warn);
        warning().ifPresent(LOG::warn);
    }

    /** Whether there is to be a file of users; without any the pages are open to local clients. */
    boolean isConfigured() {
        return path.isPresent();
    }

    /** The number of users. */
    int size() {
        return users.size();
    }

    /** Whether a user has one of some roles. */
    boolean hasAny(Set<String> roles) {
        return users.values().stream().map(UserAccounts::identify).anyMatch(user -> roles.stream()
                .anyMatch(user::hasRole));
    }

    /** How long a client must wait after wrong passwords; zero if it may log in now. */
    Duration remainingWait(IpPrefix client) {
        return throttle.remainingWait(client);
    }

    /** Why the file cannot be read, or its first invalid line; empty if there is no problem. */
    Optional<String> problem() {
        return file.flatMap(WatchedFile::problem);
    }

    /** That all users of the machine can read the file; empty if they cannot. */
    Optional<String> warning() {
        try {
            return path.isPresent()
                            && Files.getPosixFilePermissions(path.get()).contains(PosixFilePermission.OTHERS_READ)
                    ? Optional.of(FileMessages.name(path.get())
                            + " can be read by all users of this machine, who can then guess passwords; chmod o= it")
                    : Optional.empty();
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    /**
     * The identity of a user who has logged in before; empty if the user was removed from the file or has another
     * password since.
     *
     * @param session see {@link UserFile.User#session}
     */
    Optional<SecurityIdentity> find(String session) {
        return Optional.ofNullable(users.get(nameIn(session)))
                .filter(user -> user.session().equals(session))
                .map(UserAccounts::identify);
    }

    private static String nameIn(String session) {
        int end = session.indexOf(UserFile.SESSION_SEPARATOR);
        return end < 0 ? session : session.substring(0, end);
    }

    /** An administrator may send visit reports too, as with a token. */
    private static SecurityIdentity identify(UserFile.User user) {
        return QuarkusSecurityIdentity.builder()
                .setPrincipal(new QuarkusPrincipal(user.session()))
                .addRoles(user.roles())
                .addRoles(user.roles().contains(Role.ADMIN) ? Set.of(Role.WITNESS) : Set.of())
                .build();
    }

    /** The name of a user, or the key of a token; empty for nobody. */
    static String name(SecurityIdentity identity) {
        return identity.isAnonymous() ? "" : nameIn(identity.getPrincipal().getName());
    }

    /** Whether an identity is that of a user, not of a token. */
    static boolean isUser(SecurityIdentity identity) {
        return identity.getPrincipal().getName().indexOf(UserFile.SESSION_SEPARATOR) >= 0;
    }

    /**
     * Checks a password, which takes some tenths of a second.
     *
     * @throws AuthenticationFailedException if it is wrong, or cannot be checked now; the message says why
     */
    SecurityIdentity authenticate(String name, String password, IpPrefix client) {
        requireNoWait(client);
        if (users.isEmpty()) {
            throw new AuthenticationFailedException("There are no users; see " + KEY);
        }
        if (checks.getQueueLength() >= MAX_WAITING_CHECKS || !throttle.beginCheck(client)) {
            throw tooManyLogins();
        }
        try {
            return check(name, password, client);
        } finally {
            throttle.endCheck(client);
        }
    }

    private static AuthenticationFailedException tooManyLogins() {
        return new AuthenticationFailedException("Too many logins at the same time; try again");
    }

    private SecurityIdentity check(String name, String password, IpPrefix client) {
        if (!acquireCheck()) {
            throw tooManyLogins();
        }
        try {
            requireNoWait(client); // another check of the same network may have failed meanwhile
            UserFile.User user = users.getOrDefault(name, unknown);
            if (password.length() > MAX_PASSWORD || !user.hasPassword(password)) {
                matchTimeOfUnknown(user, password);
                recordFailure(user, client);
                throw new AuthenticationFailedException("Wrong user name or password");
            }
            throttle.recordSuccess(client, name);
            return identify(user);
        } finally {
            checks.release();
        }
    }

    /** An unknown user costs as much as the most expensive known one; each further cost takes twice as long. */
    private void matchTimeOfUnknown(UserFile.User user, String password) {
        for (int cost = user.cost(); cost < unknown.cost() && password.length() <= MAX_PASSWORD; cost++) {
            UserFile.User.unknown(cost).hasPassword(password);
        }
    }

    private void requireNoWait(IpPrefix client) {
        Duration wait = throttle.remainingWait(client);
        if (!wait.isZero()) {
            throw new AuthenticationFailedException(
                    "Too many wrong passwords from your network; try again in " + (wait.toSeconds() + 1) + " s");
        }
    }

    private boolean acquireCheck() {
        try {
            return checks.tryAcquire(MAX_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void recordFailure(UserFile.User user, IpPrefix client) {
        throttle.recordFailure(client, user.name())
                .ifPresent(what ->
                        audit.record(user.name().isEmpty() ? "nobody" : user.name(), client.toString(), what, ""));
    }
}
