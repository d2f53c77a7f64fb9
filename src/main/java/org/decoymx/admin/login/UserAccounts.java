package org.decoymx.admin.login;

import static org.decoymx.net.IpText.parseAddress;
import static org.decoymx.net.IpText.removeZone;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.decoymx.admin.AdminConfig;
import org.decoymx.net.IpPrefix;
import org.decoymx.support.FileMessages;
import org.decoymx.support.PeriodicJobs;
import org.decoymx.support.SteadyClock;
import org.decoymx.support.WatchedFile;
import org.jboss.logging.Logger;

/** The users of {@code decoy.admin.users-file}, and the check of their passwords. Thread-safe. */
@Singleton
final class UserAccounts {
    private static final Logger LOG = Logger.getLogger(UserAccounts.class);
    private static final String KEY = "decoy.admin.users-file";
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(2);
    private static final int MAX_PASSWORD = 200;

    /** Each check takes a processor for some tenths of a second. */
    private static final int MAX_CHECKS = 2;

    /** Of no password; it makes the check of an unknown user take as long as that of a known one. */
    private static final UserFile.User UNKNOWN =
            new UserFile.User("", "$2b$10$abcdefghijklmnopqrstuuAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", Set.of());

    private final Optional<WatchedFile<UserFile.Users>> file;
    private final LoginThrottle throttle;
    private final Semaphore checks = new Semaphore(MAX_CHECKS);
    private volatile Map<String, UserFile.User> users = Map.of();

    UserAccounts(AdminConfig config, SteadyClock clock) {
        file = config.admin().usersFile().map(path -> new WatchedFile<>(path, UserFile::parse, clock));
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
            jobs.schedule("users", CHECK_INTERVAL, () -> usersFile
                    .readIfChanged()
                    .ifPresent(changed -> publish(usersFile, changed)));
        });
    }

    private void publish(WatchedFile<UserFile.Users> usersFile, UserFile.Users read) {
        users = Map.copyOf(read.byName());
        LOG.infof("%s: read %d users", usersFile.name(), users.size());
        read.errors().toLogLines(usersFile.name()).forEach(LOG::warn);
    }

    /** Whether there is a user. */
    boolean isEmpty() {
        return users.isEmpty();
    }

    /** How long a client must wait after wrong passwords; zero if it may log in now. */
    Duration remainingWait(IpPrefix client) {
        return throttle.remainingWait(client);
    }

    /** Why the file cannot be read, or its first invalid line; empty if there is no problem. */
    Optional<String> problem() {
        return file.flatMap(WatchedFile::problem);
    }

    /** The identity of a user who has logged in before; empty if the user was removed from the file since. */
    Optional<SecurityIdentity> find(String name) {
        return Optional.ofNullable(users.get(name)).map(UserAccounts::identify);
    }

    private static SecurityIdentity identify(UserFile.User user) {
        return QuarkusSecurityIdentity.builder()
                .setPrincipal(new QuarkusPrincipal(user.name()))
                .addRoles(user.roles())
                .build();
    }

    /**
     * Checks a password, which takes some tenths of a second.
     *
     * @throws AuthenticationFailedException if it is wrong, or cannot be checked now; the message says why
     */
    SecurityIdentity authenticate(String name, String password, IpPrefix client) {
        Duration wait = throttle.remainingWait(client);
        if (!wait.isZero()) {
            throw new AuthenticationFailedException(
                    "Too many wrong passwords from this network; try again in " + (wait.toSeconds() + 1) + " s");
        }
        if (!checks.tryAcquire()) {
            throw new AuthenticationFailedException("Too many logins at the same time; try again");
        }
        try {
            UserFile.User user = users.getOrDefault(name, UNKNOWN);
            if (password.length() > MAX_PASSWORD || !user.hasPassword(password)) {
                throttle.recordFailure(client);
                throw new AuthenticationFailedException("Wrong user name or password");
            }
            throttle.recordSuccess(client);
            return identify(user);
        } finally {
            checks.release();
        }
    }

    /** The address of a client, or its /64. */
    static IpPrefix client(RoutingContext context) {
        return Optional.ofNullable(context.request().remoteAddress().hostAddress())
                .flatMap(host -> parseAddress(removeZone(host)))
                .map(IpPrefix::hostRange)
                .orElseThrow(() -> new AuthenticationFailedException("A client without an address cannot log in"));
    }
}
