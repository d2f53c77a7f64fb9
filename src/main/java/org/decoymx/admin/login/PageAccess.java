package org.decoymx.admin.login;

import io.quarkus.security.identity.SecurityIdentity;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
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

    /** Who has sent a request; does not block. */
    PageReader reader(SecurityIdentity sender, HttpServerRequest request) {
        boolean hasRole = ROLES.stream().anyMatch(sender::hasRole);
        return new PageReader(
                UserAccounts.name(sender),
                hasRole || users.size() == 0 && isOpenWithoutUsers(request),
                sender.hasRole(Role.ADMIN));
    }

    private boolean isOpenWithoutUsers(HttpServerRequest request) {
        return policy.settings().mode() == PolicyMode.TRIAL || networks.isInNetworks(request);
    }
}
