package org.decoymx.admin.login;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.SecurityIdentity;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import org.decoymx.net.HttpClientAddress;
import org.decoymx.net.IpPrefix;

/** Who has sent a request. */
interface Actor {

    /** The name of the user, or the key of the token. */
    String name();

    /** The address of the client. */
    String address();

    /** The address of a client, or its /64, for the limits of logins. */
    static IpPrefix client(RoutingContext context) {
        return HttpClientAddress.of(context.request())
                .map(IpPrefix::hostRange)
                .orElseThrow(() -> new AuthenticationFailedException("A client without an address cannot log in"));
    }

    /** Who has sent the current request. */
    @Singleton
    final class OfRequest implements Actor {
        private final SecurityIdentity identity;
        private final RoutingContext client;

        OfRequest(SecurityIdentity identity, RoutingContext client) {
            this.identity = identity;
            this.client = client;
        }

        @Override
        public String name() {
            return UserAccounts.name(identity);
        }

        @Override
        public String address() {
            return HttpClientAddress.text(client.request());
        }
    }
}
