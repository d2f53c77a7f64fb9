package org.decoymx.admin.login;

import io.quarkus.security.identity.SecurityIdentity;
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
        boolean mayChange = identity.hasRole(Role.ADMIN);
        boolean hasRole = mayChange || identity.hasRole(Role.READER);
        boolean mayRead = hasRole || users.isEmpty() && isOpenWithoutUsers();
        return new PageReader(
                identity.isAnonymous() ? "" : identity.getPrincipal().getName(), mayRead, mayChange);
    }

    private boolean isOpenWithoutUsers() {
        return policy.settings().mode() == PolicyMode.TRIAL || networks.isInNetworks(client.request());
    }
}
