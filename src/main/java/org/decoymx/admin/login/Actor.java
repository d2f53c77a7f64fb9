package org.decoymx.admin.login;

import io.quarkus.security.identity.SecurityIdentity;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;

/** Who has sent a request. */
interface Actor {

    /** The name of the user, or the key of the token. */
    String name();

    /** The address of the client. */
    String address();

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
            return String.valueOf(client.request().remoteAddress().hostAddress());
        }
    }
}
