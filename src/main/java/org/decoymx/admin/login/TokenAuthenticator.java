package org.decoymx.admin.login;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.credential.PasswordCredential;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.UsernamePasswordAuthenticationRequest;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.quarkus.vertx.http.runtime.security.HttpSecurityUtils;
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
import org.decoymx.admin.AdminConfig;
import org.decoymx.feed.FeedConfig;
import org.decoymx.support.Role;
import org.jspecify.annotations.Nullable;

/**
 * Gives a request the roles of its token, which is a Bearer token (RFC 6750), or the password of Basic authentication
 * with any user name (RFC 7617), or else the roles of the user with that name and password. Without any of them a
 * request is anonymous: whether that is enough, each endpoint decides.
 */
@Singleton
class TokenAuthenticator implements HttpAuthenticationMechanism {
    static final String CHALLENGE = "Bearer realm=\"decoymx\"";

    private static final String[] NONE = {""};
    private static final String PROBLEM = TokenAuthenticator.class.getName();

    /** Before the cookie of a login. */
    private static final int PRIORITY = DEFAULT_PRIORITY + 1;

    private final Map<String, SecurityIdentity> identities = new HashMap<>();
    private final UserAccounts users;

    TokenAuthenticator(AdminConfig config, FeedConfig feedConfig, UserAccounts users) {
        this.users = users;
        config.admin().token().ifPresent(token -> grant(token, "decoy.admin.token", Set.of(Role.ADMIN, Role.WITNESS)));
        config.witness().token().ifPresent(token -> grant(token, "decoy.witness.token", Set.of(Role.WITNESS)));
        feedConfig.tokens().orElse(List.of()).forEach(token -> grant(token, "decoy.feed.tokens", Set.of(Role.READER)));
    }

    private void grant(String token, String key, Set<String> roles) {
        SecurityIdentity before = identities.get(token);
        QuarkusSecurityIdentity.Builder identity = before == null
                ? QuarkusSecurityIdentity.builder().setPrincipal(new QuarkusPrincipal(key))
                : QuarkusSecurityIdentity.builder(before);
        identities.put(token, identity.addRoles(roles).build());
    }

    /** Whether there is a token for one of some roles. */
    boolean grantsAny(Set<String> roles) {
        return identities.values().stream().anyMatch(identity -> roles.stream().anyMatch(identity::hasRole));
    }

    /** The identity for the token in an Authorization field. Each token is compared in constant time. */
    Optional<SecurityIdentity> find(@Nullable String authorization) {
        String[] credentials = parse(authorization);
        byte[] sent = toOctets(credentials[credentials.length - 1]);
        return identities.entrySet().stream()
                .filter(entry -> MessageDigest.isEqual(toOctets(entry.getKey()), sent))
                .map(Map.Entry::getValue)
                .findAny();
    }

    /** A Bearer token, or user name and password; of anything else an empty token, which nobody has. */
    private static String[] parse(@Nullable String authorization) {
        if (authorization == null) {
            return NONE;
        }
        String scheme = authorization.split(" ", 2)[0];
        String sent = authorization.substring(scheme.length()).strip();
        try {
            return switch (scheme.toLowerCase(Locale.ROOT)) {
                case "bearer" -> new String[] {sent};
                case "basic" -> new String(Base64.getDecoder().decode(sent), UTF_8).split(":", 2);
                default -> NONE;
            };
        } catch (IllegalArgumentException e) {
            return NONE;
        }
    }

    private static byte[] toOctets(String text) {
        return text.getBytes(UTF_8);
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager identityProviders) {
        if (LoginPage.isSubmitted(context)) {
            return Uni.createFrom().nullItem(); // what the form says counts
        }
        String authorization = context.request().getHeader(HttpHeaderNames.AUTHORIZATION);
        String[] credentials = parse(authorization);
        Optional<SecurityIdentity> found = find(authorization);
        if (found.isPresent() || credentials.length < 2 || users.size() == 0) {
            return Uni.createFrom().optional(found);
        }
        return identityProviders
                .authenticate(HttpSecurityUtils.setRoutingContextAttribute(
                        new UsernamePasswordAuthenticationRequest(
                                credentials[0], new PasswordCredential(credentials[1].toCharArray())),
                        context))
                .onFailure(AuthenticationFailedException.class)
                .recoverWithItem(failure -> {
                    context.put(PROBLEM, failure.getMessage());
                    return null;
                });
    }

    /** Why user name and password of a request were not accepted; empty if it has none. */
    static Optional<String> problem(RoutingContext context) {
        return Optional.ofNullable(context.get(PROBLEM));
    }

    @Override
    public int getPriority() {
        return PRIORITY;
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext context) {
        return Uni.createFrom().item(new ChallengeData(401, HttpHeaderNames.WWW_AUTHENTICATE, CHALLENGE));
    }
}
