package org.decoymx.admin.login;

import io.quarkus.security.identity.SecurityIdentity;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import org.decoymx.admin.AdminConfig;
import org.decoymx.feed.FeedConfig.AccessPolicy;
import org.decoymx.feed.ReadAccess;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyMode;
import org.decoymx.support.Role;

/**
 * Who may see the page and the list of senders, and who may change something. While there are no users, clients in
 * {@code decoy.senders.networks} may see them, and in trial mode everybody.
 */
@Singleton
public final class PageAccess {
    /** The roles that may see the pages. */
    static final Set<String> ROLES = Set.of(Role.READER, Role.ADMIN);

    private static final List<String> FORWARDING_FIELDS = List.of("Forwarded", "X-Forwarded-For", "Via");

    private final ReadAccess networks;
    private final UserAccounts users;
    private final Policy policy;
    private final SecurityIdentity identity;
    private final RoutingContext client;

    PageAccess(
            AdminConfig config, UserAccounts users, Policy policy, SecurityIdentity identity, RoutingContext client) {
        networks = new ReadAccess(AccessPolicy.NETWORK, config.senders().networks(), Set.of());
        this.users = users;
        this.policy = policy;
        this.identity = identity;
        this.client = client;
    }

    /**
     * Who reads a page.
     *
     * @param user the name of the user, or the key of the token; empty if there is neither
     * @param mayRead whether the page and the list of senders may be shown
     * @param mayChange whether it has the role admin
     */
    public record PageReader(String user, boolean mayRead, boolean mayChange) {}

    /** Who has sent the current request. It may wait for the check of a password, so not on an event loop. */
    public PageReader reader() {
        return reader(identity, client.request());
    }

    /** Whether a user or the token of the administrator has sent the current request; it may wait, too. */
    boolean isPerson() {
        return identity.hasRole(Role.ADMIN) || UserAccounts.isUser(identity);
    }

    /** Who has sent a request; does not block. */
    PageReader reader(SecurityIdentity sender, HttpServerRequest request) {
        boolean hasRole = ROLES.stream().anyMatch(sender::hasRole);
        return new PageReader(
                UserAccounts.name(sender),
                hasRole || !users.isConfigured() && isOpenWithoutUsers(request),
                sender.hasRole(Role.ADMIN));
    }

    /** Behind a proxy that is not configured all clients have its address, which is often a local one. */
    private static boolean isFromUnknownProxy(HttpServerRequest request) {
        return FORWARDING_FIELDS.stream().anyMatch(request.headers()::contains)
                && request.remoteAddress().equals(request.connection().remoteAddress());
    }

    private boolean isOpenWithoutUsers(HttpServerRequest request) {
        return policy.settings().mode() == PolicyMode.TRIAL
                || networks.isInNetworks(request) && !isFromUnknownProxy(request);
    }
}
