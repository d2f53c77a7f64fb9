package org.decoymx.feed;

import static io.netty.handler.codec.http.HttpResponseStatus.FORBIDDEN;
import static io.netty.handler.codec.http.HttpResponseStatus.UNAUTHORIZED;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.NetUtil;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.util.List;
import org.decoymx.net.CidrSet;
import org.decoymx.net.ConfigChecks;
import org.decoymx.support.AccessToken;
import org.eclipse.microprofile.config.ConfigProvider;

/** Who may read the feeds: everybody, whoever shows a token, or whoever comes from a network that was named. */
@Singleton
final class FeedAccess {
    private static final int MAX_TOKENS = 100;
    private static final int MAX_NETWORKS = 1_000;
    private static final String TOKENS_KEY = "decoy.feed.tokens";
    private static final String NETWORKS_KEY = "decoy.feed.networks";

    private final FeedConfig.AccessPolicy access;
    private final List<AccessToken> tokens;
    private final CidrSet networks;

    FeedAccess(FeedConfig config) {
        access = config.access();
        List<String> secrets = config.tokens().orElse(List.of());
        List<String> cidrs = config.networks().orElse(List.of());
        checkCount(TOKENS_KEY, secrets, MAX_TOKENS, access == FeedConfig.AccessPolicy.TOKEN);
        checkCount(NETWORKS_KEY, cidrs, MAX_NETWORKS, access == FeedConfig.AccessPolicy.NETWORK);
        rejectBackslash();
        tokens = ConfigChecks.parseValue(
                TOKENS_KEY, () -> secrets.stream().map(AccessToken::new).toList());
        networks = ConfigChecks.parseValue(NETWORKS_KEY, () -> new CidrSet(cidrs));
    }

    /** In a list it would be gone before anybody sees it, and the token another one. */
    private static void rejectBackslash() {
        String written = ConfigProvider.getConfig().getConfigValue(TOKENS_KEY).getRawValue();
        if (written != null && written.contains("\\")) {
            throw new ConfigurationException(TOKENS_KEY + ": there is a backslash; tokens have none, and no comma");
        }
    }

    private static void checkCount(String key, List<String> values, int most, boolean needed) {
        if (values.size() > most || needed && values.isEmpty()) {
            throw new ConfigurationException(key + ": there are " + values.size()
                    + "; with this decoy.feed.access 1 to " + most + " are allowed");
        }
    }

    /**
     * Lets a reader pass.
     *
     * @throws Refusal when it may not read
     */
    void authorize(HttpServerRequest request) {
        switch (access) {
            case OPEN -> {}
            case TOKEN -> checkToken(request);
            case NETWORK -> checkNetwork(request);
        }
    }

    private void checkToken(HttpServerRequest request) {
        String shown = request.getHeader(HttpHeaderNames.AUTHORIZATION);
        if (tokens.stream().noneMatch(token -> token.matches(shown))) {
            throw new HttpProblem(
                            UNAUTHORIZED,
                            "Show one of decoy.feed.tokens: Authorization: Bearer <token>, or curl -u feed:<token>")
                    .withHeader("WWW-Authenticate", "Basic realm=\"decoymx\", Bearer realm=\"decoymx\"");
        }
    }

    private void checkNetwork(HttpServerRequest request) {
        String host = request.remoteAddress().hostAddress();
        InetAddress address = host == null ? null : NetUtil.createInetAddressFromIpAddressString(host);
        if (address == null || !networks.contains(address)) {
            throw new HttpProblem(FORBIDDEN, "Your address is in none of decoy.feed.networks");
        }
    }
}
