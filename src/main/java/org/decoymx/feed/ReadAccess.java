package org.decoymx.feed;

import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Set;
import org.decoymx.feed.FeedConfig.AccessPolicy;
import org.decoymx.net.HttpClientAddress;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.PrefixMap;

/** Who may read something: everybody, who sends a token with one of some roles, or who is in one of some networks. */
public final class ReadAccess {
    private final AccessPolicy policy;
    private final PrefixMap<IpPrefix> networks;
    private final Set<String> roles;

    /**
     * @param networks the networks that may read, for {@link AccessPolicy#NETWORK}
     * @param roles the roles that may read, for {@link AccessPolicy#TOKEN}
     */
    public ReadAccess(AccessPolicy policy, List<String> networks, Set<String> roles) {
        this.policy = policy;
        this.networks = PrefixMap.parse(networks);
        this.roles = roles;
    }

    /** The policy. */
    public AccessPolicy policy() {
        return policy;
    }

    /** Whether a client may read; the identity is only looked at for {@link AccessPolicy#TOKEN}. */
    public Uni<Boolean> permits(HttpServerRequest request, Uni<SecurityIdentity> identity) {
        return switch (policy) {
            case OPEN -> Uni.createFrom().item(true);
            case NETWORK -> Uni.createFrom().item(isInNetworks(request));
            case TOKEN -> identity.map(found -> roles.stream().anyMatch(found::hasRole));
        };
    }

    /** Whether a client is in one of the networks. */
    public boolean isInNetworks(HttpServerRequest request) {
        return HttpClientAddress.isIn(request, address -> networks.findLongestMatch(address) != null);
    }
}
