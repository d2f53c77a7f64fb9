package org.decoymx.feed;

import static io.netty.handler.codec.http.HttpResponseStatus.FORBIDDEN;
import static io.netty.handler.codec.http.HttpResponseStatus.UNAUTHORIZED;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Singleton;
import java.util.List;
import org.decoymx.net.ConfigChecks;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.net.PrefixMap;
import org.decoymx.support.AccessToken;
import org.eclipse.microprofile.config.ConfigProvider;

/** Controls access to the feeds: open, by token, or by client network. */
@Singleton
final class FeedAccess {
    private static final int MAX_TOKENS = 100;
    private static final int MAX_NETWORKS = 1_000;
    private static final String TOKENS_KEY = "decoy.feed.tokens";
    private static final String NETWORKS_KEY = "decoy.feed.networks";

    private final FeedConfig.AccessPolicy access;
    private final List<AccessToken> tokens;
    private final PrefixMap<IpPrefix> networks;

    FeedAccess(FeedConfig config) {
        access = config.access();
        List<String> secrets = config.tokens().orElse(List.of());
        List<String> cidrs = config.networks().orElse(List.of());
        checkCount(TOKENS_KEY, secrets, MAX_TOKENS, access == FeedConfig.AccessPolicy.TOKEN);
        checkCount(NETWORKS_KEY, cidrs, MAX_NETWORKS, access == FeedConfig.AccessPolicy.NETWORK);
        rejectBackslash();
        tokens = ConfigChecks.parseValue(
                TOKENS_KEY, () -> secrets.stream().map(AccessToken::new).toList());
        networks = ConfigChecks.parseValue(NETWORKS_KEY, () -> PrefixMap.parse(cidrs));
    }

    /** MicroProfile Config removes backslashes when it splits a list, which would change the token silently. */
    private static void rejectBackslash() {
        String rawValue = ConfigProvider.getConfig().getConfigValue(TOKENS_KEY).getRawValue();
        if (rawValue != null && rawValue.contains("\\")) {
            throw new ConfigurationException(
                    TOKENS_KEY + ": contains a backslash; tokens must not contain backslashes or commas");
        }
    }

    private static void checkCount(String key, List<String> values, int max, boolean required) {
        if (values.size() > max || required && values.isEmpty()) {
            throw new ConfigurationException(key + ": " + values.size()
                    + " values are set; with this decoy.feed.access 1 to " + max + " are allowed");
        }
    }

    /**
     * Checks that the client may read the feeds.
     *
     * @throws HttpProblem with status 401 or 403 if it may not
     */
    void authorize(HttpServerRequest request) {
        switch (access) {
            case OPEN -> {}
            case TOKEN -> checkToken(request);
            case NETWORK -> checkNetwork(request);
        }
    }

    private void checkToken(HttpServerRequest request) {
        String authorization = request.getHeader(HttpHeaderNames.AUTHORIZATION);
        if (tokens.stream().noneMatch(token -> token.matches(authorization))) {
            throw new HttpProblem(
                            UNAUTHORIZED,
                            "Send one of decoy.feed.tokens: Authorization: Bearer <token>, or curl -u feed:<token>")
                    .withHeader("WWW-Authenticate", "Basic realm=\"decoymx\", Bearer realm=\"decoymx\"");
        }
    }

    private void checkNetwork(HttpServerRequest request) {
        String host = request.remoteAddress().hostAddress();
        if (host == null
                || IpText.parseAddress(IpText.removeZone(host))
                        .filter(address -> networks.findLongestMatch(address) != null)
                        .isEmpty()) {
            throw new HttpProblem(FORBIDDEN, "Your address is not in decoy.feed.networks");
        }
    }
}
