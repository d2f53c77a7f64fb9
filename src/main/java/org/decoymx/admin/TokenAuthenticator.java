package org.decoymx.admin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.decoymx.feed.FeedConfig;
import org.decoymx.support.Role;
import org.jspecify.annotations.Nullable;

/**
 * Gives a request the roles of its token, which is a Bearer token (RFC 6750), or the password of Basic authentication
 * with any user name (RFC 7617). Without a valid token a request is anonymous: whether that is enough, each endpoint
 * decides.
 */
@Singleton
class TokenAuthenticator implements HttpAuthenticationMechanism {
    static final String CHALLENGE = "Bearer realm=\"decoymx\"";

    private static final SecurityIdentity WITHOUT_ROLES = QuarkusSecurityIdentity.builder()
            .setPrincipal(new QuarkusPrincipal("token"))
            .build();

    private final Map<String, SecurityIdentity> identities = new HashMap<>();

    TokenAuthenticator(AdminConfig config, FeedConfig feedConfig) {
        config.admin().token().ifPresent(token -> grant(token, Set.of(Role.ADMIN, Role.WITNESS)));
        config.witness().token().ifPresent(token -> grant(token, Set.of(Role.WITNESS)));
        feedConfig.tokens().orElse(List.of()).forEach(token -> grant(token, Set.of(Role.READER)));
    }

    private void grant(String token, Set<String> roles) {
        identities.put(
                token,
                QuarkusSecurityIdentity.builder(identities.getOrDefault(token, WITHOUT_ROLES))
                        .addRoles(roles)
                        .build());
    }

    /** Whether there is a token for a role. */
    boolean isGranted(String role) {
        return identities.values().stream().anyMatch(identity -> identity.hasRole(role));
    }

    /** The identity for the token in an Authorization field. Each token is compared in constant time. */
    Optional<SecurityIdentity> find(@Nullable String authorization) {
        byte[] sent = toOctets(authorization == null ? "" : extractToken(authorization));
        return identities.entrySet().stream()
                .filter(entry -> MessageDigest.isEqual(toOctets(entry.getKey()), sent))
                .map(Map.Entry::getValue)
                .findAny();
    }

    private static String extractToken(String authorization) {
        String scheme = authorization.split(" ", 2)[0];
        String sent = authorization.substring(scheme.length()).strip();
        try {
            return switch (scheme.toLowerCase(Locale.ROOT)) {
                case "bearer" -> sent;
                case "basic" -> new String(Base64.getDecoder().decode(sent), ISO_8859_1).replaceFirst("^[^:]*:", "");
                default -> "";
            };
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private static byte[] toOctets(String text) {
        return text.getBytes(ISO_8859_1);
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager identityProviders) {
        return Uni.createFrom().optional(find(context.request().getHeader(HttpHeaderNames.AUTHORIZATION)));
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext context) {
        return Uni.createFrom().item(new ChallengeData(401, HttpHeaderNames.WWW_AUTHENTICATE, CHALLENGE));
    }
}
